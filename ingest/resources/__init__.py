"""One module per group of routes: each reads the request, makes one call and answers."""
