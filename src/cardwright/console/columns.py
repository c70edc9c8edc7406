"""The columns of the list of cards that a person may choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardwright.formats.metric_names import readable_names

LONGEST = 200
"""Characters of the name of a metric or of the key of a tag."""
_COLUMN_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: the word of the address; with a colon at its end, a name follows.
        title: its heading.
        default: whether a person who chose no columns sees it.
        hint: for a column with a name, an example.
        style: the class of its cells.
    """

    key: str
    title: str
    style: str
    default: bool = False
    hint: str = ""


COLUMNS = (
    Column("status", "Status", "c-status", default=True),
    Column("risk", "Risk", "c-risk", default=True),
    Column("version", "Version", "c-ver cw-num", default=True),
    Column("evaluation", "Evaluation", "c-eval cw-nowrap", default=True),
    Column("metric:", "Metric", "c-metric cw-num", hint="auc"),
    Column("owner", "Owner", "c-own cw-soft", default=True),
    Column("changed", "Changed", "c-upd cw-soft", default=True),
    Column("created", "Created", "c-made cw-soft"),
    Column("due", "Review due", "c-due cw-soft"),
    Column("tag:", "Tag", "c-tag cw-soft", hint="country"),
    Column("group", "Package group", "c-group cw-soft"),
    Column("model", "Model", "c-model cw-soft"),
)
DEFAULT = tuple(column.key for column in COLUMNS if column.default)
_PLAIN = {column.key: column for column in COLUMNS if not column.hint}
_NAMED = {column.key: column for column in COLUMNS if column.hint}
_ORDER = {column.key: place for place, column in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen column with its heading; ``name`` is that of the metric or the tag."""

    column: Column
    title: str
    name: str = ""

    @property
    def word(self) -> str:
        return self.column.key + self.name


def read_columns(given: Sequence[str], more: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns of an address in their order.

    Args:
        given: columns as the query string names them; unknown ones are ignored.
        more: names of a metric or a tag, by the key of their column without the colon.
    """
    words = [*given, *(f"{key}:{name.strip()}" for key, name in more.items())]
    known = [word for word in dict.fromkeys(words) if _column(word) is not None and len(word) <= LONGEST]
    return tuple(sorted(known, key=lambda word: _ORDER[word if word in _PLAIN else word.partition(":")[0] + ":"]))[
        :_COLUMN_LIMIT
    ]


def chosen(words: Sequence[str]) -> list[Chosen]:
    """Return the columns that words of an address name."""
    found = [(column, word.partition(":")[2]) for word in words or DEFAULT if (column := _column(word)) is not None]
    metrics = readable_names(name for column, name in found if column.key == "metric:")
    return [
        Chosen(column, metrics[name] if column.key == "metric:" else name or column.title, name)
        for column, name in found
    ]


def _column(word: str) -> Column | None:
    key, colon, name = word.partition(":")
    return _NAMED.get(key + colon) if colon and name.strip("\x00 ") else _PLAIN.get(word)
