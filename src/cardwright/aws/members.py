"""The members of a request or an answer."""

from typing import Any, TypeAlias

Members: TypeAlias = dict[str, Any]
"""Values by the wire's own member names; times are seconds since the epoch."""


def given(**members: object) -> Members:
    """Return members that have a value."""
    return {name: value for name, value in members.items() if value is not None}


def seconds(milliseconds: int | None) -> float | None:
    """Return a time as the wire has it."""
    return None if milliseconds is None else milliseconds / 1000
