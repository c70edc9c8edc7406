"""What a check reads: one version of a card, and the facts around it. Rules fetch nothing."""

from collections.abc import Iterable, Mapping, Sequence

import attrs

from cardwright.core.card import Status
from cardwright.core.content import digest as digest_of
from cardwright.core.content import parse
from cardwright.core.errors import Invalid
from cardwright.core.json_value import text_at
from cardwright.core.package_group import group_of_card
from cardwright.core.pairing import Choice
from cardwright.core.policy.selector import RATINGS, UNRATED, Facts


@attrs.frozen
class CardVersion:
    """One version of a card.

    Attributes:
        name: the card's name.
        version: its number; None for content that is not stored.
        status: its status; None likewise.
        digest: SHA-256 of the content's UTF-8 bytes, in hexadecimal.
        content: the parsed content, of any shape.
    """

    name: str
    version: int | None
    status: str | None
    digest: str
    content: object


@attrs.frozen
class Proof:
    """A piece of evidence of a card: its kind, and when it was added, in milliseconds since the epoch."""

    kind: str
    at: int


@attrs.frozen
class Baselines:
    """The versions that regression rules compare with; None where the card has no such version.

    Attributes:
        approved: the newest approved version before the one to check.
        previous: the version before it.
        named: ``approved``, ``previous`` or a version, if the caller named the baseline of all rules; else empty.
    """

    approved: CardVersion | None = None
    previous: CardVersion | None = None
    named: str = ""


@attrs.frozen
class Subject:
    """The input of a check.

    Attributes:
        card: the version to check.
        now: the time, in milliseconds since the epoch.
        tags: the card's tags.
        baselines: the versions to compare with.
        choices: pairs of evaluation jobs that are stored with the card.
        job_times: when evaluation jobs ended, by the job's ARN, in milliseconds since the epoch.
        evidence: the card's evidence.
        waivers: reasons by rule id.
    """

    card: CardVersion
    now: int
    tags: Mapping[str, str] = attrs.Factory(dict)
    baselines: Baselines = attrs.Factory(Baselines)
    choices: Sequence[Choice] = ()
    job_times: Mapping[str, int] = attrs.Factory(dict)
    evidence: Sequence[Proof] = ()
    waivers: Mapping[str, str] = attrs.Factory(dict)

    @property
    def facts(self) -> Facts:
        """The facts that selectors read."""
        return facts_of(self.card.name, self.card.content, self.tags)


class NoBaseline(Invalid):
    """The version to compare with does not exist, or is the checked version itself."""


def baseline_numbers(
    versions: Iterable[tuple[int, str]], checked: int | None, against: str | None = None
) -> tuple[int | None, int | None]:
    """Return the numbers of the approved and of the previous version.

    Args:
        versions: numbers and statuses of the card's versions, in any order.
        checked: the version to check; None for content that is not stored, which follows all versions.
        against: ``approved``, ``previous`` or a version's number, to use that version for both.

    Raises:
        NoBaseline: ``against`` is a number, and no such version exists before or after the checked one.
    """
    known = sorted(versions)
    earlier = [(number, status) for number, status in known if checked is None or number < checked]
    approved = max((number for number, status in earlier if status == Status.APPROVED), default=None)
    previous = earlier[-1][0] if earlier else None
    if against is None:
        return approved, previous
    if against in {"approved", "previous"}:
        number = approved if against == "approved" else previous
        return number, number
    chosen = next((number for number, _ in known if str(number) == against and number != checked), None)
    if chosen is None:
        raise NoBaseline(f"There is no version {against} to compare with")
    return chosen, chosen


def card_version(name: str, content: str, version: int | None = None, status: str | None = None) -> CardVersion:
    """Return a version from the text of its content.

    Raises:
        ContentInvalid: the text is not JSON.
    """
    return CardVersion(name, version, status, digest_of(content), parse(content))


def facts_of(name: str, content: object, tags: Mapping[str, str]) -> Facts:
    """Return the facts of a card from its parsed content and its tags."""
    rating = text_at(content, "intended_uses", "risk_rating")
    named = text_at(content, "model_package_details", "model_package_group_name")
    arn = text_at(content, "model_package_details", "model_package_arn")
    group = group_of_card(named, arn or None, text_at(content, "model_overview", "model_id") or arn or None)
    return Facts(name, rating if rating in RATINGS else UNRATED, tags, group)
