"""The details of an audit link. A link may be forged with its digest, so each member may have any type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardwright.core.json_value import object_at


@dataclass(frozen=True, slots=True)
class Details:
    """Reads members. Raises ``KeyError`` for a missing member and ``TypeError`` for one of another type."""

    members: Mapping[str, object]

    def text(self, name: str) -> str:
        return _text(self.members[name])

    def text_or_none(self, name: str) -> str | None:
        value = self.members.get(name)
        return None if value is None else _text(value)

    def number(self, name: str) -> int:
        return _number(self.members[name])

    def number_or_none(self, name: str) -> int | None:
        value = self.members.get(name)
        return None if value is None else _number(value)

    def flag(self, name: str) -> bool:
        value = self.members[name]
        if not isinstance(value, bool):
            raise TypeError
        return value

    def texts(self, name: str) -> Sequence[str]:
        return [_text(item) for item in _list(self.members[name])]

    def pairs(self, name: str) -> Sequence[tuple[str, str]]:
        """Return the pairs of texts in a list. Raises ``ValueError`` for an item of another length."""
        return [(_text(one), _text(other)) for one, other in map(_list, _list(self.members[name]))]

    def inner(self, name: str) -> "Details | None":
        return None if self.members.get(name) is None else Details(object_at(self.members, name))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise TypeError
    return value
