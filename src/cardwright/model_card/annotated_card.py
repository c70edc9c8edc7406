"""What people record about a stored card: reviews, findings, evidence and comments on fields."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cardwright.model_card import service

if TYPE_CHECKING:
    from cardwright.client.answers.findings import Evidence, FieldComment, Finding, Waiver
    from cardwright.client.answers.reviews import RequestReviewAnswer, Review
    from cardwright.client.own_client import OwnClient

SeverityName: TypeAlias = Literal["critical", "high", "medium", "low", "info"]


class AnnotatedCard:
    """The calls of a stored :class:`ModelCard` about its reviews, findings, evidence and comments.

    AWS does not support them: on SageMaker they raise ``cardwright.client.own_client.NoSuchOperation``.
    """

    name: str
    status: Any  # as ModelCard has it
    created_time: datetime | None
    sagemaker_session: Any  # of Cardwright, or of SageMaker's SDK

    def request_review(
        self,
        reviewers: Sequence[str] = (),
        due: datetime | None = None,
        comment: str | None = None,
    ) -> "RequestReviewAnswer":
        """Ask for a review of the newest content that the server stores. Call ``update`` or ``save`` before.

        The card becomes PendingReview, unless this content is Approved: then it is reviewed again.

        Args:
            reviewers: names of people, or of groups of the review policy or the account.
            due: when the review is due.
            comment: a comment for the reviewers.

        Returns:
            The server's answer, with ``ReviewId``, ``ModelCardVersion``, ``ContentDigest`` and ``ModelCardStatus``.

        Raises:
            ValueError: the card was never created.
            cardwright.client.own_client.NoSuchOperation: the server is SageMaker or an older Cardwright.
            botocore.exceptions.ClientError: the server refuses: the card has an open review, a reviewer is unknown, or
                the caller lacks permission.
        """
        members = _given({"Reviewers": list(reviewers), "DueTime": due, "Comment": comment})
        answer = self._own("request_review").request_review(ModelCardName=self.name, **members)
        del answer["ResponseMetadata"]
        self.status = answer["ModelCardStatus"]
        return answer

    def reviews(self) -> list["Review"]:
        """List the card's reviews, newest request first, in the form of ListReviews.

        Raises:
            cardwright.client.own_client.NoSuchOperation: the server is SageMaker or an older Cardwright.
            botocore.exceptions.ClientError: the card does not exist, or the caller lacks permission.
        """
        from cardwright.client.own_client import own_client

        call = own_client(self.sagemaker_session.sagemaker_client).list_reviews
        return service.listing(call, lambda page: page["Reviews"], {"ModelCardName": self.name})["Reviews"]

    def open_finding(  # noqa: PLR0913 - the parts of a finding
        self,
        title: str,
        severity: SeverityName,
        *,
        kind: Literal["issue", "limitation", "exception"] = "issue",
        category: str = "other",
        text: str | None = None,
        pointer: str | None = None,
        owner: str | None = None,
        due: datetime | None = None,
    ) -> "Finding":
        """Open a finding on the newest stored version. Returns it in the form of DescribeFinding.

        Args:
            title: a title of one line.
            severity: how severe it is.
            kind: documents print the limitations of a card.
            category: ``data``, ``performance``, ``fairness``, ``documentation``, ``security``, ``legal``,
                ``monitoring`` or ``other``.
            text: a longer text.
            pointer: JSON Pointer to the field that it is about.
            owner: the person who answers for it.
            due: when it is due; by default in 7 days for critical, 30 for high, 90 for medium, 180 for low.

        Raises:
            ValueError: the card was never created.
            cardwright.client.own_client.NoSuchOperation: the server is SageMaker or an older Cardwright.
            botocore.exceptions.ClientError: the server refuses: a member is wrong, or the caller lacks permission.
        """
        members = {"Title": title, "Severity": severity, "Kind": kind, "Category": category}
        more = _given({"Text": text, "Pointer": pointer, "Owner": owner, "DueTime": due})
        own = self._own("open_finding")
        return own.open_finding(ModelCardName=self.name, **members, **more)["Finding"]

    def findings(
        self,
        *,
        states: Sequence[str] = (),
        severities: Sequence[SeverityName] = (),
        unresolved: bool = False,
        overdue: bool = False,
    ) -> list["Finding"]:
        """List the card's findings, last opened first, in the form of ListFindings.

        Args:
            states: only findings in one of these states, such as ``open`` and ``in_progress``.
            severities: only findings of one of these severities.
            unresolved: only findings that are neither closed nor invalid.
            overdue: only overdue findings.

        Raises: as :meth:`open_finding`.
        """
        filters = {"States": list(states), "Severities": list(severities), "Unresolved": unresolved, "Overdue": overdue}
        return self._all(self._own("list_findings").list_findings, lambda page: page["Findings"], filters)

    def add_evidence(
        self,
        path: str | os.PathLike[str],
        kind: str,
        *,
        finding_id: str | None = None,
        pointer: str | None = None,
        note: str | None = None,
    ) -> "Evidence":
        """Add a file of at most 50 MB as evidence of the newest stored version. Returns it as in ListEvidence.

        Args:
            path: the file.
            kind: what it is, such as ``instructions``; rules of a policy ask for kinds.
            finding_id: the finding that it belongs to.
            pointer: JSON Pointer to the field that it belongs to.
            note: a note.

        Raises:
            cardwright.client.evidence_files.EvidenceUnreadable: the file is empty or too large.
            OSError: it cannot be read.

        Further errors are those of :meth:`open_finding`.
        """
        from cardwright.client.evidence_files import send_evidence

        self._own("add_evidence")  # raises for a card that is not stored
        members = {"Kind": kind, "FindingId": finding_id, "Pointer": pointer, "Note": note}
        return send_evidence(self.sagemaker_session, self.name, Path(path), _given(members))

    def evidence(self, *, kind: str | None = None) -> list["Evidence"]:
        """List the card's evidence, last added first, in the form of ListEvidence.

        Args:
            kind: only evidence of this kind.

        Raises: as :meth:`open_finding`.
        """
        return self._all(self._own("list_evidence").list_evidence, lambda page: page["Evidence"], {"Kind": kind})

    def add_comment(self, text: str, *, pointer: str | None = None, reply_to: str | None = None) -> "FieldComment":
        """Comment on a field of the newest stored version, or reply to a comment. Returns it as in ListComments.

        Args:
            text: the text.
            pointer: JSON Pointer to the field, such as ``/intended_uses/risk_rating``; it may have no value.
            reply_to: the identifier of the comment to reply to, in place of the pointer.

        Raises: as :meth:`open_finding`.
        """
        members = _given({"Text": text, "Pointer": pointer, "ReplyTo": reply_to})
        return self._own("add_comment").add_comment(ModelCardName=self.name, **members)["Comment"]

    def comments(self, *, pointer: str | None = None) -> list["FieldComment"]:
        """List the comments on the card's fields, newest first, in the form of ListComments.

        Args:
            pointer: only comments on this field.

        Raises: as :meth:`open_finding`.
        """
        filters = {"Pointer": pointer}
        return self._all(self._own("list_comments").list_comments, lambda page: page["Comments"], filters)

    def waivers(self) -> list["Waiver"]:
        """List the waivers of the card's checks and findings, last requested first, in the form of ListWaivers.

        Raises: as :meth:`open_finding`.
        """
        return self._all(self._own("list_waivers").list_waivers, lambda page: page["Waivers"], {})

    def _all(
        self,
        call: Callable[..., service.AnyPage],
        items: Callable[[service.AnyPage], list[service.Item]],
        filters: Mapping[str, object],
    ) -> list[service.Item]:
        return items(service.listing(call, items, {"ModelCardName": self.name, **_given(filters)}))

    def _own(self, operation: str) -> "OwnClient":
        from cardwright.client.own_client import own_client

        if self.created_time is None:
            raise ValueError(f"Please create a model card or load an existing model card before {operation}.")
        return own_client(self.sagemaker_session.sagemaker_client)


def _given(members: Mapping[str, object]) -> dict[str, object]:
    """Return the members that have a value."""
    return {name: value for name, value in members.items() if value}
