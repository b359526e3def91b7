"""The queue on Redis: all of tasks that the web apps may import."""
