"""Names, Amazon Resource Names and identifiers.

ARN forms: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

import os
import re
import threading
import time
from functools import lru_cache
from typing import NamedTuple

from cardwright.core.errors import Denied, Invalid

OPEN_ACCOUNT = "000000000000"
"""The account of all callers on a server without access keys."""

CARD_NAME_LENGTH = 63
_CARD_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")

_NOT_IN_ROLES = re.compile(r"[^\w+=,.@-]", re.ASCII)
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-iso-", "aws-iso"),
)


def is_card_name(text: str) -> bool:
    """Whether a text is a valid card name: SageMaker's EntityName, letters, digits and inner hyphens, at most 63."""
    return len(text) <= CARD_NAME_LENGTH and _CARD_NAME.fullmatch(text) is not None


def partition(region: str) -> str:
    """Return the ARN partition of an AWS region: ``aws`` except in China, GovCloud and the isolated regions."""
    return next((name for prefix, name in _PARTITIONS if region.startswith(prefix)), "aws")


class Scope(NamedTuple):
    """One account in the one region of a store: the beginning of every ARN.

    Attributes:
        region: AWS region name, such as ``us-east-1``.
        account: twelve digits.
    """

    region: str
    account: str

    @property
    def card_arn_prefix(self) -> str:
        """The beginning of the ARNs of all cards of the account."""
        return _card_arn_prefix(self.region, self.account)

    def card_arn(self, name: str) -> str:
        """Return ``arn:aws:sagemaker:<region>:<account>:model-card/<name>``."""
        return _card_arn_prefix(self.region, self.account) + name

    def arn(self, kind: str, name: str) -> str:
        """Return ``arn:aws:sagemaker:<region>:<account>:<kind>/<name>``."""
        return f"{_arn_prefix(self.region, self.account)}{kind}/{name}"

    def export_job_arn(self, card_name: str, job_name: str) -> str:
        """Return ``<card ARN>/export-job/<job name>``."""
        return f"{self.card_arn_prefix}{card_name}/export-job/{job_name}"

    def export_job(self, arn: str) -> tuple[str, str]:
        """Return the names of the card and the job in an export job's ARN.

        Raises:
            Invalid: an ARN of another region, or not of an export job.
            Denied: an ARN of another account.
        """
        kind, name = self.resource(arn)
        card_name, _, job_name = name.partition("/export-job/")
        if kind != "model-card" or not job_name or "/" in job_name:
            raise Invalid(f"{arn} is not the ARN of a model card export job")
        return card_name, job_name

    def user_arn(self, user: str) -> str:
        """Return the IAM-style ARN of a user or program: ``arn:aws:iam::<account>:user/<user>``."""
        return _user_arn_prefix(self.region, self.account) + user

    def role_arn(self, user: str) -> str:
        """Return the ARN of a role for a user: ``arn:aws:iam::<account>:role/<user>``.

        Cardwright has no IAM roles. The API requires SageMaker clients to send one in this form.
        """
        path = _NOT_IN_ROLES.sub("-", user)[:64] or "cardwright"
        return f"arn:{partition(self.region)}:iam::{self.account}:role/{path}"

    def card_name(self, name_or_arn: str) -> str:
        """Return the card name in a request.

        Raises:
            Invalid: an ARN of another region, or not of a card.
            Denied: an ARN of another account.
        """
        name = self.name("model-card", name_or_arn)
        if "/" in name and name_or_arn.startswith("arn:"):
            raise Invalid(f"{name_or_arn} is not the ARN of a model card")
        return name

    def name(self, kind: str, name_or_arn: str) -> str:
        """Return the name of a resource of that kind in a request; for a model package possibly ``name/version``.

        Raises:
            Invalid: an ARN of another region, or of another kind.
            Denied: an ARN of another account.
        """
        if not name_or_arn.startswith("arn:"):
            return name_or_arn
        found, name = self.resource(name_or_arn)
        if found != kind:
            raise Invalid(f"{name_or_arn} is not the ARN of a {kind.replace('-', ' ')}")
        return name

    def resource(self, arn: str) -> tuple[str, str]:
        """Return the resource kind and its name, ``("model-card", "fraud")``, of an ARN in this scope.

        Raises:
            Invalid: not a SageMaker ARN, or one of another region.
            Denied: an ARN of another account.
        """
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sagemaker" or "/" not in parts[5]:
            raise Invalid(f"Invalid ARN {arn}: a SageMaker ARN such as {self.card_arn('name')} is expected")
        if parts[3] != self.region or parts[1] != partition(self.region):
            raise Invalid(f"Invalid ARN {arn}: the region of this server is {self.region}")
        if parts[4] != self.account:
            raise Denied(f"Account {self.account} has no access to {arn}")
        kind, _, name = parts[5].partition("/")
        return kind, name


@lru_cache(maxsize=1024)
def _card_arn_prefix(region: str, account: str) -> str:
    return _arn_prefix(region, account) + "model-card/"


@lru_cache(maxsize=1024)
def _arn_prefix(region: str, account: str) -> str:
    return f"arn:{partition(region)}:sagemaker:{region}:{account}:"


@lru_cache(maxsize=1024)
def _user_arn_prefix(region: str, account: str) -> str:
    return f"arn:{partition(region)}:iam::{account}:user/"


class TimeOrderedIds:
    """Makes UUIDs of version 7 (RFC 9562, method 1: a counter in ``rand_a`` and the top of ``rand_b``).

    Identifiers of one process sort in the order of their creation; across processes they sort by millisecond. Threads
    can share it.
    """

    _COUNTER_BITS = 42

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = 0
        self._counter = 0

    def next(self) -> str:
        """Return a new identifier in the usual text form, ``0190f7c2-....-7...-....-............``."""
        now = time.time_ns() // 1_000_000
        with self._lock:
            if now > self._milliseconds:
                self._milliseconds = now
                self._counter = int.from_bytes(os.urandom(5))  # 40 of 42 bits: room to count up
            else:
                self._counter += 1
                if self._counter >> self._COUNTER_BITS:
                    self._milliseconds, self._counter = self._milliseconds + 1, 0
            milliseconds, counter = self._milliseconds, self._counter
        return _uuid_of_version_7(milliseconds, counter)


def _uuid_of_version_7(milliseconds: int, counter: int) -> str:
    value = milliseconds << 80 | 0x7 << 76 | (counter >> 30) << 64 | 0b10 << 62
    value |= (counter & 0x3FFFFFFF) << 32 | int.from_bytes(os.urandom(4))
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
