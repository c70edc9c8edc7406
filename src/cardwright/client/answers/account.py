"""Answers of Cardwright's own operations on an account: the caller, and the audit log."""

import datetime
from typing import NotRequired, TypedDict

from cardwright.client.answers.answer import Answer, Page


class DescribeCallerAnswer(Answer):
    """The answer of DescribeCaller."""

    AccountId: str
    Region: str
    UserArn: str
    RoleArn: str
    Role: str
    IsPerson: bool
    AccountGroups: NotRequired[list[str]]


class AuditRecord(TypedDict):
    """An event of the audit log."""

    EventTime: datetime.datetime
    Kind: str
    EventName: str
    UserName: str
    Role: str
    Interface: NotRequired[str]
    SourceAddress: NotRequired[str]
    RequestId: NotRequired[str]
    ModelCardName: NotRequired[str]
    ModelCardArn: NotRequired[str]
    ModelCardId: NotRequired[str]
    ModelCardVersion: NotRequired[int]
    Deleted: NotRequired[bool]
    EventNumber: NotRequired[int]
    EventId: NotRequired[str]
    Subject: NotRequired[str]
    Details: NotRequired[str]
    PreviousDigest: NotRequired[str]
    Digest: NotRequired[str]


class AuditRecordsPage(Page):
    """A page of audit records."""

    AuditRecords: list[AuditRecord]
