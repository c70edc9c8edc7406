"""Measures Cardwright against moto's server, on one machine in one run: ``python -m bench --help``."""


class BenchError(Exception):
    """A measurement failed or is not reliable; the message gives the reason."""
