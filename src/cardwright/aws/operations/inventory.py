"""Cardwright's own operation that lists cards with the facts of an inventory."""

from cardwright.actions.inventory import list_inventory
from cardwright.aws.members import Members
from cardwright.aws.operations.cards import card_query
from cardwright.aws.paging import Pager
from cardwright.core.inventory import InventoryRow
from cardwright.storage.unit import Unit


def list_model_card_inventory(unit: Unit, request: Members, pager: Pager) -> Members:
    page = list_inventory(unit, card_query(request, pager))
    answer: Members = {"ModelCards": [_card(row) for row in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def _card(row: InventoryRow) -> Members:
    members: Members = {
        "ModelCardName": row.name,
        "ModelCardStatus": row.status,
        "RiskRating": row.risk,
        "Owner": row.owner,
        "Model": row.model,
        "ModelCardVersion": row.version,
        "ApprovedVersion": row.approved_version,
        "ApprovedTime": None if row.approved_at is None else row.approved_at / 1000,
        "ApprovedBy": row.approved_by,
        "ReviewDueTime": None if row.review_due is None else row.review_due / 1000,
        "OpenFindings": row.open_findings,
        "FailedChecks": row.failed_checks,
        "RequiredFields": row.required_fields,
        "RecommendedFields": row.recommended_fields,
    }
    return {member: value for member, value in members.items() if value is not None}
