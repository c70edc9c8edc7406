"""Carries facts from a card into a document of another tool, and records what became of each leaf.

It is the other direction of ``transfer``: a writer asks the card for values and hands each to one method. A leaf that
the writer never hands over is reported as dropped, so the report is complete whatever the writer forgets.
"""

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import orjson

from cardwright.core.content import parse
from cardwright.interchange.card_places import CUSTOM, pointer_of, write_at
from cardwright.interchange.card_version import CardVersion, Unstated, WrittenCard
from cardwright.interchange.limits import Path
from cardwright.interchange.loss_report import LossReport, Outcome, ReportLine
from cardwright.interchange.source import Source, joined, written

NO_PLACE: Final = "The format has no place for it"
CHART: Final = "A chart: the format has numbers only"
OF_THE_SOURCE: Final = "It describes the file that the card was imported from"
UNUSED: Final = "It is empty"
_SPACE: Final = uuid.UUID("6f0c3f0e-6c0b-5d1e-9b1c-5f1d6a1f9a51")
_INTERVAL = re.compile(r"CI \[([^,\[\]]{1,60}), ([^,\[\]]{1,60})\]")
_THRESHOLD = re.compile(r"threshold=([^;]{1,60})")
_CONTACT = re.compile(r"(.{1,500}?) <([^<>]{1,500})>")
_UNIT = re.compile(r"%|(?:% )?(?:±|\+/-|\+-) ?[0-9.eE+-]{1,30} ?%?")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|\\^`\x00-\x20]+")
_STRUCTURED = frozenset({"cyclonedx", "modelcard-toolkit", "spdx"})


class Noted(NamedTuple):
    """A simple metric of an evaluation job.

    Attributes:
        job, group, metric: the objects of the card.
        interval: the bounds that its notes or its companions give; empty texts if they do not.
        companions: the metrics that hold the bounds.
        threshold: the threshold that its notes give.
        unit: what its notes begin with and belongs to the number, such as ``%`` or ``± 0.2``.
    """

    job: Source
    group: Source
    metric: Source
    interval: tuple[str, str]
    companions: tuple[Source, ...]
    threshold: str
    unit: str

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.metric.find("name").text

    @property
    def value(self) -> str:
        """The value as text, with what belongs to the number."""
        return joined((self.metric.find("value").text, self.unit), " ")


class Delivery:
    """A document in the making, the leaves of the card, and the lines of the loss report.

    Raises:
        ContentInvalid: the card's content is not JSON.
    """

    def __init__(self, version: CardVersion) -> None:
        self.version = version
        self.card = Source("", parse(version.content))
        self.document: dict[str, object] = {}
        self._leaves = {leaf.pointer: leaf for leaf in self.card.leaves()}
        self._lines: dict[str, ReportLine] = {}
        self._unstated: list[Unstated] = []

    def detail(self, key: str) -> Source:
        """Return the custom detail with this key; an absent value if there is none."""
        return self.card.find(*CUSTOM, key)

    def details(self, prefix: str) -> list[tuple[str, Source]]:
        """Return the custom details below a prefix, by the rest of their keys; numbers in numeric order."""
        found = [
            (key.removeprefix(f"{prefix}."), source)
            for key, source in self.card.find(*CUSTOM).members()
            if key.startswith(f"{prefix}.")
        ]
        return sorted(
            found, key=lambda one: [(step.zfill(9) if step.isdigit() else step) for step in one[0].split(".")]
        )

    @property
    def is_structured(self) -> bool:
        """Whether the card came from a format whose lists became lines of one text."""
        return self.detail("cw.source.kind").text in _STRUCTURED

    def put(self, target: Path, source: Source, value: object = None, detail: str = "") -> bool:
        """Put a scalar of the card into the document.

        Args:
            value: the value where it differs from the card's, such as a number as text.

        Returns:
            Whether the document has it. False for an absent or empty value.
        """
        if not source.text:
            return False
        given = source.value if value is None else value
        write_at(self.document, target, given)
        same = given == source.value and type(given) is type(source.value)
        return self.claim(target, source, detail=detail if detail or same else f"Written as {_shown(given)}")

    def add(self, target: Path, source: Source, value: object = None, detail: str = "") -> bool:
        """Add a scalar, or an object made of it, to a list of the document. Returns whether it has it."""
        return self.put((*target, self.count(target)), source, value, detail)

    def text(self, target: Path, source: Source) -> bool:
        """Put a scalar into the document as text."""
        return self.put(target, source, source.value if isinstance(source.value, str) else source.text)

    def count(self, target: Path) -> int:
        """Return how many items a list of the document has."""
        found = Source("", self.document).find(*target).value
        return len(found) if isinstance(found, list) else 0

    def set(self, target: Path, value: object) -> None:
        """Put a value into the document that does not come from the card, such as the format's name."""
        write_at(self.document, target, value)

    def demand(self, target: Path, value: str) -> None:
        """Put a value that the format demands and the card does not state into the document, and name it."""
        write_at(self.document, target, value)
        self._unstated.append(Unstated(pointer_of(target), value))

    def claim(self, target: Path | str, *sources: Source, outcome: Outcome | None = None, detail: str = "") -> bool:
        """Report the leaves of sources as delivered. A leaf that has a line keeps it. Returns True."""
        pointer = target if isinstance(target, str) else pointer_of(target)
        chosen = outcome or (Outcome.CHANGED if detail else Outcome.KEPT)
        for source in sources:
            for leaf in source.leaves():
                if leaf.pointer in self._leaves:
                    self._lines.setdefault(leaf.pointer, ReportLine(leaf.pointer, pointer, chosen, detail))
        return True

    def drop(self, source: Source, reason: str) -> None:
        """Report the leaves of a source that have no line yet as dropped."""
        for leaf in source.leaves():
            self._lines.setdefault(leaf.pointer, ReportLine(leaf.pointer, None, Outcome.DROPPED, reason))

    def rest(self) -> list[Source]:
        """Return the leaves with a value that have no line yet, without the facts about the source."""
        return [
            leaf
            for pointer, leaf in self._leaves.items()
            if pointer not in self._lines and leaf.text and not _is_of_source(pointer)
        ]

    def metrics(self) -> Iterator[Noted]:
        """Yield the simple metrics of the evaluation jobs. Charts are reported as dropped."""
        for job in self.card.find("evaluation_details").items():
            for group in job.find("metric_groups").items():
                yield from self._metrics(job, group)

    def _metrics(self, job: Source, group: Source) -> Iterator[Noted]:
        metrics = group.find("metric_data").items()
        by_name = {metric.find("name").text: metric for metric in metrics}
        for metric in metrics:
            if isinstance(metric.find("value").value, (list, dict)):
                self.drop(metric, CHART)
        named = [one for one in metrics if one.find("name").text and one.find("value").text]
        found = [_noted(job, group, metric, by_name) for metric in named]
        held = {companion.pointer for one in found for companion in one.companions}
        yield from (one for one in found if one.metric.pointer not in held)

    def slices(self) -> dict[str, str]:
        """Return the words for each metric group by its pointer: its name, with the job's where two jobs share it."""
        named: dict[str, list[tuple[Source, Source]]] = {}
        for job in self.card.find("evaluation_details").items():
            for group in job.find("metric_groups").items():
                named.setdefault(group.find("name").text, []).append((job, group))
        return {
            group.pointer: name if len(places) == 1 else f"{job.find('name').text}: {name}"
            for name, places in named.items()
            for job, group in places
        }

    def identifier(self, part: str = "") -> uuid.UUID:
        """Return a UUID of version 5 for a part of the document: the same for the same version in the same status."""
        version = self.version
        return uuid.uuid5(_SPACE, f"{version.arn}/{version.number}/{version.status}/{version.content_sha256}/{part}")

    @property
    def time(self) -> str:
        """The creation of the version, as RFC 3339 in whole seconds."""
        moment = datetime.fromtimestamp(self.version.created_at // 1000, UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def written(self, data: bytes | None = None) -> WrittenCard:
        """Return the document as indented JSON, or these bytes, with the report."""
        if data is None:
            data = orjson.dumps(self.document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        return WrittenCard(data, LossReport(tuple(map(self._line, self._leaves.values()))), tuple(self._unstated))

    def _line(self, leaf: Source) -> ReportLine:
        reason = OF_THE_SOURCE if _is_of_source(leaf.pointer) else NO_PLACE if leaf.text else UNUSED
        return self._lines.get(leaf.pointer, ReportLine(leaf.pointer, None, Outcome.DROPPED, reason))


def is_address(text: str) -> bool:
    """Whether a text is an address with a scheme, such as ``s3://bucket/key``, without characters that URIs exclude."""
    return _ADDRESS.fullmatch(text) is not None


def parts_of(text: str, labels: Sequence[str]) -> list[tuple[str, str]]:
    """Return the parts of a text that an import joined, each with its label; the label is empty for text before one.

    ``Users: clerks`` is a part with the label ``Users``.
    """
    first, *others = re.split(rf"(?:\A|\n\n)({'|'.join(map(re.escape, labels))}): ", text)
    found = [("", first)] if first.strip() else []
    return found + list(zip(others[::2], others[1::2], strict=True))


def people_of(text: str, *, several: bool) -> list[tuple[str, str]]:
    """Return the names and contacts in a text such as ``Ana <ana@example.org>``; with ``several``, apart by ``; ``."""
    found = []
    for one in text.split("; ") if several else [text]:
        match = _CONTACT.fullmatch(one)
        found.append((match[1], match[2]) if match else (one, ""))
    return found


def _noted(job: Source, group: Source, metric: Source, by_name: dict[str, Source]) -> Noted:
    notes, name = metric.find("notes").text, metric.find("name").text
    unit = head if _UNIT.fullmatch(head := notes.partition(";")[0]) else ""
    interval, threshold = _INTERVAL.search(notes), _THRESHOLD.search(notes)
    bounds = (interval[1], interval[2]) if interval else ("", "")
    known = [by_name.get(f"{name}_ci_{word}") for word in ("lower", "upper")]
    companions = tuple(one for one, bound in zip(known, bounds, strict=True) if one and _equals(one, bound))
    return Noted(job, group, metric, bounds, companions, threshold[1].strip() if threshold else "", unit)


def _equals(metric: Source, bound: str) -> bool:
    try:
        return float(written(metric.find("value").value)) == float(bound)
    except ValueError:
        return False


def _is_of_source(pointer: str) -> bool:
    return pointer.startswith(f"{pointer_of(CUSTOM)}/cw.source.") or pointer == f"{pointer_of(CUSTOM)}/cw.text_format"


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "a part of the document"
    text = written(value) or str(value)
    return text if len(text) <= 120 else text[:119] + "…"
