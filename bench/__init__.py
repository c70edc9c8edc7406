"""Measures Cardwright against moto's server, on one machine in one run: ``python -m bench --help``."""


class BenchError(Exception):
    """A measurement could not be made or cannot be trusted; the message says which and why."""
