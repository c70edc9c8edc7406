"""Anchors: the ends of the audit chains at one time, stored out of reach of those who can change the store.

A store cannot detect by itself that a card was removed with all its rows, was reset to an earlier state, or that a
complete history was rewritten. Anchors can: a chain only grows, so a former last link must still be in
it. Anchors are JSON lines, one for each card that exists or was deleted.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from cardwright.core.errors import Invalid


class Anchor(NamedTuple):
    """The end of a card's audit chain: number and digest of its last link."""

    account: str
    card_id: str
    name: str
    sequence: int
    digest: str


def anchor_line(anchor: Anchor) -> bytes:
    """Return an anchor as a line of a file."""
    return orjson.dumps(anchor._asdict()) + b"\n"


def read_anchor(line: bytes) -> Anchor:
    """Return the anchor in a line.

    Raises:
        Invalid: the line is not an anchor.
    """
    match _object(line):
        case {
            "account": str(account),
            "card_id": str(card_id),
            "name": str(name),
            "sequence": int(sequence),
            "digest": str(digest),
        }:
            return Anchor(account, card_id, name, sequence, digest)
    raise Invalid(f"A line of anchors is a JSON object with the members {', '.join(Anchor._fields)}")


def _object(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def ordered(anchors: Iterable[Anchor]) -> Iterator[Anchor]:
    """Yield anchors that must be in the order of ``verify``: by account and card.

    Raises:
        Invalid: they are in another order.
    """
    before = ("", "")
    for anchor in anchors:
        if (anchor.account, anchor.card_id) <= before:
            raise Invalid(f"The anchor of {anchor.name} is not in the order that verify writes")
        before = (anchor.account, anchor.card_id)
        yield anchor


def breach(anchor: Anchor, digest: str | None) -> str:
    """Return the problem of the link that an anchor names, given its current digest; empty without a problem."""
    if digest is None:
        return "is missing, but existed when the anchors were written: the card was removed or reset"
    return "" if digest == anchor.digest else "is another link than when the anchors were written"
