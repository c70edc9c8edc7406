"""A running server: its application, stores, event loop, connections, pages, logs and metrics."""
