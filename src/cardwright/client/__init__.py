"""What a Python process needs to use a store: session, embedded store, records, documents and files."""
