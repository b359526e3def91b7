"""The admin CLI behind manage.py: commands, their settings and their output."""
