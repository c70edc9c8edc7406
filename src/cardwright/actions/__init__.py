"""Verbs: one function for each action, on one unit of work (``storage.unit``)."""
