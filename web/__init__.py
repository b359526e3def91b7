"""What both web processes run under: the gunicorn worker, between the socket and the WSGI app."""

#: Under this name the WSGI environment holds the gunicorn worker: `alive` turns False when it is asked to end.
WORKER = "insights.worker"
