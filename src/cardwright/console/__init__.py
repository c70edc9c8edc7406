"""The console: server-rendered pages over actions. Scripts make them nicer and are never needed.

``application.make_console`` gives the WSGI application; ``app`` mounts it next to the SageMaker endpoint.
"""
