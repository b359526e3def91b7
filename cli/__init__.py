"""What the verbs of manage.py have in common: settings, the database, answers."""
