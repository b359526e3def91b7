"""The HTTP edge: takes uploads from agents, makes them safe, and answers only when they are committed."""
