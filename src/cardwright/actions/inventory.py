"""The inventory: the facts of cards that a spreadsheet shows."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cardwright.actions.cards import list_cards
from cardwright.actions.check_subject import checker_of, subject_of
from cardwright.actions.governance import Subject, governance_of
from cardwright.actions.policies import active_policies
from cardwright.core.content import document_of, parse
from cardwright.core.errors import CardwrightError
from cardwright.core.inventory import Governance, InventoryRow
from cardwright.core.json_value import text_at
from cardwright.core.listing import CardQuery, Page
from cardwright.core.people import Role
from cardwright.core.policy.places import Wanted, advised_places, wanted_places
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.subject import card_version
from cardwright.core.portfolio import PortfolioRow
from cardwright.core.recommended import recommended_count
from cardwright.storage.unit import Unit

if TYPE_CHECKING:
    from cardwright.core.policy.checking import Checker


def list_inventory(unit: Unit, query: CardQuery) -> Page[InventoryRow]:
    """Return a page of the inventory, with the filters and order of a list of cards."""
    page = list_cards(unit, query)
    rows = {row.card_id: row for row in unit.portfolio.rows([card.card_id for card in page.items])}
    return Page(inventory_of(unit, [rows[card.card_id] for card in page.items]), page.position)


def inventory_of(unit: Unit, cards: Sequence[PortfolioRow]) -> list[InventoryRow]:
    """Return the rows of the inventory for some cards, in their order."""
    unit.actor.require(Role.VIEWER, "ListModelCardInventory", "*")
    card_ids = [card.card_id for card in cards]
    contents, approvals = unit.portfolio.contents(card_ids), unit.portfolio.approvals(card_ids)
    governed = _governed(unit, cards, contents)
    return [
        _row(card, _parsed(contents.get(card.card_id)), approvals.get(card.card_id), *governed[card.card_id])
        for card in cards
    ]


def _governed(
    unit: Unit, cards: Sequence[PortfolioRow], contents: Mapping[str, str]
) -> Mapping[str, tuple[Governance, Sequence[Wanted]]]:
    """Return what reviews and findings know of some cards, and what policies ask of them, by card identifier."""
    card_ids = [card.card_id for card in cards]
    due, running = unit.portfolio.next_reviews(card_ids), unit.findings.running(card_ids)
    engines = _Engines()
    checked = {card.card_id: _checked(unit, card, contents, engines) for card in cards} if active_policies(unit) else {}
    found = {}
    for card_id in card_ids:
        failed, places = checked.get(card_id, (None, ()))
        required = [one.fault is None for one in places if one.is_required]
        fields = f"{sum(required)} of {len(required)}" if required else None
        found[card_id] = Governance(due.get(card_id), running.get(card_id, 0), failed, fields), places
    return found


class _Engines:
    """Policies with their rules ready to run, each made once for all cards of a page."""

    def __init__(self) -> None:
        self._made: dict[str, Checker] = {}

    def of(self, policy: ReviewPolicy) -> "Checker":
        if policy.digest not in self._made:
            self._made[policy.digest] = checker_of(policy)
        return self._made[policy.digest]


def _checked(
    unit: Unit, row: PortfolioRow, contents: Mapping[str, str], engines: _Engines
) -> tuple[int | None, Sequence[Wanted]]:
    """Return how many rules of its policy a card fails, and what the policy asks for."""
    card, content = unit.cards.find(row.name), contents.get(row.card_id)
    if card is None or content is None or card.card_id != row.card_id:
        return None, ()
    subject = Subject(card, content, document_of(content), unit.tags.get(card.card_id))
    policy = governance_of(unit, card, subject=subject).policy
    if policy is None:
        return None, ()
    version = card_version(card.name, content, card.version, card.status)
    results = engines.of(policy).check(subject_of(unit, policy, card, version, tags=subject.tags)).results
    failed = {one.rule for one in results if one.outcome.failed}
    return len(failed), list(wanted_places(policy, subject.facts, parse(content)))


def _row(
    card: PortfolioRow,
    content: Mapping[str, object],
    approval: tuple[int, int, str] | None,
    governed: Governance,
    places: Sequence[Wanted],
) -> InventoryRow:
    version, at, by = approval or (None, None, None)
    given, wanted = recommended_count(content)
    advised = [one.fault is None for one in advised_places(places, content)]
    return InventoryRow(
        name=card.name,
        status=card.status,
        risk=card.risk_rating or "Unknown",
        owner=card.owner,
        model=card.model_name or text_at(content, "model_overview", "model_id"),
        version=card.version,
        approved_version=version,
        approved_at=at,
        approved_by=by,
        review_due=governed.review_due,
        open_findings=governed.open_findings,
        failed_checks=governed.failed_checks,
        required_fields=governed.required_fields,
        recommended_fields=f"{given + sum(advised)} of {wanted + len(advised)}",
    )


def _parsed(content: str | None) -> Mapping[str, object]:
    """Return parsed content; empty for content that cannot be read, in a store that was tampered with."""
    try:
        found = {} if content is None else parse(content)
    except CardwrightError:
        return {}
    return found if isinstance(found, dict) else {}
