"""Secrets out of text: the rules as data, and the engine that applies them."""
