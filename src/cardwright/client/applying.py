"""Applies cards that are declared in files to a store, through the API of every client."""

from collections.abc import Iterator, Sequence

from cardwright.client.copying.side import is_gone, opened, pairs, tagged, tags_of
from cardwright.client.sagemaker import SageMaker
from cardwright.core.applying import SET_TAG, Action, Change, Declared, Existing, plan, pruned


def plan_all(client: SageMaker, cards: Sequence[Declared], set_name: str = "", *, prunes: bool = False) -> list[Change]:
    """Return what has to change so that the store holds the declared cards. Writes nothing.

    Args:
        client: a boto3 SageMaker client.
        cards: the declared cards, checked.
        set_name: the set that the files belong to; empty for none.
        prunes: whether cards of the set that no file declares are deleted.

    Raises:
        botocore.exceptions.ClientError: the store refuses a request.
    """
    changes = [plan(card, _existing(client, card.name), set_name) for card in cards]
    return changes + (pruned(cards, _cards_of_set(client, set_name)) if prunes else [])


def apply(client: SageMaker, change: Change) -> None:
    """Make one change. Content and status go in two requests, as SageMaker's own clients send them.

    Raises:
        botocore.exceptions.ClientError: the store refuses a request.
    """
    if change.action is Action.CREATE:
        client.create_model_card(
            ModelCardName=change.name, Content=change.content, ModelCardStatus=change.status, **tagged(change.tags)
        )
    elif change.action is Action.DELETE:
        client.delete_model_card(ModelCardName=change.name)
    elif change.action is Action.UPDATE:
        _update(client, change)


def _update(client: SageMaker, change: Change) -> None:
    card = client.describe_model_card(ModelCardName=change.name, IncludedData="MetadataOnly")
    status = wanted = card["ModelCardStatus"]
    if change.status is not None:
        wanted = change.status
    if change.content is not None:
        status = opened(client, change.name, status)
        client.update_model_card(ModelCardName=change.name, Content=change.content)
    if change.removed_tags:
        client.delete_tags(ResourceArn=card["ModelCardArn"], TagKeys=list(change.removed_tags))
    if change.tags:
        client.add_tags(ResourceArn=card["ModelCardArn"], Tags=pairs(change.tags))
    if status != wanted:
        client.update_model_card(ModelCardName=change.name, ModelCardStatus=wanted)


def _existing(client: SageMaker, name: str) -> Existing | None:
    from botocore.exceptions import ClientError

    try:
        card = client.describe_model_card(ModelCardName=name)
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    return Existing(card["Content"], card["ModelCardStatus"], tags_of(client, card["ModelCardArn"]))


def _cards_of_set(client: SageMaker, set_name: str) -> Iterator[str]:
    """Yield the names of the cards whose tag names the set."""
    pages = client.get_paginator("list_model_cards").paginate(SortBy="Name", SortOrder="Ascending")
    for page in pages:
        for card in page["ModelCardSummaries"]:
            if tags_of(client, card["ModelCardArn"]).get(SET_TAG) == set_name:
                yield card["ModelCardName"]
