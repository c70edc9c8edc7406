"""Carry-over: the sections that a new card of a model package inherits from an earlier card of its package group.

SageMaker's own SDK takes the group's newest card, of any version. Here the card of an earlier version
takes precedence, so that a late edit to a newer version's card does not change an older version's card.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cardwright.core.package_group import package_version

INHERITED_SECTIONS = ("business_details", "intended_uses", "additional_information")


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A card of a model package group, with the facts that the choice needs.

    Attributes:
        name: the card's name.
        package_version: the version of the package that the card describes; None when it is unknown.
        modified_at: the time of the card's last change; any comparable values, such as datetimes.
    """

    name: str
    package_version: int | float | None
    modified_at: Any


def card_to_inherit_from(cards: Iterable[GroupCard], package_version: int | float | None) -> str | None:
    """Return the name of the card from which a new card for ``package_version`` inherits.

    It is the most recently modified card of a lower package version. Without one, or for an unknown version, it is the
    group's most recently modified card. Among equals the first one counts.

    Args:
        cards: the group's cards, in any order, without the new one.
        package_version: the package version of the new card.

    Returns:
        A name, or None when the group has no card.
    """
    group = list(cards)
    lower = [card for card in group if _is_lower(card.package_version, package_version)]
    chosen = lower or group
    return max(chosen, key=lambda card: card.modified_at).name if chosen else None


def sections_to_inherit(content: Mapping[str, object], source: Mapping[str, object]) -> dict[str, object]:
    """Return the sections of ``source`` that ``content`` inherits: whole sections that ``content`` lacks.

    Args:
        content: the new card's content; a section that is missing or None counts as unset.
        source: the content of the card from ``card_to_inherit_from``.
    """
    return {
        section: source[section]
        for section in INHERITED_SECTIONS
        if content.get(section) is None and source.get(section) is not None
    }


@dataclass(frozen=True, slots=True)
class InnerCard:
    """The parts that a card takes from the card inside its model package.

    Attributes:
        content: the members to add to the card.
        taken: the paths that are taken, dotted, such as ``intended_uses.risk_rating``.
        left: the paths that are not taken, each with the reason.
    """

    content: Mapping[str, object]
    taken: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)


def take_inner_card(content: Mapping[str, object], inner: Mapping[str, object]) -> InnerCard:
    """Return the parts that a card takes from the card inside its package: each member that the card lacks.

    Sections are merged member by member. Details of a different training job are not mixed with the card's own.
    Evaluation jobs are added unless the card has one with that name. An equal value is neither taken nor left.

    Args:
        content: the card's content, including the discovered facts.
        inner: the content of the card inside the package.
    """
    taken: list[str] = []
    left: dict[str, str] = {}
    return InnerCard(_missing(content, inner, (), taken, left), tuple(taken), left)


def _missing(
    own: Mapping[str, object],
    inner: Mapping[str, object],
    path: tuple[str, ...],
    taken: list[str],
    left: dict[str, str],
) -> dict[str, object]:
    added: dict[str, object] = {}
    for name, value in inner.items():
        there, here = own.get(name), (*path, name)
        if there == value:
            continue
        if here == ("evaluation_details",) and isinstance(value, list):
            added |= _missing_evaluations(there, value, taken, left)
        elif isinstance(value, Mapping) and (there is None or isinstance(there, Mapping)):
            if name == "training_job_details" and there and _names_another_job(there, value):
                left[".".join(here)] = f"the card names another training job, {there['training_arn']}"
                continue
            part = _missing(there or {}, value, here, taken, left)
            added |= {name: part} if part or there is None else {}
        elif there is None or there == []:
            added[name] = value
            taken.append(".".join(here))
        else:
            left[".".join(here)] = "the card has another value"
    return added


def _missing_evaluations(
    there: object, inner: list[object], taken: list[str], left: dict[str, str]
) -> dict[str, object]:
    own = there if isinstance(there, list) else []
    names = {job.get("name") for job in own if isinstance(job, Mapping)}
    added = []
    for job in inner:
        name = job.get("name") if isinstance(job, Mapping) else None
        place = f"evaluation_details[{name}]"
        if job in own:
            continue
        if name in names:
            left[place] = "the card has another evaluation with that name"
        else:
            added.append(job)
            taken.append(place)
    return {"evaluation_details": added} if added else {}


def _names_another_job(own: Mapping[str, object], inner: Mapping[str, object]) -> bool:
    return None not in (own.get("training_arn"), inner.get("training_arn")) and (
        own["training_arn"] != inner["training_arn"]
    )


def package_version_of(arn: str) -> int | None:
    """Return the version at the end of a model package's ARN; None for an unversioned package.

    ``arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/7`` is version 7.
    """
    found = package_version(arn)
    return None if found is None else found.version


def _is_lower(version: int | float | None, than: int | float | None) -> bool:
    return version is not None and than is not None and version < than
