"""Members of a request, from the options of a command."""

import datetime
from collections.abc import Mapping

import click

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z"])
"""A date or a time; UTC without an offset."""


def given(members: Mapping[str, object]) -> dict[str, object]:
    """Return the members that have a value."""
    return {name: value for name, value in members.items() if value not in (None, False, "", [], {})}


def utc(moment: datetime.datetime | None) -> datetime.datetime | None:
    """Return a time with its offset; UTC by default."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=datetime.UTC)
