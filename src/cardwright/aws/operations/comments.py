"""Cardwright's own operations on comments on fields."""

from cardwright.actions import comments as actions
from cardwright.aws.members import Members, given, seconds
from cardwright.aws.paging import Pager
from cardwright.storage.unit import Unit


def add_comment(unit: Unit, request: Members, _: Pager) -> Members:
    shown = actions.add_comment(
        unit,
        unit.actor.scope.card_name(request["ModelCardName"]),
        request["Text"],
        pointer=request.get("Pointer"),
        reply_to=request.get("ReplyTo"),
        content_digest=request.get("ContentDigest"),
    )
    return {"Comment": _comment(unit, shown)}


def resolve_comment(unit: Unit, request: Members, _: Pager) -> Members:
    resolved = request.get("Resolved", True)
    return {"Comment": _comment(unit, actions.resolve_comment(unit, request["CommentId"], resolved=resolved))}


def list_comments(unit: Unit, request: Members, pager: Pager) -> Members:
    page = actions.list_comments(
        unit,
        unit.actor.scope.card_name(request["ModelCardName"]),
        pointer=request.get("Pointer"),
        limit=request.get("MaxResults", 100),
        after=pager.position(),
    )
    answer: Members = {"Comments": [_comment(unit, one) for one in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def _comment(unit: Unit, shown: actions.ShownComment) -> Members:
    comment = shown.comment
    return given(
        CommentId=comment.comment_id,
        ModelCardName=shown.card_name,
        ModelCardArn=unit.actor.scope.card_arn(shown.card_name),
        ReplyTo=comment.reply_to,
        Pointer=comment.pointer,
        ModelCardVersion=comment.version,
        ContentDigest=comment.content_digest,
        Text=comment.text,
        WrittenTime=comment.written_at / 1000,
        WrittenBy=comment.written_by,
        Outdated=shown.outdated,
        ResolvedTime=seconds(comment.resolved_at),
        ResolvedBy=comment.resolved_by,
    )
