"""Model card operations: from the wire's words to actions, and back."""

from cardwright.actions import cards as actions
from cardwright.aws.kept_answers import Described
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.card import Status
from cardwright.core.content import metadata_of
from cardwright.core.listing import CardQuery, CardSort, VersionQuery
from cardwright.core.names import Scope
from cardwright.storage.unit import Unit


def create_model_card(unit: Unit, request: Members, _: Pager) -> Members:
    tags = [(tag["Key"], tag["Value"]) for tag in request.get("Tags", ())]
    status = Status(request["ModelCardStatus"])
    key = request.get("SecurityConfig", {}).get("KmsKeyId")
    arn = actions.create_card(unit, request["ModelCardName"], request["Content"], status, tags, kms_key_id=key)
    return {"ModelCardArn": arn}


def update_model_card(unit: Unit, request: Members, _: Pager) -> Members:
    name = unit.actor.scope.card_name(request["ModelCardName"])
    status = request.get("ModelCardStatus")
    arn = actions.update_card(unit, name, request.get("Content"), None if status is None else Status(status))
    return {"ModelCardArn": arn}


def review_model_card(unit: Unit, request: Members, _: Pager) -> Members:
    name = unit.actor.scope.card_name(request["ModelCardName"])
    status = Status(request["ModelCardStatus"])
    return {"ModelCardArn": actions.review_card(unit, name, status, request.get("Comment"))}


def describe_model_card(unit: Unit, request: Members, _: Pager) -> Described:
    scope = unit.actor.scope
    name = scope.card_name(request["ModelCardName"])
    card = actions.describe_card(unit, name, request.get("ModelCardVersion"))
    metadata_only = request.get("IncludedData") == "MetadataOnly"
    answer = {
        "ModelCardArn": scope.card_arn(card.name),
        "ModelCardName": card.name,
        "ModelCardVersion": card.version,
        "Content": metadata_of(card.content) if metadata_only else card.content,
        "ModelCardStatus": card.status,
        **security_config(card.kms_key_id),
        "CreationTime": card.created_at / 1000,
        "CreatedBy": user_context(scope, card.created_by),
        "LastModifiedTime": card.modified_at / 1000,
        "LastModifiedBy": user_context(scope, card.modified_by),
    }
    return Described(answer, card.name, card.audit_digest)


def delete_model_card(unit: Unit, request: Members, _: Pager) -> None:
    actions.delete_card(unit, request["ModelCardName"])


def list_model_cards(unit: Unit, request: Members, pager: Pager) -> Members:
    page = actions.list_cards(unit, card_query(request, pager))
    prefix = unit.actor.scope.card_arn_prefix
    answer: Members = {
        "ModelCardSummaries": [
            {
                "ModelCardName": name,
                "ModelCardArn": prefix + name,
                "ModelCardStatus": status,
                "CreationTime": created_at / 1000,
                "LastModifiedTime": modified_at / 1000,
            }
            for name, status, created_at, modified_at, _ in page.items
        ]
    }
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def card_query(request: Members, pager: Pager) -> CardQuery:
    """The filters and the order of a list of cards."""
    return CardQuery(
        sort_by=CardSort(request.get("SortBy", CardSort.CREATION_TIME)),
        descending=request.get("SortOrder") == "Descending",
        limit=request.get("MaxResults", 100),
        after=pager.position(),
        created_after=request.get("CreationTimeAfter"),
        created_before=request.get("CreationTimeBefore"),
        name_contains=request.get("NameContains"),
        status=request.get("ModelCardStatus"),
    )


def list_model_card_versions(unit: Unit, request: Members, pager: Pager) -> Members:
    scope = unit.actor.scope
    name = scope.card_name(request["ModelCardName"])
    query = VersionQuery(
        descending=request.get("SortOrder") == "Descending",
        limit=request.get("MaxResults", 100),
        after=pager.position(),
        created_after=request.get("CreationTimeAfter"),
        created_before=request.get("CreationTimeBefore"),
        status=request.get("ModelCardStatus"),
    )
    page = actions.list_versions(unit, name, query)
    arn = scope.card_arn(name)
    answer: Members = {
        "ModelCardVersionSummaryList": [
            {
                "ModelCardName": name,
                "ModelCardArn": arn,
                "ModelCardStatus": status,
                "ModelCardVersion": number,
                "CreationTime": created_at / 1000,
                "LastModifiedTime": modified_at / 1000,
            }
            for number, status, created_at, modified_at in page.items
        ]
    }
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def security_config(kms_key_id: str | None) -> Members:
    """The ``SecurityConfig`` of a card that was made with a key; empty for other cards."""
    return {} if kms_key_id is None else {"SecurityConfig": {"KmsKeyId": kms_key_id}}


def user_context(scope: Scope, user: str) -> Members:
    """A user, in the form that SageMaker has for IAM users."""
    return {"IamIdentity": {"Arn": scope.user_arn(user), "PrincipalId": user}}
