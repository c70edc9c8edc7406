"""Sections that the author writes: intended uses, business details, additional information."""

from typing import Any

from cardwright.model_card.schema_constraints import RiskRating, RiskRatingEnum
from cardwright.model_card.section import Converted, Section, one_of, section


@section
class IntendedUses(Section):
    """The intended uses of a model.

    Args:
        purpose_of_model: the purpose of the model; at most 2048 characters, like all texts here.
        intended_uses: where the model may and may not be used.
        factors_affecting_model_efficiency: factors that improve or reduce its performance.
        risk_rating: the organisation's rating, a member of ``RiskRatingEnum`` or its text.
        explanations_for_risk_rating: the reason of the rating.

        Raises:
        ValueError: the risk rating is not a member of ``RiskRatingEnum``.
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
    """The business context of a model; each text has at most 2048 characters.

    Args:
        business_problem: the problem that the model addresses.
        business_stakeholders: the stakeholders of the problem.
        line_of_business: the line of business that the model serves.
    """

    business_problem: str | None = None
    business_stakeholders: str | None = None
    line_of_business: str | None = None


@section
class AdditionalInformation(Section):
    """Further information for readers.

    Args:
        ethical_considerations: possible harm and how it was weighed; at most 2048 characters.
        caveats_and_recommendations: limits and advice for users; at most 2048 characters.
        custom_details: the organisation's own texts by key; at most 1024 characters each.
    """

    ethical_considerations: str | None = None
    caveats_and_recommendations: str | None = None
    custom_details: dict[str, Any] | None = None
