"""The jobs of the worker: their registry, and a module for each."""
