"""What a card takes from its model package: the card inside the package, and sections of an earlier card."""

import json
from collections.abc import Mapping

from cardwright.client.sagemaker import SageMaker
from cardwright.core import inheritance
from cardwright.model_card.model_package import ModelPackage
from cardwright.model_card.schema_constraints import ModelCardStatusEnum
from cardwright.model_card.service import logger


def inner_card_of(package: ModelPackage, document: Mapping[str, object], status: str) -> inheritance.InnerCard | None:
    """Return what the card inside a package adds to a card, and log it; None for a package without a card inside.

    Args:
        document: the content of the card that describes the package.
        status: the status of that card.
    """
    inner = package.model_card
    if not inner:
        return None
    inner_status = inner.get("ModelCardStatus")
    result = inheritance.take_inner_card(document, json.loads(inner.get("ModelCardContent") or "{}"))
    left = dict(result.left)
    if inner_status not in {None, ModelCardStatusEnum.DRAFT.value, status}:
        left["status"] = f"it is {inner_status}, and the status of a card is never copied"
    if result.taken:
        logger.info("Copied from the card inside the model package: %s", ", ".join(result.taken))
    if left:
        reasons = "; ".join(f"{path}: {reason}" for path, reason in left.items())
        logger.warning("Not copied from the card inside the model package: %s", reasons)
    return inheritance.InnerCard(result.content, result.taken, left)


def sections_of(client: SageMaker, source: str, unset: Mapping[str, object]) -> dict[str, object]:
    """Return the sections that a card inherits from another card.

    Args:
        source: the name of the other card.
        unset: the card's own sections, by name; None for a section that it lacks.
    """
    answer = client.describe_model_card(ModelCardName=source)
    return inheritance.sections_to_inherit(unset, json.loads(answer["Content"]))
