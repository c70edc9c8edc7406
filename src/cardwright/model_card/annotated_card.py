"""What people record about a stored card: findings, evidence and comments on fields."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from cardwright.model_card import service

SeverityName: TypeAlias = Literal["critical", "high", "medium", "low", "info"]


class AnnotatedCard:
    """The calls of a stored :class:`ModelCard` about its findings, evidence and comments.

    AWS does not support them: on SageMaker they raise ``cardwright.client.own_client.NoSuchOperation``.
    """

    name: str
    created_time: datetime | None
    sagemaker_session: Any

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
    ) -> dict[str, Any]:
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
        members: dict[str, Any] = {"Title": title, "Severity": severity, "Kind": kind, "Category": category}
        members |= {"Text": text, "Pointer": pointer, "Owner": owner, "DueTime": due}
        found: dict[str, Any] = self._call("open_finding", members)["Finding"]
        return found

    def findings(
        self,
        *,
        states: Sequence[str] = (),
        severities: Sequence[SeverityName] = (),
        unresolved: bool = False,
        overdue: bool = False,
    ) -> list[dict[str, Any]]:
        """List the card's findings, last opened first, in the form of ListFindings.

        Args:
            states: only findings in one of these states, such as ``open`` and ``in_progress``.
            severities: only findings of one of these severities.
            unresolved: only findings that are neither closed nor invalid.
            overdue: only overdue findings.

        Raises: as :meth:`open_finding`.
        """
        filters = {"States": list(states), "Severities": list(severities), "Unresolved": unresolved, "Overdue": overdue}
        return self._list("list_findings", "Findings", filters)

    def add_evidence(
        self,
        path: str | os.PathLike[str],
        kind: str,
        *,
        finding_id: str | None = None,
        pointer: str | None = None,
        note: str | None = None,
    ) -> dict[str, Any]:
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
        given = {name: value for name, value in members.items() if value}
        return send_evidence(self.sagemaker_session, self.name, Path(path), given)

    def evidence(self, *, kind: str | None = None) -> list[dict[str, Any]]:
        """List the card's evidence, last added first, in the form of ListEvidence.

        Args:
            kind: only evidence of this kind.

        Raises: as :meth:`open_finding`.
        """
        return self._list("list_evidence", "Evidence", {"Kind": kind})

    def add_comment(self, text: str, *, pointer: str | None = None, reply_to: str | None = None) -> dict[str, Any]:
        """Comment on a field of the newest stored version, or reply to a comment. Returns it as in ListComments.

        Args:
            text: the text.
            pointer: JSON Pointer to the field, such as ``/intended_uses/risk_rating``; it may have no value.
            reply_to: the identifier of the comment to reply to, in place of the pointer.

        Raises: as :meth:`open_finding`.
        """
        found: dict[str, Any] = self._call("add_comment", {"Text": text, "Pointer": pointer, "ReplyTo": reply_to})
        comment: dict[str, Any] = found["Comment"]
        return comment

    def comments(self, *, pointer: str | None = None) -> list[dict[str, Any]]:
        """List the comments on the card's fields, newest first, in the form of ListComments.

        Args:
            pointer: only comments on this field.

        Raises: as :meth:`open_finding`.
        """
        return self._list("list_comments", "Comments", {"Pointer": pointer})

    def waivers(self) -> list[dict[str, Any]]:
        """List the waivers of the card's checks and findings, last requested first, in the form of ListWaivers.

        Raises: as :meth:`open_finding`.
        """
        return self._list("list_waivers", "Waivers", {})

    def _call(self, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in members.items() if value}
        answer: dict[str, Any] = self._own(operation)(ModelCardName=self.name, **given)
        return answer

    def _list(self, operation: str, member: str, filters: dict[str, Any]) -> list[dict[str, Any]]:
        given = {"ModelCardName": self.name, **{name: value for name, value in filters.items() if value}}
        return list(service.listing(self._own(operation), member, given)[member])

    def _own(self, operation: str) -> Any:
        from cardwright.client.own_client import own_client

        if self.created_time is None:
            raise ValueError(f"Please create a model card or load an existing model card before {operation}.")
        return getattr(own_client(self.sagemaker_session.sagemaker_client), operation)
