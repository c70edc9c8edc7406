"""What people write into a card: intended uses, business details, additional information."""

from typing import Any

from cardwright.model_card.schema_constraints import RiskRating, RiskRatingEnum
from cardwright.model_card.section import Converted, Section, one_of, section


@section
class IntendedUses(Section):
    """The intended uses of a model.

    Args:
        purpose_of_model: what the model is for; at most 2048 characters, as all texts here.
        intended_uses: where it may be used, and where not.
        factors_affecting_model_efficiency: what makes it work better or worse.
        risk_rating: the organisation's rating, a member of ``RiskRatingEnum`` or its text.
        explanations_for_risk_rating: why the model is rated so.

    Raises:
        ValueError: a risk rating that is none.
    """

    purpose_of_model: str | None = None
    intended_uses: str | None = None
    factors_affecting_model_efficiency: str | None = None
    risk_rating: Converted[RiskRatingEnum | None, RiskRatingEnum | RiskRating | None] = one_of(
        RiskRatingEnum, default=RiskRatingEnum.UNKNOWN
    )
    explanations_for_risk_rating: str | None = None


@section
class BusinessDetails(Section):
    """The business around a model; at most 2048 characters each.

    Args:
        business_problem: the problem that the model addresses.
        business_stakeholders: whose problem it is.
        line_of_business: the line of business it serves.
    """

    business_problem: str | None = None
    business_stakeholders: str | None = None
    line_of_business: str | None = None


@section
class AdditionalInformation(Section):
    """What else a reader must know.

    Args:
        ethical_considerations: who could be harmed and how that was weighed; at most 2048 characters.
        caveats_and_recommendations: what a user must know first; at most 2048 characters.
        custom_details: texts of one's own by their keys; at most 1024 characters each.
    """

    ethical_considerations: str | None = None
    caveats_and_recommendations: str | None = None
    custom_details: dict[str, Any] | None = None
