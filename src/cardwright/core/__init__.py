"""Nouns and rules of model cards. Nothing in this package reads a file, a clock, a database or the network."""
