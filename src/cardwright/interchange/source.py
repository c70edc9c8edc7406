"""A parsed document as leaves with pointers, which readers walk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

PLACEHOLDERS = frozenset(
    {"", "n/a", "tbd", "[optional]", "noassertion", "more information needed", "[more information needed]"}
)


@dataclass(frozen=True, slots=True)
class Source:
    """A value of the source and its pointer.

    Attributes:
        pointer: JSON Pointer, or ``#heading/heading`` in Markdown.
        value: the parsed value: a scalar, a list or a dict with text keys. None if there is none.
        exists: whether the document has the value. An absent one can be passed on; it gives no text and no items.
    """

    pointer: str
    value: object = None
    exists: bool = True

    def find(self, *steps: str | int) -> "Source":
        """Return the value below, through these keys and indexes. Absent if any step is missing."""
        pointer, value = self.pointer, self.value
        for step in steps:
            pointer = f"{pointer}/{escaped(step)}"
            found = _child(value, step)
            if found is None:
                return Source(pointer, None, exists=False)
            (value,) = found
        return Source(pointer, value)

    def items(self) -> list["Source"]:
        """Return the items of a list. An absent value has none; another value is its own single item."""
        if not self.exists or self.value is None:
            return []
        if not isinstance(self.value, list):
            return [self]
        return [Source(f"{self.pointer}/{index}", item) for index, item in enumerate(self.value)]

    def members(self) -> list[tuple[str, "Source"]]:
        """Return the members of an object; empty for another value."""
        if not isinstance(self.value, dict):
            return []
        found = cast(dict[str, object], self.value)
        return [(key, Source(f"{self.pointer}/{escaped(key)}", item)) for key, item in found.items()]

    def leaves(self) -> Iterator["Source"]:
        """Yield the scalars, empty lists and empty objects below, in the document's order."""
        value = self.value
        if not self.exists:
            return
        if isinstance(value, (list, dict)) and value:
            below = self.items() if isinstance(value, list) else [item for _, item in self.members()]
            for item in below:
                yield from item.leaves()
        else:
            yield self

    @property
    def steps(self) -> list[str]:
        """The keys and indexes of the pointer, not escaped."""
        return [step.replace("~1", "/").replace("~0", "~") for step in self.pointer.split("/")[1:]]

    @property
    def text(self) -> str:
        """The scalar as text without outer white space; empty for an absent, null, list or object value."""
        return written(self.value).strip()

    @property
    def is_placeholder(self) -> bool:
        """Whether the value says nothing: absent, empty, or a template's words for a missing answer."""
        if isinstance(self.value, (list, dict)):
            return not self.value
        return self.text.strip(" .*_").casefold() in PLACEHOLDERS


def _child(value: object, step: str | int) -> tuple[object] | None:
    if isinstance(value, list):
        return (value[step],) if isinstance(step, int) and step < len(value) else None
    return (value[step],) if isinstance(value, dict) and step in value else None


def written(value: object) -> str:
    """Return a scalar as text, as JSON writes it; empty for other values."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return value if isinstance(value, str) else ""


def escaped(step: str | int) -> str:
    """Return one step of a JSON Pointer."""
    return str(step).replace("~", "~0").replace("/", "~1")


def joined(parts: Iterable[str], separator: str = ", ") -> str:
    """Return texts joined; empty ones are left out."""
    return separator.join(part for part in parts if part)
