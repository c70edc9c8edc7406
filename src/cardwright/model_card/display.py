"""Version histories and differences as Python objects that notebooks render."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from cardwright.client.answers.sagemaker_cards import ModelCardVersionSummary
    from cardwright.core.comparison import Comparison
    from cardwright.core.pairing import Choice


class VersionHistory(list["ModelCardVersionSummary"]):
    """The versions of a card, as the list that ListModelCardVersions returns. A notebook shows a table.

    Args:
        name: the card's name.
        versions: the version summaries.
        console: the URL of the card's page in a console.
    """

    def __init__(
        self, name: str, versions: "Iterable[ModelCardVersionSummary]" = (), console: str | None = None
    ) -> None:
        super().__init__(versions)
        self._name = name
        self._console = console

    def _repr_html_(self) -> str:
        from cardwright.formats.notebook import versions_html

        return versions_html(self._name, self, self._console)


class CardDifference:
    """The differences between two card contents. A notebook shows metrics, texts, values and charts.

    Args:
        labels: the names of the two contents.
        found: the differences.
        contents: the two contents. A notebook shows texts in Markdown without their marks where a content says so.
        console: the URL of the comparison in a console.
    """

    def __init__(
        self,
        labels: tuple[str, str],
        found: "Comparison",
        contents: tuple[object, object],
        console: str | None = None,
    ) -> None:
        self.labels = labels
        self.found = found
        self._contents = contents
        self._console = console

    @property
    def equal(self) -> bool:
        """Whether both contents are equal."""
        return self.found.equal

    def to_dict(self) -> dict[str, Any]:
        """Return the differences as plain JSON types, as ``cardwright card diff --json`` prints them."""
        from cardwright.core.comparison import as_document

        return as_document(self.found)

    def __repr__(self) -> str:
        counts = {
            "texts": len(self.found.texts),
            "values": len(self.found.values),
            "metrics": sum(item.verdict != "same" for item in self.found.metrics),
            "charts": sum(not pair.same for pair in self.found.charts),
        }
        shown = ", ".join(f"{name}={count}" for name, count in counts.items())
        return f"CardDifference({self.labels[0]!r}, {self.labels[1]!r}, {shown})"

    def _repr_html_(self) -> str:
        from cardwright.formats.notebook import difference_html
        from cardwright.formats.text_changes import as_read

        return difference_html(self.labels, as_read(self.found, *self._contents), self._console)


def difference(
    before: tuple[str, object],
    after: tuple[str, object],
    pairs: Mapping[str, str | None] | None,
    kept: "Sequence[Choice]" = (),
) -> CardDifference:
    """Compare two contents, each with its name.

    Args:
        pairs: evaluation jobs that the caller pairs: earlier job to later job, or to None.
        kept: the pairs that are stored with the card.

    Raises:
        ValueError: a content does not have a job of ``pairs``.
    """
    from cardwright.core.comparison import compare
    from cardwright.core.errors import Invalid
    from cardwright.core.pairing import Choice, check_named

    choices = [Choice(*pair) for pair in (pairs or {}).items()]
    try:
        check_named(before[1], after[1], choices)
    except Invalid as error:
        raise ValueError(str(error)) from None
    contents = before[1], after[1]
    return CardDifference((before[0], after[0]), compare(*contents, by_hand=choices, stored=kept), contents)


def displayable(value: object) -> Any:
    """Convert a document to JSON types for printers. Values that JSON cannot hold become text."""
    if isinstance(value, Mapping):
        return {displayable(str(key)): displayable(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [displayable(child) for child in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # half of a surrogate pair is not valid UTF-8
    if value is None or isinstance(value, bool):
        return value
    is_number = isinstance(value, float) and math.isfinite(value)
    return value if is_number or (isinstance(value, int) and value.bit_length() < 64) else str(value)


def console_address(session: object, name: str, query: str = "") -> str | None:
    """Return the URL of a card's page in the console of the session's server; None for a session without server."""
    server = getattr(session, "endpoint_url", None)
    if not server or urlsplit(str(server)).scheme not in {"http", "https"}:
        return None
    return f"{str(server).rstrip('/')}/cards/{quote(name, safe='')}{query}"
