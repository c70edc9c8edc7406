"""Failed checks, missing fields and findings of a card, as notes of its margin."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from cardwright.actions.review_work import CardReview
from cardwright.console.wizard.gaps import asks_of_policy
from cardwright.console.wizard.recommended import recommended_fields
from cardwright.core.finding import NamedFinding
from cardwright.core.policy.pointers import pointer_to
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import Outcome
from cardwright.core.policy.rule import OneOf, Require, Rule
from cardwright.core.policy.subject import facts_of
from cardwright.core.policy.words import title_of

MOST_PLACES = 200
"""Places of one card at which failed checks are noted."""

_SHOWN = 3  # messages of a note


class CheckNote(NamedTuple):
    """A required check that fails at a place of a card, or that a waiver accepts there.

    Attributes:
        pointer: the place; empty for the whole card.
        rule, number: the rule, and its number in the policy.
        messages: what was found there.
        waived: the reason of the waiver; None for a check that fails.
        fills: whether the form can fill the place, which has no value or too short a one.
        is_first: whether it is the first note about its rule, which says why, and what to do.
    """

    pointer: str
    rule: Rule
    number: int
    messages: Sequence[str]
    waived: str | None
    fills: bool
    is_first: bool = True

    @property
    def title(self) -> str:
        return title_of(self.rule)

    @property
    def shown(self) -> Sequence[str]:
        return self.messages[:_SHOWN]

    @property
    def hidden(self) -> int:
        """The number of messages that the note leaves out."""
        return len(self.messages[_SHOWN:])


class GapNote(NamedTuple):
    """A field without a value.

    Attributes:
        words: what to write there.
        demand: what a policy says of it; empty for a recommendation of Cardwright.
        is_required: whether a policy requires it.
        number: the number of the policy's rule; 0 without one.
    """

    pointer: str
    label: str
    words: str
    demand: str = ""
    is_required: bool = False
    number: int = 0


class Advice(NamedTuple):
    """What a card fails and lacks, and the findings about its fields, of all places or of one."""

    checks: Sequence[CheckNote] = ()
    gaps: Sequence[GapNote] = ()
    findings: Sequence[NamedFinding] = ()

    @property
    def is_recommended(self) -> bool:
        """Whether there is nothing but fields that Cardwright recommends."""
        return not self.checks and not self.findings and not any(gap.demand for gap in self.gaps)


def advice_on(content: object, reviewed: Mapping[str, Any], tags: Mapping[str, str], *, recommends: bool) -> Advice:
    """Return the failed and waived checks of a card, the fields that it lacks, and the findings about its fields.

    A finding about a failed check has no note of its own: the note of the check leads to it.

    Args:
        content: the parsed content.
        reviewed: the page's variables of reviews and findings.
        recommends: whether the recommended fields that it lacks are wanted.
    """
    found: CardReview = reviewed["found"]
    checks = list(islice(_checks(found), MOST_PLACES))
    known = {note.pointer for note in checks}
    asked = [] if found.policy is None else list(_demanded(found.card.name, found.policy, content, tags))
    fields = recommended_fields(content) if recommends else ()
    recommended = [
        GapNote(pointer_to(tuple(one.path.split("."))), one.label, one.sentence) for one in fields if not one.given
    ]
    lacking: dict[str, GapNote] = {}
    for note in (*asked, *recommended):
        if note.pointer not in known:
            lacking.setdefault(note.pointer, note)
    linked = {one.finding.finding_id for one in reviewed["failed_checks"] if one.finding is not None}
    findings = [one for one in reviewed["placed_findings"] if one.finding.finding_id not in linked]
    return Advice(checks, list(lacking.values()), findings)


def advice_shown(reviewed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template of notes needs of the page's variables of reviews and findings."""
    waivers = {one.named.waiver.rule: one.named.waiver for one in reversed(reviewed["check_waivers"])}
    return {
        "policy": reviewed["found"].policy,
        "words": reviewed["words"],
        "days": reviewed["days"],
        "finding_of": {one.rule: one.finding for one in reviewed["failed_checks"]},
        "asked_waivers": waivers,
        "waived_until": {rule: waiver.expires_at for rule, waiver in waivers.items() if waiver.granted_at is not None},
        "may_annotate": reviewed["may_annotate"],
        "may_waive": reviewed["may_waive"],
    }


def together(notes: Sequence[CheckNote], begun: set[str]) -> list[CheckNote]:
    """Return the notes at one place with one note for each rule and outcome.

    Args:
        begun: the rules that have a note on the page already; those of this place are added.
    """
    merged: dict[tuple[str, bool], CheckNote] = {}
    for note in notes:
        key = note.rule.id, note.waived is None
        if key in merged:
            merged[key] = merged[key]._replace(messages=(*merged[key].messages, *note.messages))
        else:
            merged[key] = note._replace(is_first=note.rule.id not in begun)
            begun.add(note.rule.id)
    return list(merged.values())


def _checks(found: CardReview) -> Iterator[CheckNote]:
    if found.policy is None or found.check is None:
        return
    rules = {rule.id: (number, rule) for number, rule in enumerate(found.policy.rules, 1)}
    for result in found.check.results:
        number, rule = rules[result.rule]
        waived = result.reason if result.outcome is Outcome.WAIVED else None
        fills = isinstance(rule.demand, Require | OneOf) and result.pointer != ""
        yield CheckNote(result.pointer, rule, number, (result.message,), waived, fills)


def _demanded(name: str, policy: ReviewPolicy, content: object, tags: Mapping[str, str]) -> Iterator[GapNote]:
    """The places that rules other than the required checks ask for."""
    for wanted, ask in asks_of_policy(content, policy, facts_of(name, content, tags)):
        if not ask.given and not wanted.blocks:
            yield GapNote(wanted.pointer, ask.label, ask.words, ask.demand, ask.required, ask.rule)
