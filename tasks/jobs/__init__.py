"""What the worker runs: the registry of jobs and one module for each kind of work."""
