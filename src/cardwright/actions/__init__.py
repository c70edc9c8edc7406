"""One function a verb, each on one unit of work (``storage.unit``)."""
