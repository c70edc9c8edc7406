"""One function a verb, each on one unit of work. What a verb needs of storage it asks through ``actions.unit``."""
