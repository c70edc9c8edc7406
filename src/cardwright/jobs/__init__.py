"""Background jobs: the worker of the export queue."""
