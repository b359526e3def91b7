"""Child processes on one machine: started, logged and ended with their parent; `standalone` builds its run on them."""
