"""What a card takes from its model package: the card inside the package, and sections of an earlier card."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cardwright.client.sagemaker import SageMaker
from cardwright.core import inheritance
from cardwright.model_card.model_package import ModelPackage
from cardwright.model_card.schema_constraints import ModelCardStatusEnum
from cardwright.model_card.section import plain
from cardwright.model_card.service import logger

if TYPE_CHECKING:
    from cardwright.model_card.card import ModelCard


def fill(card: "ModelCard", package: ModelPackage) -> None:
    """Fill unset sections of a card with what a model package leads to.

    Raises:
        ValueError: the card already has a ``model_id``, or the caller lacks permission for Search.
    """
    if card.model_overview is not None and card.model_overview.model_id:
        raise ValueError(
            f"The model card has already been associated with a model with model Id {card.model_overview.model_id}"
        )
    _fill_training_details(card, package)
    if not card.evaluation_details:
        card.evaluation_details = package.discover_evaluation_details(card.sagemaker_session)
    inner = inner_card_of(package, card.to_dict(), str(plain(card.status)))
    if inner is not None:
        card._extend_from(inner.content)
        card.__dict__["_inner_card"] = inner
    source = package.card_to_inherit_from(card.sagemaker_session, card.name)
    if source is not None:
        _inherit_from(card, source)


def _inherit_from(card: "ModelCard", source: str) -> None:
    """Copy the sections that a card lacks from another card."""
    unset = {name: getattr(card, name) for name in inheritance.INHERITED_SECTIONS}
    fields = type(card).from_dict(sections_of(card.sagemaker_session.sagemaker_client, source, unset))
    carried = [name for name in inheritance.INHERITED_SECTIONS if unset[name] is None and getattr(fields, name)]
    for name in carried:
        setattr(card, name, getattr(fields, name))
    if carried:
        logger.info("Copied from the model card %s: %s", source, ", ".join(carried))


def _fill_training_details(card: "ModelCard", package: ModelPackage) -> None:
    if card.training_details is not None and card.training_details.training_job_details is not None:
        logger.info("Skipping training details auto discovery. Training details already exists for this model card.")
        return
    found = package.discover_training_details(card.sagemaker_session)
    if card.training_details is None:
        card.training_details = found
    elif found is not None:
        card.training_details.training_job_details = found.training_job_details


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
