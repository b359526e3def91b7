"""The pages: each a module with its navigation ENTRY, layout(view) and register(app, service)."""
