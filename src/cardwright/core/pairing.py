"""Pairs the evaluation jobs of two contents, so that their metrics can be compared.

A job finds its partner by a choice of a user, then by equal name, then by equal kind and datasets, then by equal kind
and a name that differs only in date, quarter or version. Among several candidates, the one that agrees in more of these
wins. Equally good candidates form no pair, and all of them are offered. Jobs with the same name are paired by their
order, if both contents have the same number of them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from cardwright.core.errors import Invalid
from cardwright.core.json_value import list_at, objects_at
from cardwright.core.periods import without_period


class How(StrEnum):
    """How a pair was found."""

    HAND = "by hand"
    CHOICE = "remembered"
    NAME = "name"
    DATASET = "kind and dataset"
    PERIOD = "kind and similar name"


@dataclass(frozen=True, slots=True)
class Choice:
    """Two jobs that a user paired, by name. ``after`` is None where the user left the first job without a partner."""

    before: str
    after: str | None


class KeptChoice(NamedTuple):
    """A choice that is stored with a card, with its user. ``before`` is the job of the older version."""

    before: str
    after: str | None
    at: int
    actor: str


@dataclass(frozen=True, slots=True)
class Job:
    """An evaluation job of a content.

    Attributes:
        name: the stored name; for the second job of that name, followed by ``(2)``.
        position: the index in ``evaluation_details``.
        value: the job as the content has it.
    """

    name: str
    position: int
    value: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JobPair:
    """A job of one or both sides.

    Attributes:
        before, after: the jobs; one of them is None without a partner.
        how: how the pair was found; None without a partner.
        candidates: the names of equally good partners, of which none was taken.
    """

    before: Job | None
    after: Job | None
    how: How | None = None
    candidates: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the newer job, else of the older."""
        job = self.after or self.before
        return job.name if job else ""

    @property
    def stored_name(self) -> str:
        """The name as the content has it; equal for two jobs with the same name."""
        job = self.after or self.before
        return str(job.value.get("name", "")) if job else ""

    @property
    def reason(self) -> str:
        """How the jobs were paired, in words."""
        if self.how:
            return _REASONS[self.how]
        if self.candidates:
            return "not paired: several jobs fit equally well"
        return "only in the first" if self.before else "only in the second"


_REASONS = {
    How.HAND: "paired by hand",
    How.CHOICE: "paired by a remembered choice",
    How.NAME: "paired by name",
    How.DATASET: "paired by kind and dataset",
    How.PERIOD: "paired by kind; the names differ only in date, quarter or version",
}

_KINDS = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"binary_classification_metrics$", "Binary classification"),
        (r"multiclass_classification_metrics$", "Multiclass classification"),
        (r"regression_metrics$", "Regression"),
        (r"(pre|post)_training_bias_metrics\b", "Bias report"),
        (r"explanations - ", "Explainability report"),
        (r"classification_report$", "Classification report"),
        (r"features - ", "Data quality"),
        (r"violations$", "Constraint violations"),
    )
)
_OTHER = "Custom metrics"
_MOST_NAMED = 10
_MOST_COMPARED = 10_000  # pairs whose metrics are compared; beyond, kind and name alone decide


def evaluation_jobs(content: object) -> tuple[Job, ...]:
    """Return the evaluation jobs of a content of any shape, in its order."""
    taken: dict[str, int] = {}
    jobs = []
    for position, value in enumerate(list_at(content, "evaluation_details")):
        if isinstance(value, dict):
            jobs.append(Job(_numbered(taken, str(value.get("name", ""))), position, value))
    return tuple(jobs)


def kind_of(job: Mapping[str, object]) -> str:
    """Return the kind of a job, such as ``Binary classification``, by the names of its metric groups."""
    names = [str(group.get("name", "")) for group in objects_at(job, "metric_groups")]
    found = (kind for pattern, kind in _KINDS if any(pattern.match(name) for name in names))
    return next(found, _OTHER)


def pair_jobs(
    before: object, after: object, by_hand: Sequence[Choice] = (), stored: Sequence[Choice | KeptChoice] = ()
) -> list[JobPair]:
    """Pair the evaluation jobs of two contents of any shape.

    Args:
        before, after: the parsed contents.
        by_hand: pairs given for this comparison. They always apply.
        stored: choices of the card, from the older to the newer version. A choice applies in both directions.
            It does not apply where both contents have both names, since those jobs exist side by side.

    Returns:
        The pairs in the order of ``after``, with jobs of ``before`` alone at the end.
    """
    matching = _Matching(evaluation_jobs(before), evaluation_jobs(after))
    matching.choose(by_hand, How.HAND)
    matching.choose(_applying(stored, matching), How.CHOICE)
    for how, key in _LEVELS:
        matching.match(how, key)
    return list(matching.pairs())


def read_choice(text: str, before: object, after: object) -> Choice:
    """Read a pair of two contents' jobs that a user wrote: ``A=B``, or ``A=`` for a job without a partner.

    Names may have equals signs too: the first split that the contents have wins.

    Raises:
        Invalid: the text has no equals sign, or no job before it.
    """
    one, other = ({job.name for job in evaluation_jobs(content)} for content in (before, after))
    parts = text.split("=")
    splits = [("=".join(parts[:end]).strip(), "=".join(parts[end:]).strip()) for end in range(1, len(parts))]
    if not splits or not splits[0][0]:
        raise Invalid(f'"{text}" is not a pair of evaluation jobs: write FIRST=SECOND, or FIRST= for no partner')
    fitting = (split for split in splits if split[0] in one and split[1] in other | {""})
    first, second = next(fitting, splits[0])
    return Choice(first, second or None)


def check_named(before: object, after: object, choices: Sequence[Choice]) -> None:
    """Check that two contents have the jobs of choices for this comparison.

    Raises:
        Invalid: a content does not have a job, or a job is in two pairs.
    """
    one, other = ({job.name for job in evaluation_jobs(content)} for content in (before, after))
    for choice in choices:
        if choice.after is None:
            _require(choice.before, one | other, "No content has")
            continue
        _require(choice.before, one, "The first content does not have")
        _require(choice.after, other, "The second content does not have")
    for side in ([choice.before for choice in choices], [choice.after for choice in choices if choice.after]):
        twice = next((name for name in side if side.count(name) > 1), None)
        if twice is not None:
            raise Invalid(f'The evaluation job "{twice}" is in two pairs: one partner is possible')


def check_choice(before: object, after: object, choice: Choice) -> None:
    """Check a choice that is to be kept for later comparisons. ``after`` is the newer content.

    Raises:
        Invalid: a content does not have the job, or no choice is needed.
    """
    older, newer = ({job.name for job in evaluation_jobs(content)} for content in (before, after))
    if choice.after is None:
        _require(choice.before, older | newer, "Neither version has")
        return
    _require(choice.before, older, "The older version does not have")
    _require(choice.after, newer, "The newer version does not have")
    if choice.before == choice.after:
        raise Invalid(f'Evaluation jobs of equal name are paired already: "{choice.before}"')
    if {choice.before, choice.after} <= older & newer:
        raise Invalid(
            f'Both versions have both jobs, "{choice.before}" and "{choice.after}". Each is compared with itself'
        )


def with_choice(kept: Mapping[str, str | None], choice: Choice) -> dict[str, str | None]:
    """Return stored pairs, by older job, after a new choice. It replaces choices that contradict it."""
    rest = {
        before: after
        for before, after in kept.items()
        if before != choice.before
        and not (after is None and before == choice.after)
        and not (choice.after is None and after == choice.before)
    }
    return rest | {choice.before: choice.after}


def without_job(kept: Mapping[str, str | None], name: str) -> dict[str, str | None]:
    """Return stored pairs without those of a job."""
    return {before: after for before, after in kept.items() if name not in {before, after}}


_Key: TypeAlias = Callable[[Job], Hashable | None]
_Place: TypeAlias = tuple[str, int]


@dataclass(slots=True)
class _Matching:
    """The pairs found so far. A job leaves the search once it is paired or has equally good candidates."""

    before: tuple[Job, ...]
    after: tuple[Job, ...]
    partners: dict[int, tuple[Job, How]] = field(default_factory=dict)  # by position in ``after``
    settled: set[_Place] = field(default_factory=set)
    apart: set[_Place] = field(default_factory=set)  # jobs that a user left without a partner: no guess pairs them
    offered: dict[_Place, tuple[str, ...]] = field(default_factory=dict)

    def choose(self, choices: Iterable[Choice], how: How) -> None:
        one, other = ({job.name: job for job in jobs} for jobs in (self.before, self.after))
        for choice in choices:
            if choice.after is None:
                named = (("before", one.get(choice.before)), ("after", other.get(choice.before)))
                places = {(side, job.position) for side, job in named if job}
                (self.settled if how is How.HAND else self.apart).update(places)
                continue
            old, new = one.get(choice.before), other.get(choice.after)
            if old and new and self._free(old, "before", guess=True) and self._free(new, "after", guess=True):
                self._pair(old, new, how)

    def match(self, how: How, key: _Key) -> None:
        guess = how is not How.NAME
        grouped: dict[Hashable, tuple[list[Job], list[Job]]] = defaultdict(lambda: ([], []))
        for index, (side, jobs) in enumerate((("before", self.before), ("after", self.after))):
            for job in jobs:
                found = key(job) if self._free(job, side, guess) else None
                if found is not None:
                    grouped[found][index].append(job)
        for olds, news in grouped.values():
            by_order = key is _whole or (not guess and len(olds) == len(news))
            self._match_group(how, olds, news, by_order)

    def pairs(self) -> Iterator[JobPair]:
        paired = {old.position for old, _ in self.partners.values()}
        for job in self.after:
            old, how = self.partners.get(job.position, (None, None))
            yield JobPair(old, job, how, self.offered.get(("after", job.position), ()))
        for job in self.before:
            if job.position not in paired:
                yield JobPair(job, None, None, self.offered.get(("before", job.position), ()))

    def _match_group(self, how: How, olds: list[Job], news: list[Job], by_order: bool) -> None:
        if by_order:
            for old, new in zip(olds, news, strict=False):
                self._pair(old, new, how)
            return
        fitting = list(_fitting(olds, news)) if how is not How.NAME else [(old, news) for old in olds if news]
        back: dict[int, list[Job]] = defaultdict(list)
        for old, fits in fitting:
            for new in fits:
                back[new.position].append(old)
        for old, fits in fitting:
            if len(fits) == 1 and len(back[fits[0].position]) == 1:
                self._pair(old, fits[0], how)
            elif fits:
                self._offer(("before", old.position), fits)
        for position, fits in back.items():
            if position not in self.partners:
                self._offer(("after", position), fits)

    def _free(self, job: Job, side: str, guess: bool) -> bool:
        place = (side, job.position)
        return place not in self.settled and not (guess and place in self.apart)

    def _pair(self, old: Job, new: Job, how: How) -> None:
        self.partners[new.position] = (old, how)
        self.settled |= {("before", old.position), ("after", new.position)}

    def _offer(self, place: _Place, fits: Sequence[Job]) -> None:
        self.settled.add(place)
        self.offered[place] = tuple(job.name for job in fits)


def _fitting(olds: list[Job], news: list[Job]) -> Iterator[tuple[Job, list[Job]]]:
    """Yield the jobs of the second list that have a metric in common with a job of the first."""
    if len(olds) * len(news) > _MOST_COMPARED:
        yield from ((old, news) for old in olds)
        return
    theirs = [(new, _metric_names(new)) for new in news]
    for old in olds:
        mine = _metric_names(old)
        yield old, [new for new, names in theirs if not (mine and names) or not mine.isdisjoint(names)]


def _applying(stored: Sequence[Choice | KeptChoice], matching: _Matching) -> Iterator[Choice]:
    """Return the stored choices that apply, in the direction in which they do; the newest first."""
    one, other = ({job.name for job in jobs} for jobs in (matching.before, matching.after))
    for choice in reversed(stored):
        if choice.after is None:
            yield Choice(choice.before, None)
        elif {choice.before, choice.after} <= one & other:
            continue
        elif choice.before in one and choice.after in other:
            yield Choice(choice.before, choice.after)
        else:
            yield Choice(choice.after, choice.before)  # the comparison runs from the newer to the older version


def _same_name(job: Job) -> Hashable | None:
    return str(job.value.get("name", ""))


def _kind_and_datasets(job: Job) -> Hashable | None:
    stored = job.value.get("datasets")
    datasets = frozenset(item for item in stored if isinstance(item, str)) if isinstance(stored, list) else None
    return (kind_of(job.value), datasets) if datasets else None


def _kind_and_period(job: Job) -> Hashable | None:
    return kind_of(job.value), without_period(str(job.value.get("name", "")))


def _all_of(*keys: _Key) -> _Key:
    def key(job: Job) -> Hashable | None:
        found = tuple(each(job) for each in keys)
        return None if None in found else found

    return key


def _whole(job: Job) -> Hashable | None:
    return repr(job.value)


# Each level is more lenient than the one above. The first levels of a rule prefer candidates that agree in more.
_LEVELS: tuple[tuple[How, _Key], ...] = (
    (How.NAME, _whole),
    (How.NAME, _all_of(_same_name, _kind_and_datasets)),
    (How.NAME, _all_of(_same_name, _kind_and_period)),
    (How.NAME, _same_name),
    (How.DATASET, _all_of(_kind_and_datasets, _kind_and_period)),
    (How.DATASET, _kind_and_datasets),
    (How.PERIOD, _kind_and_period),
)


def _metric_names(job: Job) -> frozenset[str]:
    groups = objects_at(job.value, "metric_groups")
    return frozenset(str(metric.get("name", "")) for group in groups for metric in objects_at(group, "metric_data"))


def _require(name: str, names: set[str], problem: str) -> None:
    if name not in names:
        known = ", ".join(f'"{one}"' for one in sorted(names)[:_MOST_NAMED])
        raise Invalid(f'{problem} the evaluation job "{name}". ' + (f"It has {known}" if known else "It has none"))


def _numbered(taken: dict[str, int], name: str) -> str:
    taken[name] = taken.get(name, 0) + 1
    return f"{name} ({taken[name]})" if taken[name] > 1 else name
