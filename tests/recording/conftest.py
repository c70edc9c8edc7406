"""A session on an empty store for each test."""

from cardwright.testing.fixtures import cardwright_session

__all__ = ["cardwright_session"]
