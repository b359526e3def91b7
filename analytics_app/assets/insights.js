// What happens in the browser alone: theme, menus, the address behind the filters, copying, and a lost connection.
(function () {
  "use strict";
  const root = document.documentElement;
  const darkly = window.matchMedia("(prefers-color-scheme: dark)");
  const unchanged = () => window.dash_clientside.no_update;
  const trigger = () => window.dash_clientside.callback_context.triggered_id;

  function applyTheme(choice) {
    const dark = choice === "dark" || (choice === "system" && darkly.matches);
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = dark ? "dark" : "light";
    document.querySelectorAll("[id^=theme-]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.id === `theme-${choice}`));
    });
    return root.dataset.bsTheme;
  }

  function remember(choice) {
    try {
      if (choice) window.localStorage.setItem("theme", choice);
      else window.localStorage.removeItem("theme");
    } catch (refused) { /* private windows may refuse */ }
  }

  function nameTab(path) {
    const links = Array.from(document.querySelectorAll(".nav-entry"));
    links.forEach((link) => {
      if (link.pathname === path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    const here = links.find((link) => link.pathname === path || path.startsWith(`${link.pathname}/`));
    const brand = document.querySelector(".side .brand-name");
    if (here && brand) document.title = `${here.textContent} · ${brand.textContent}`;
  }

  function closeBoxes(except) {
    document.querySelectorAll("details.dropdown-box[open]").forEach((box) => {
      if (!except || !box.contains(except)) box.open = false;
    });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.insights = {
    chooseTheme: function () {
      const clicked = trigger();
      const choice = clicked ? clicked.replace("theme-", "") : root.dataset.themeChoice || "system";
      if (clicked) remember(choice);
      return [applyTheme(choice), choice];
    },

    toggleMenu: function (clicks, path) {
      const side = document.getElementById("side");
      nameTab(path);
      const open = trigger() === "menu-button" && !side.classList.contains("open");
      const button = document.getElementById("menu-button");
      if (button) button.setAttribute("aria-expanded", String(open));
      return open ? "side open" : "side";
    },

    toggleFilters: function (clicks, search, current) {
      const open = trigger() === "filter-button" && !String(current).includes("open");
      const button = document.getElementById("filter-button");
      if (button) button.setAttribute("aria-expanded", String(open));
      return open ? "filters open" : "filters";
    },

    choose: function (project, model, applied, first, last) {
      const query = new URLSearchParams(window.location.search);
      const put = (name, value) => (value && value !== "*" ? query.set(name, value) : query.delete(name));
      put("project", project);
      put("model", model);
      if (trigger() === "filter-apply" && applied && first && last) {
        query.delete("days");
        put("from", first <= last ? first : last);
        put("to", first <= last ? last : first);
        closeBoxes();
      }
      const search = query.toString() ? `?${query}` : "";
      const same = new URLSearchParams(window.location.search).toString() === query.toString();
      return same ? unchanged() : search;
    },

    // What is typed goes into the address, and what the address says into the field.
    searchSessions: function (typed) {
      const query = new URLSearchParams(window.location.search);
      const known = query.get("q") || "";
      // A field that nobody has touched yet; one that was emptied holds an empty text.
      if (typed === undefined || typed === null) return [unchanged(), known || unchanged()];
      if (typed === known) return [unchanged(), unchanged()];
      query.delete("page");
      if (typed) query.set("q", typed);
      else query.delete("q");
      return [query.toString() ? `?${query}` : "", unchanged()];
    },

    chooseEntries: function (person, action) {
      const query = new URLSearchParams(window.location.search);
      const chosen = [["person", person], ["action", action]];
      if (chosen.every(([name, value]) => !value || value === (query.get(name) || "*"))) return unchanged();
      chosen.forEach(([name, value]) => {
        if (value && value !== "*") query.set(name, value);
        else query.delete(name);
      });
      query.delete("before");
      return query.toString() ? `?${query}` : "";
    },

    chooseClient: function (client) {
      return `clients show-${client}`;
    },

    choosePerson: function (person) {
      const query = new URLSearchParams(window.location.search);
      const before = query.get("person") || "*";
      if (!person || person === before) return unchanged();
      if (person === "*") query.delete("person");
      else query.set("person", person);
      return query.toString() ? `?${query}` : "";
    },

    // A closed table asks for nothing.
    askForTable: function (clicks, search, news) {
      const clicked = trigger();
      const open = Boolean(clicks % 2);
      if (!open && !(clicked && clicked.part === "toggle")) return [unchanged(), unchanged()];
      if (!open) return [null, "panel-body"];
      const places = window.dash_clientside.callback_context.outputs_list;
      return [{ panel: places[0].id.panel, search: window.location.search, news: news }, "panel-body as-table"];
    },

    // Nor does a closed query.
    askForQuery: function (clicks) {
      if (!(clicks % 2)) return unchanged();
      return { panel: window.dash_clientside.callback_context.outputs_list.id.panel, search: window.location.search };
    },
  };

  darkly.addEventListener("change", () => {
    if (root.dataset.themeChoice !== "system") return;
    window.dash_clientside.set_props("theme", { data: applyTheme("system") });
  });

  function copy(text, button) {
    const done = () => {
      const label = button.lastElementChild || button;
      const before = label.textContent;
      label.textContent = button.dataset.done;
      setTimeout(() => { label.textContent = before; }, 1600);
    };
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(done);
      return;
    }
    // Plain http has no clipboard of its own.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    if (document.execCommand("copy")) done();
    field.remove();
    button.focus();
  }

  // A picture stands alone: with its title, and on the colour of its card.
  function savePicture(panel) {
    const chart = panel.querySelector(".js-plotly-plot");
    if (!chart || !window.Plotly) return;
    const title = panel.querySelector("h2").textContent;
    const style = getComputedStyle(root);
    const layout = Object.assign({}, chart.layout, {
      paper_bgcolor: style.getPropertyValue("--surface").trim(),
      margin: { l: 56, r: 24, t: 56, b: 80 },
      showlegend: true,
      legend: { orientation: "h", x: 0, y: -0.12, yanchor: "top" },
      title: { text: title.replace(/&/g, "&amp;").replace(/</g, "&lt;"), x: 0, xref: "container", pad: { l: 24 }, font: { size: 16 } },
    });
    const size = { format: "png", width: chart.clientWidth + 48, height: chart.clientHeight + 112, scale: 2 };
    window.Plotly.toImage({ data: chart.data, layout: layout }, size).then((picture) => {
      const link = document.createElement("a");
      link.href = picture;
      link.download = `${title}.png`;
      link.click();
    });
  }

  document.addEventListener("click", (event) => {
    closeBoxes(event.target);
    const side = document.getElementById("side");
    if (side && side.classList.contains("open") && !side.contains(event.target) && !event.target.closest("#menu-button")) {
      window.dash_clientside.set_props("side", { className: "side" });
    }
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(document.getElementById(copier.dataset.copy).textContent, copier);
    const linker = event.target.closest("#copy-link");
    if (linker) copy(window.location.href, linker);
    const picture = event.target.closest("[data-png]");
    if (picture) savePicture(picture.closest(".panel"));
    const download = event.target.closest("a[download][href^='/csv/']");
    if (download) download.search = window.location.search;
  }, true);

  document.addEventListener("submit", (event) => {
    const next = event.target.id === "language-form" && event.target.elements.next;
    if (next) next.value = window.location.pathname + window.location.search;
    const theme = event.target.id === "preferences-form" && event.target.elements.theme;
    if (theme) remember(theme.value === "*" ? null : theme.value);
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeBoxes();
    if (document.getElementById("side")) window.dash_clientside.set_props("side", { className: "side" });
  });

  // A hidden page asks for nothing.
  document.addEventListener("visibilitychange", () => {
    if (document.getElementById("as-of")) {
      window.dash_clientside.set_props("tick", { disabled: document.hidden });
    }
    const asking = { "connect-state": "connect-tick", "inbox-health": "inbox-tick", "schedule": "schedule-tick" };
    Object.entries(asking).filter(([place]) => document.getElementById(place)).forEach(([, tick]) => {
      window.dash_clientside.set_props(tick, { disabled: document.hidden });
    });
  });

  // Asked for too much at once, the server has us wait and ask again.
  async function inTurn(resource, options) {
    const answer = await fetched(resource, options);
    if (answer.status !== 429) return answer;
    const seconds = Number(answer.headers.get("Retry-After")) || 1;
    await new Promise((resolve) => { setTimeout(resolve, seconds * 1000 * (0.3 + Math.random())); });
    return inTurn(resource, options);
  }

  // A login that has ended leads to the login page; a server that is away is said, not thrown.
  const fetched = window.fetch.bind(window);
  window.fetch = async function (resource, options) {
    try {
      const answer = await inTurn(resource, options);
      root.dataset.offline = String(answer.status === 503);
      if (answer.status === 401) {
        const here = window.location.pathname + window.location.search;
        window.location.assign(`/login?next=${encodeURIComponent(here)}`);
      }
      return answer;
    } catch (failure) {
      root.dataset.offline = "true";
      throw failure;
    }
  };
})();
