// Runs before anything is painted: the page appears in the right theme at once.
(function () {
  var root = document.documentElement;
  var stored = null;
  try { stored = window.localStorage.getItem("theme"); } catch (refused) { stored = null; }
  var choice = stored || root.dataset.themeDefault || "system";
  var dark = choice === "dark" || (choice === "system" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.themeChoice = choice;
  root.dataset.bsTheme = dark ? "dark" : "light";
})();
