"""The HTTP server: application, stores, event loop, connections, pages, logs and metrics."""
