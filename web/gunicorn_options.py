"""What the gunicorn configurations of both web processes have in common; names and units are gunicorn's own."""

worker_class = "web.gevent_worker.Worker"
workers = 2
#: Connections of a worker. Each is a greenlet of a few kilobytes; what comes then waits to be accepted.
worker_connections = 8192
#: Seconds that a stopping worker takes to finish what has begun.
graceful_timeout = 5
#: No header moves the app to another path.
forwarder_headers = ""
#: Two gunicorns of one user would take it from each other.
control_socket_disable = True
#: It would send a file at one go, without the time limit of a piece.
sendfile = False
