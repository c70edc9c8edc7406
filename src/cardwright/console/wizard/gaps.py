"""What a draft lacks, step by step: what a policy requires, and what is recommended. Each gap leads to its field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardwright.actions.draft_policy import DraftPolicy
from cardwright.console.wizard.check import Correction, place_of, recommended_limits
from cardwright.console.wizard.recommended import recommended_fields
from cardwright.console.wizard.steps import STEPS
from cardwright.core.content import parse
from cardwright.core.lint import beyond_limits
from cardwright.core.policy.places import Wanted, advised_places, wanted_places
from cardwright.core.policy.pointers import parts as keys_of
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.selector import Facts
from cardwright.core.policy.words import title_of

_ANCHORS = {"training_details": "g-choice", "evaluation_details": "add-job"}
"""Where a step begins to fill a part that is a section."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What asks for a field.

    Attributes:
        step: the slug of the step that has the field.
        target: the id of its input.
        words: what to write there.
        demand: ``Required for approval`` or another word of a policy; empty for a recommendation of Cardwright.
        rule: the number of the policy's rule; 0 without one.
    """

    step: str
    target: str
    label: str
    words: str
    given: bool
    demand: str = ""
    required: bool = False
    rule: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is.

    Attributes:
        given, wanted: of the recommended fields.
        required, lacking: the fields that a policy requires, and how many of them are missing.
        more: the recommended fields that are missing and that no policy requires.
        gaps: what is missing, required fields first. Several fields can lead to one place.
    """

    given: int
    wanted: int
    required: int
    lacking: int
    more: int
    gaps: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a draft.

    Attributes:
        policy: the policy that governs the draft; None without one.
        steps: by slug, in the order of the steps.
        marks: by the id of an input: what a policy asks of it, and what is recommended and missing.
    """

    policy: DraftPolicy | None
    steps: Mapping[str, Progress]
    marks: Mapping[str, Sequence[Ask]]

    @property
    def lacking(self) -> int:
        """The number of required fields that are missing."""
        return sum(progress.lacking for progress in self.steps.values())

    @property
    def more(self) -> int:
        """The number of recommended fields that are missing and not required."""
        return sum(progress.more for progress in self.steps.values())

    @property
    def given(self) -> int:
        """The number of recommended fields that are filled in."""
        return sum(progress.given for progress in self.steps.values())

    @property
    def wanted(self) -> int:
        """The number of recommended fields."""
        return sum(progress.wanted for progress in self.steps.values())


def asked_of(content: object, policy: DraftPolicy | None) -> Asked:
    """What Cardwright and a policy ask of a content, and what of it is missing."""
    places = [] if policy is None else list(wanted_places(policy.policy, policy.facts, content))
    required = [_wanted(content, one) for one in places]
    further = [_wanted(content, one) for one in advised_places(places, content)]
    known = {ask.target for ask in required}
    advised_fields = [Ask(*one[:4], given=one.given) for one in recommended_fields(content)]
    found: dict[str, Progress] = {}
    for step in STEPS[:-1]:
        here = [ask for ask in advised_fields if ask.step == step.slug]
        rules = [ask for ask in required if ask.step == step.slug]
        demanded = [ask for ask in rules if ask.required]
        advised = [ask for ask in rules if not ask.required]
        gaps = [ask for ask in (*demanded, *advised) if not ask.given]
        for ask in here:
            if not ask.given and ask.target not in {gap.target for gap in gaps}:
                gaps.append(ask)
        lacking = [ask for ask in demanded if not ask.given]
        counted = [*here, *(ask for ask in further if ask.step == step.slug)]
        found[step.slug] = Progress(
            sum(ask.given for ask in counted),
            len(counted),
            len(demanded),
            len(lacking),
            sum(not ask.given and ask.target not in {one.target for one in lacking} for ask in counted),
            tuple(gaps),
        )
    marks: dict[str, list[Ask]] = {}
    for ask in (*required, *(ask for ask in advised_fields if not ask.given and ask.target not in known)):
        marks.setdefault(ask.target, []).append(ask)
    return Asked(policy, found, marks)


def advice_of(text: str) -> list[Correction]:
    """Advice on a valid content, apart from missing fields: documented limits, metrics that do not add up."""
    content = parse(text)
    others = [
        Correction(*place_of(content, advice.path.split(".")), advice.message) for advice in beyond_limits(content)
    ]
    return [*recommended_limits(content), *others]


def asks_of_policy(content: object, policy: ReviewPolicy, facts: Facts) -> Iterator[tuple[Wanted, Ask]]:
    """Yield what the rules of a policy ask for, with its place in the form, in the order of the rules."""
    return ((one, _wanted(content, one)) for one in wanted_places(policy, facts, content))


def place_in_form(content: object, keys: list[str]) -> tuple[str, str, str]:
    """Where the form fills a place of the content: the slug of the step, the id of the input, and its label."""
    step, target, label = place_of(content, keys)
    if len(keys) == 1:
        target = _ANCHORS.get(keys[0], target)
    elif keys[:2] == ["additional_information", "custom_details"]:
        target = "f-additional_information-custom_details"
    return step, target, label


def _wanted(content: object, one: Wanted) -> Ask:
    step, target, label = place_in_form(content, list(keys_of(one.pointer)))
    if one.others:
        others = [place_of(content, list(keys_of(pointer)))[2] for pointer in one.others]
        label = f"{label}, or {', or '.join(others)}"
    demand = "Required for approval" if one.blocks else "Required by policy" if one.is_required else "Policy advice"
    rule = one.rule
    words = " ".join(text.strip() for text in (rule.why or title_of(rule), rule.fix) if text.strip())
    return Ask(step, target, label, words, one.fault is None, demand, one.is_required, one.number)
