"""Toasts: what was done, on the next page that is shown, with the way back where there is one."""

from collections.abc import Sequence

from flask import session


def taken() -> list[dict[str, object]]:
    """The toasts that wait, which the page that asks now shows."""
    return list(session.pop("toasts")) if "toasts" in session else []


def toast(text: str, *, undo: str | None = None, values: Sequence[tuple[str, str]] = ()) -> None:
    """Tell what was done.

    Args:
        undo: the address to which the way back is posted, with ``values``.
    """
    session["toasts"] = [*session.get("toasts", []), {"text": text, "undo": undo, "values": list(values)}][-3:]
