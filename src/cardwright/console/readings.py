"""What the page of a card shows of its content: outline, jobs, changes, gaps and the HTML of the sections.

A content never changes, and drawing it takes longest. So a server keeps the readings of the latest contents.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from jinja2 import Environment
from markupsafe import Markup

from cardwright.console.compare.metrics import Row, three_moves
from cardwright.console.wizard.gaps import Asked as FieldsAsked
from cardwright.console.wizard.gaps import asked_of
from cardwright.core import content as contents
from cardwright.core.comparison import Comparison, MetricChange, Verdict, compare
from cardwright.core.key_metrics import JobSummary, result_counts, summaries
from cardwright.core.measures import is_number
from cardwright.core.pairing import How, KeptChoice
from cardwright.core.trends import with_trends
from cardwright.formats.card import outline_of
from cardwright.formats.metric_names import readable_constant, readable_names
from cardwright.formats.numbers import difference, rounded, with_deviation
from cardwright.formats.outline import Block, Fields, Matrix, Outline, Section, Text, Value
from cardwright.formats.record import CardRecord

MANY_JOBS = 12
"""From this number of evaluation jobs on, a table over all jobs comes first."""
_KEPT = 32  # readings, of half a megabyte each
_ARNS = 60  # that a page looks up in the registry
_CONSTANTS = frozenset({"model_package_details.domain", "model_package_details.task"})
_EMPTY = Markup()
_EDGE, _WIDTH, _LOW, _HEIGHT = 2, 50, 15, 12  # of a line of the last versions, in a box of 56 by 18
_VERDICTS = {
    Verdict.BETTER: ("Better", "check"),
    Verdict.WORSE: ("Worse", "warn"),
    Verdict.SAME: ("Same", "same"),
    Verdict.UNKNOWN: ("Unknown direction", "unknown"),
    Verdict.NEW: ("New", "plus"),
    Verdict.GONE: ("Gone", "minus"),
}
_ARN = re.compile(r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:[a-z-]+/[A-Za-z0-9/-]+")


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since another version.

    Attributes:
        counts: results by verdict.
        moves: the three changes of metrics to show first, with the digits of the comparison's page.
    """

    counts: Mapping[Verdict, int]
    moves: tuple[Row, ...]
    texts: int
    values: int
    charts: int
    equal: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A content as its page shows it.

    Attributes:
        asked: the recommended fields, and those of them that are missing.
    """

    outline: Outline
    jobs: tuple[JobSummary, ...]
    changes: Changes | None
    asked: FieldsAsked
    article: Markup = _EMPTY

    @property
    def numbers(self) -> int:
        return sum(job.numbers for job in self.jobs)

    @property
    def lines(self) -> bool:
        """Whether any key metric has a line of its last versions."""
        return any(spark(metric.trend) for job in self.jobs for metric in job.metrics)

    @property
    def first_job(self) -> int:
        """The first job with a number, counted from 1; 0 for none."""
        return next((number for number, job in enumerate(self.jobs, 1) if job.metrics), 0)

    @property
    def first_title(self) -> str:
        jobs = next((section.sections for section in self.outline.sections if section.id == "evaluation"), ())
        return jobs[self.first_job - 1].title.text if jobs else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks for.

    Attributes:
        before: the content to compare with, None for none; it is read only when the reading is not kept.
        base: the digest of that content, empty for none.
        links: the addresses of registry pages by ARN.
        pairs: the pairs of evaluation jobs that are stored with the card.
        earlier: the digests of the contents before this one, oldest first, and what reads these contents.
        content: the parsed content of the record, where the caller has it.
    """

    record: CardRecord
    base: str
    before: Callable[[], str | None]
    links: Mapping[str, str]
    pairs: tuple[KeptChoice, ...] = ()
    earlier: tuple[str, ...] = ()
    earlier_contents: Callable[[], Sequence[str]] = tuple
    content: object = None

    @property
    def key(self) -> tuple[object, ...]:
        record = self.record
        found = record.name, record.version, record.content_digest, record.markdown
        return *found, self.base, frozenset(self.links), self.pairs, self.earlier


class Readings:
    """The latest readings.

    Args:
        draw: the HTML of a reading's sections.
    """

    def __init__(self, draw: Callable[[Reading], str]) -> None:
        self._draw = draw
        self._kept: OrderedDict[object, Reading] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, asked: Asked) -> Reading:
        """Return the reading of a version's content. Its outline may hold an older status and history."""
        key = asked.key
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        reading = read(asked)
        reading = replace(reading, article=Markup(self._draw(reading)))  # noqa: S704 - a template's output
        with self._lock:
            self._kept[key] = reading
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return reading


def read(asked: Asked) -> Reading:
    """Read a content without drawing it."""
    content = contents.parse(asked.record.content) if asked.content is None else asked.content
    before = asked.before()
    comparison = None if before is None else compare(contents.parse(before), content, stored=asked.pairs)
    outline = linked(outline_of(asked.record), asked.links, f"?version={asked.record.version}&csv=")
    jobs = summaries(content, comparison)
    if len(jobs) < MANY_JOBS and asked.earlier:
        jobs = with_trends(jobs, content, list(map(contents.parse, asked.earlier_contents())), asked.pairs)
    return Reading(
        outline,
        tuple(jobs),
        None if comparison is None else changes_in(comparison),
        asked_of(content, None),
    )


def changes_in(comparison: Comparison) -> Changes:
    """Count what a comparison found, with the changes to show first."""
    return Changes(
        result_counts(comparison),
        tuple(three_moves(comparison)),
        len(comparison.texts),
        len(comparison.values),
        sum(not chart.same for chart in comparison.charts),
        comparison.equal,
    )


def add_to(environment: Environment) -> None:
    """Add what the templates of readings need to a Jinja environment."""
    environment.filters |= {
        "readable_names": readable_names,
        "rounded": rounded,
        "with_deviation": with_deviation,
        "spark": spark,
        "partner": partner,
        "zipped": lambda sections, jobs: list(zip(sections, jobs, strict=True)),
    }
    environment.globals |= {
        "verdict": verdict_html,
        "many_jobs": MANY_JOBS,
    }


def verdict_html(change: MetricChange, brief: bool = False) -> Markup:
    """The change of a metric with the icon of its verdict. A brief one has a word where nothing changed."""
    word, icon = _VERDICTS[change.verdict]
    before, after = change.before, change.after
    if not (is_number(before) and is_number(after)) or (brief and change.verdict is Verdict.SAME):
        shown = word.lower()
    elif change.verdict is Verdict.SAME:
        shown = "no change"
    else:
        shown = f'<span class="visually-hidden">{word}: </span>{difference(before, after) or ""}'
    return Markup(  # noqa: S704 - words of this module, and digits
        f'<span class="cw-verdict v-{change.verdict}"><svg class="cw-icon" aria-hidden="true">'
        f'<use href="/static/icons.svg#i-{icon}"/></svg>{shown}</span>'
    )


def spark(trend: Sequence[float | None]) -> tuple[str, float, float] | None:
    """Return the path of a line through the values of a metric, and its last point. None for fewer than two values."""
    known = [(place, value) for place, value in enumerate(trend) if value is not None]
    if len(known) < 2:
        return None
    lowest, highest = (choose(value for _, value in known) for choose in (min, max))
    step, spread = _WIDTH / (len(trend) - 1), (highest - lowest) or 1.0
    level = 0.5 if highest == lowest else 0.0
    points = [
        (round(_EDGE + place * step, 1), round(_LOW - _HEIGHT * ((value - lowest) / spread + level), 1))
        for place, value in known
    ]
    return "M" + "L".join(f"{x} {y}" for x, y in points), *points[-1]


def partner(job: JobSummary) -> str:
    """The other name of the job that the key metrics are compared with; empty for a job of the same name."""
    pairs = [metric.change.pair for metric in job.metrics if metric.change is not None]
    return next((pair.before.name for pair in pairs if pair.before and pair.how is not How.NAME), "")


def arns_in(content: str) -> list[str]:
    """Return the SageMaker ARNs of a content, in order and at most 60."""
    return list(dict.fromkeys(_ARN.findall(content)))[:_ARNS]


def linked(outline: Outline, links: Mapping[str, str], csv: str) -> Outline:
    """Link ARNs to pages of the registry and large matrices to their CSV, and put constants into words.

    Args:
        links: addresses by ARN.
        csv: the address of a matrix, up to its id.
    """
    return replace(outline, sections=tuple(_linked(section, links, csv) for section in outline.sections))


def matrices(section: Section) -> Mapping[str, Matrix]:
    """Return the matrices of a section and those below it by id: the section's id and their place in it."""
    found = {
        f"{section.id}-m{number}": block for number, block in enumerate(section.blocks) if isinstance(block, Matrix)
    }
    for below in section.sections:
        found |= matrices(below)
    return found


def _linked(section: Section, links: Mapping[str, str], csv: str) -> Section:
    blocks = tuple(_linked_block(block, links, f"{csv}{section.id}-m{n}") for n, block in enumerate(section.blocks))
    return replace(section, blocks=blocks, sections=tuple(_linked(below, links, csv) for below in section.sections))


def _linked_block(block: Block, links: Mapping[str, str], csv: str) -> Block:
    if isinstance(block, Matrix):
        return replace(block, csv=csv)
    if not isinstance(block, Fields):
        return block
    rows = (
        replace(row, values=tuple(_linked_value(_in_words(value, row.path), links) for value in row.values))
        for row in block.rows
    )
    return Fields(tuple(rows))


def _in_words(value: Value, path: str) -> Value:
    """A constant of a model package in words, with what is stored on demand."""
    if path not in _CONSTANTS or not isinstance(value, Text):
        return value
    words = readable_constant(value.text)
    return value if words == value.text else replace(value, text=words, stored=value.text)


def _linked_value(value: Value, links: Mapping[str, str]) -> Value:
    return replace(value, link=links[value.text]) if isinstance(value, Text) and value.text in links else value
