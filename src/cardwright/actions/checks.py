"""Find the policy and the stored version of a check."""

from cardwright.actions.cards import describe_card, find_card
from cardwright.actions.check_subject import subject_of
from cardwright.actions.policies import parsed
from cardwright.core.errors import NotFound
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.presets import NAMES, preset_text
from cardwright.core.policy.subject import Subject, card_version
from cardwright.storage.unit import Unit


def policy_named(unit: Unit, name: str) -> ReviewPolicy:
    """Return a policy by name: the stored one, by preference its active version, else the preset.

    Raises:
        NotFound: there is no policy of this name.
    """
    stored = unit.review_policies.find(name)
    if stored is None and name not in NAMES:
        raise NotFound(f"There is no review policy {name}. Presets are: {', '.join(NAMES)}")
    return parsed(preset_text(name) if stored is None else stored.text)


def subject_of_version(  # noqa: PLR0913 - the card, the policy and the choices of the caller
    unit: Unit,
    policy: ReviewPolicy,
    name: str,
    *,
    version: int | None = None,
    against: str | None = None,
    now: int | None = None,
) -> Subject:
    """Return the input of a check of a stored version; the newest by default.

    Args:
        policy: decides what else is read.
        against: the version that regression rules compare with: ``approved``, ``previous`` or a number.
        now: the time that ages are counted from; the present by default.

    Raises:
        CardMissing: the card or the version does not exist.
        NoBaseline: the version to compare with does not exist.
    """
    described = describe_card(unit, name, version)
    checked = card_version(described.name, described.content, described.version, described.status)
    return subject_of(unit, policy, find_card(unit, name), checked, against=against, now=now)
