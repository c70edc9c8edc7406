"""Rules of the verbs on an SQLite unit of work, without HTTP."""
