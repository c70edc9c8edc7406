"""``cardwright review``: reviews of cards on a server."""

import datetime
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json, own_pages
from cardwright.cli.members import MOMENT, given, utc
from cardwright.cli.server import server_options
from cardwright.client.own_client import OwnClient, own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import CardwrightError
from cardwright.core.review import Due, ReviewState, Verdict

if TYPE_CHECKING:
    from cardwright.client.answers.answer import Answer
    from cardwright.client.answers.reviews import (
        DecideReviewAnswer,
        DescribeReviewAnswer,
        DismissDecisionAnswer,
        ModelCardApproval,
        Review,
    )

_name = click.argument("name")
_digest = click.option("--digest", metavar="SHA256", help="The content that you decide about, by its SHA-256.")
_review_id = click.option("--review", "review_id", metavar="ID", help="The review; the open one by default.")


@click.group()
def review() -> None:
    """Reviews of cards on a server. AWS does not support them."""


@review.command()
@_name
@click.option("--reviewer", "reviewers", multiple=True, help="A person or a group; repeatable.")
@click.option("--due", type=MOMENT, help="When the review is due, such as 2027-01-31; UTC without an offset.")
@click.option("--comment", help="A comment for the reviewers.")
@_digest
@as_json
@server_options
def request(  # noqa: PLR0913 - click passes one argument for each option
    *,
    client: SageMaker,
    name: str,
    reviewers: Sequence[str],
    due: datetime.datetime | None,
    comment: str | None,
    digest: str | None,
    as_json: bool,
) -> None:
    """Ask for a review of a card's newest content. The card becomes PendingReview, unless it is Approved."""
    members = {
        "ModelCardName": name,
        "Reviewers": list(reviewers),
        "DueTime": utc(due),
        "Comment": comment,
        "ContentDigest": digest,
    }
    answer = own_client(client).request_review(**given(members))
    _print(
        answer,
        f"{name}: review of version {answer['ModelCardVersion']} requested, {answer['ModelCardStatus']}",
        as_json,
    )


@review.command()
@_name
@click.argument("decision", type=click.Choice([verdict.value for verdict in Verdict]))
@_digest
@click.option("--comment", help="The comment; required to request changes and to comment.")
@click.option("--review-by", type=MOMENT, help="For an approval, the date of the next review.")
@click.option(
    "--request/--no-request",
    "whole_request",
    default=None,
    help="For a withdrawal: of the request for review, or of your decision alone.",
)
@_review_id
@as_json
@server_options
def decide(  # noqa: PLR0913 - click passes one argument for each option
    *,
    client: SageMaker,
    name: str,
    decision: str,
    digest: str | None,
    comment: str | None,
    review_by: datetime.datetime | None,
    whole_request: bool | None,
    review_id: str | None,
    as_json: bool,
) -> None:
    """Decide about a card's content under review.

    `withdraw` takes back your last decision. If you have not decided, it withdraws the request for review: you must
    have asked for it, or be an approver. A card in PendingReview becomes Draft.

    Without --digest, you decide about the content of the newest review.
    """
    own = own_client(client)
    members = {
        "ModelCardName": name,
        "Decision": decision,
        "ContentDigest": digest or _newest(own, name)["ContentDigest"],
        "Comment": comment,
        "ReviewBy": utc(review_by),
        "ReviewId": review_id,
    }
    flag = {} if whole_request is None else {"WithdrawRequest": whole_request}
    _print_outcome(name, own.decide_review(**given(members), **flag), as_json)


@review.command()
@_name
@click.option("--decision", "number", type=click.IntRange(1), required=True, help="The number of the decision.")
@click.option("--reason", required=True, help="Why it is dismissed.")
@_review_id
@as_json
@server_options
def dismiss(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker, name: str, number: int, reason: str, review_id: str | None, as_json: bool
) -> None:
    """Dismiss the decision of another person, so that a request for changes no longer blocks. For approvers."""
    own = own_client(client)
    review_id = review_id or _newest(own, name)["ReviewId"]
    answer = own.dismiss_decision(ModelCardName=name, ReviewId=review_id, DecisionNumber=number, Reason=reason)
    _print_outcome(name, answer, as_json)


@review.command()
@_name
@click.argument("reviewers", nargs=-1)
@as_json
@server_options
def assign(client: SageMaker, name: str, reviewers: Sequence[str], as_json: bool) -> None:
    """Replace the reviewers of a card's open review: people or groups."""
    answer = own_client(client).assign_reviewers(ModelCardName=name, Reviewers=list(reviewers))
    named = ", ".join(one["Name"] for one in answer["Reviewers"]) or "no one"
    _print(answer, f"{name}: reviewed by {named}", as_json)


@review.command("list")
@click.option("--card", help="Only reviews of this card.")
@click.option("--assigned-to-me", is_flag=True, help="Only reviews that ask you, or a group that you are in.")
@click.option("--requested-by-me", is_flag=True, help="Only reviews that you asked for.")
@click.option("--state", type=click.Choice([state.value for state in ReviewState]), help="Only reviews in this state.")
@click.option("--overdue", is_flag=True, help="Only open reviews whose due time has passed.")
@click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default.")
@as_json
@server_options
def list_reviews(  # noqa: PLR0913 - click passes one argument for each option
    *,
    client: SageMaker,
    card: str | None,
    assigned_to_me: bool,
    requested_by_me: bool,
    state: str | None,
    overdue: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """List reviews, newest request first."""
    wanted = {
        "ModelCardName": card,
        "AssignedToMe": assigned_to_me,
        "RequestedByMe": requested_by_me,
        "State": state,
        "Overdue": overdue,
    }
    _, found = own_pages(own_client(client).list_reviews, lambda page: page["Reviews"], given(wanted), limit)
    pages.as_json(found) if as_json else pages.show(found, _table)


@review.command()
@click.argument("review_id", metavar="ID")
@as_json
@server_options
def show(client: SageMaker, review_id: str, as_json: bool) -> None:
    """Show a review with its decisions and what the approval lacks."""
    found = own_client(client).describe_review(ReviewId=review_id)
    del found["ResponseMetadata"]
    pages.as_json(found) if as_json else pages.show(found, _page)


@review.command()
@click.option("--due", type=click.Choice([due.value for due in Due]), help="Due within 30 days, overdue, or expired.")
@click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default.")
@as_json
@server_options
def dates(client: SageMaker, due: str | None, limit: int | None, as_json: bool) -> None:
    """List the approved cards that have a review date, next date first."""
    _, found = own_pages(own_client(client).list_approvals, lambda page: page["Approvals"], given({"Due": due}), limit)
    pages.as_json(found) if as_json else pages.show(found, _dates_table)


def _newest(own: OwnClient, name: str) -> "Review":
    found = own.list_reviews(ModelCardName=name, MaxResults=1)["Reviews"]
    if not found:
        raise CardwrightError(f"{name} has no review: ask for one with `cardwright review request {name}`")
    return found[0]


def _print(answer: "Answer", sentence: str, as_json: bool) -> None:
    answer.pop("ResponseMetadata", None)
    pages.as_json(answer) if as_json else click.echo(sentence)


def _print_outcome(name: str, answer: "DecideReviewAnswer | DismissDecisionAnswer", as_json: bool) -> None:
    missing = "".join(f"\n  missing: {one}" for one in answer["Missing"])
    _print(answer, f"{name}: review {answer['State']}, card {answer['ModelCardStatus']}{missing}", as_json)


def _table(reviews: Sequence["Review"]) -> Iterator[RenderableType]:
    if not reviews:
        yield "No reviews."
        return
    table = pages.new_table("Card", "Version", "State", "Requested (UTC)", "By", "Due (UTC)", "Reviewers", "Review")
    for item in reviews:
        table.add_row(
            Text(item["ModelCardName"]),
            str(item["ModelCardVersion"]),
            item["State"] + (", overdue" if item["Overdue"] else ""),
            pages.minute(item["RequestedTime"]),
            Text(item.get("RequestedBy", "")),
            pages.minute(item.get("DueTime")),
            Text(", ".join(one["Name"] for one in item["Reviewers"])),
            item["ReviewId"],
        )
    yield table


def _page(found: "DescribeReviewAnswer") -> Iterator[RenderableType]:
    yield from _table([found["Review"]])
    if found["Decisions"]:
        table = pages.new_table("No.", "When (UTC)", "Who", "Decision", "Comment")
        for item in found["Decisions"]:
            dismissed = f" (dismissed by {item['DismissedBy']})" if "DismissedBy" in item else ""
            table.add_row(
                str(item["DecisionNumber"]),
                pages.minute(item["DecisionTime"]),
                Text(f"{item['UserName']} ({item['Role']})"),
                Text(item["Decision"] + dismissed),
                Text(" ".join(item.get("Comment", "").split())),
            )
        yield table
    for missing in found["Missing"]:
        yield Text(f"Missing: {missing}")


def _dates_table(approvals: Sequence["ModelCardApproval"]) -> Iterator[RenderableType]:
    if not approvals:
        yield "No approvals with a review date."
        return
    table = pages.new_table("Card", "Version", "Approved (UTC)", "Review by (UTC)", "Due", "Policy")
    for item in approvals:
        table.add_row(
            Text(item["ModelCardName"]),
            str(item["ModelCardVersion"]),
            pages.minute(item["ApprovedTime"]),
            pages.minute(item.get("ReviewBy")),
            item.get("Due", ""),
            Text(item.get("PolicyName", "")),
        )
    yield table
