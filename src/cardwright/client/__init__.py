"""The client side of a Python process: session, embedded store, records, documents and files."""
