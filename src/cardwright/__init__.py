"""Cardwright: model cards that anyone can run."""

__version__ = "0.1.0"
