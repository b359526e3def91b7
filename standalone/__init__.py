"""Everything on one machine: the supervisor of `make run`, its child processes and stores, the first run, the demo."""
