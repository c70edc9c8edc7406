"""Anchors: where the audit chains of cards ended at a time, kept where who can change the store cannot change them.

A store cannot tell of itself that a card is gone with all its rows, that one is as it was a month ago, or that a whole
history was written anew. Against an anchor it can: a chain only grows, so the link that ended it once must still be in
it. Anchors are JSON lines, one for each card that there is or ever was.
"""

from typing import NamedTuple

import orjson

from cardwright.core.errors import Invalid


class Anchor(NamedTuple):
    """Where the audit chain of a card ended: the number and the digest of its last link."""

    account: str
    card_id: str
    name: str
    sequence: int
    digest: str


def anchor_line(anchor: Anchor) -> bytes:
    """An anchor as a line of a file."""
    return orjson.dumps(anchor._asdict()) + b"\n"


def read_anchor(line: bytes) -> Anchor:
    """The anchor that a line holds.

    Raises:
        Invalid: it holds none.
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
    raise Invalid(f"A line of anchors is a JSON object of {', '.join(Anchor._fields)}")


def _object(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def breach(anchor: Anchor, digest: str | None) -> str:
    """What is wrong with the link that an anchor names, by the digest that it has now; empty when nothing is."""
    if digest is None:
        return "is missing, and was there when the anchors were written: the card was removed, or put back to before it"
    return "" if digest == anchor.digest else "is another one than when the anchors were written"
