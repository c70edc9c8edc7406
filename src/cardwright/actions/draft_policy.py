"""Find the review policy that governs a draft once it is saved."""

from typing import NamedTuple

from cardwright.actions.policies import active_policies
from cardwright.core.card import Card
from cardwright.core.draft_form import DraftForm
from cardwright.core.people import Role
from cardwright.core.policy.policy import ReviewPolicy, choose
from cardwright.core.policy.selector import Facts
from cardwright.core.policy.subject import facts_of
from cardwright.storage.unit import Unit


class DraftPolicy(NamedTuple):
    """A policy with the facts of the draft that it was chosen by."""

    policy: ReviewPolicy
    facts: Facts


def policy_of_draft(unit: Unit, form: DraftForm, content: object, card: Card | None) -> DraftPolicy | None:
    """Return the active policy that applies to the content of a draft; None without one.

    The policy that holds an approved card comes before the one that the new content would choose.

    Args:
        card: the card that the draft changes, which has the tags; None for a new card.
    """
    unit.actor.require(Role.VIEWER, "DescribeReviewPolicy", "*")
    policies = active_policies(unit)
    if not policies:
        return None
    tags = unit.tags.get(card.card_id) if card is not None else {tag[0]: tag[1] for tag in form.tags}
    facts = facts_of(form.name if card is None else card.name, content, tags)
    last = None if card is None else unit.reviews.approval(card.card_id)
    held = next((policy for policy in policies if last is not None and policy.name == last.held_by), None)
    chosen = held or choose(policies, facts)
    return None if chosen is None else DraftPolicy(chosen, facts)
