"""The inventory: one row for each card, for spreadsheets and programs."""

import datetime
from typing import NamedTuple

COLUMNS = (
    "name",
    "status",
    "risk",
    "owner",
    "model",
    "version",
    "approved_version",
    "approved_at",
    "approved_by",
    "review_due",
    "open_findings",
    "failed_checks",
    "required_fields",
    "recommended_fields",
)
"""The columns of the inventory. New ones come last."""


class Governance(NamedTuple):
    """Facts about a card from its reviews, findings and policies; None for an unknown fact.

    Attributes:
        review_due: the time of the next review, in milliseconds since the epoch.
        open_findings, failed_checks: their numbers.
        required_fields: the fields that a policy requires and the card has, as "3 of 4".
    """

    review_due: int | None = None
    open_findings: int | None = None
    failed_checks: int | None = None
    required_fields: str | None = None


class InventoryRow(NamedTuple):
    """One card of the inventory, with its members in the order of :data:`COLUMNS`.

    Times are milliseconds since the epoch. The approved version is the newest one that is Approved.
    """

    name: str
    status: str
    risk: str
    owner: str | None
    model: str | None
    version: int
    approved_version: int | None
    approved_at: int | None
    approved_by: str | None
    review_due: int | None
    open_findings: int | None
    failed_checks: int | None
    required_fields: str | None
    recommended_fields: str


_TIMES = frozenset({"approved_at", "review_due"})


def cells(row: InventoryRow) -> dict[str, object]:
    """Return the values of a row by column; times as ISO 8601 in UTC."""
    return {
        column: _iso(value) if column in _TIMES and value is not None else value
        for column, value in row._asdict().items()
    }


def _iso(milliseconds: int) -> str:
    return f"{datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
