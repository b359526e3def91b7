"""The queue on Redis, which is all of tasks that the web apps may import."""
