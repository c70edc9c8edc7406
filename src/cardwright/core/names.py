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
"""The account of everybody where no keys are asked for."""

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
    """Whether a card may have that name: SageMaker's EntityName, letters, digits and inner hyphens, 63 at most."""
    return len(text) <= CARD_NAME_LENGTH and _CARD_NAME.fullmatch(text) is not None


def partition(region: str) -> str:
    """The ARN partition of an AWS region: ``aws`` but for China, GovCloud and the isolated regions."""
    return next((name for prefix, name in _PARTITIONS if region.startswith(prefix)), "aws")


class Scope(NamedTuple):
    """One account in the one region of a store: what every ARN begins with.

    Attributes:
        region: AWS region name, such as ``us-east-1``.
        account: twelve digits.
    """

    region: str
    account: str

    @property
    def card_arn_prefix(self) -> str:
        """What the ARNs of all cards of the account begin with."""
        return _card_arn_prefix(self.region, self.account)

    def card_arn(self, name: str) -> str:
        """``arn:aws:sagemaker:<region>:<account>:model-card/<name>``."""
        return _card_arn_prefix(self.region, self.account) + name

    def arn(self, kind: str, name: str) -> str:
        """``arn:aws:sagemaker:<region>:<account>:<kind>/<name>``."""
        return f"{_arn_prefix(self.region, self.account)}{kind}/{name}"

    def export_job_arn(self, card_name: str, job_name: str) -> str:
        """``<card ARN>/export-job/<job name>``."""
        return f"{self.card_arn_prefix}{card_name}/export-job/{job_name}"

    def export_job(self, arn: str) -> tuple[str, str]:
        """The names of the card and the job in an export job's ARN.

        Raises:
            Invalid: an ARN of another region, or of something that is not an export job.
            Denied: an ARN of another account.
        """
        kind, name = self.resource(arn)
        card_name, _, job_name = name.partition("/export-job/")
        if kind != "model-card" or not job_name or "/" in job_name:
            raise Invalid(f"{arn} is not the ARN of a model card export job")
        return card_name, job_name

    def user_arn(self, user: str) -> str:
        """The IAM-style ARN of a person or program: ``arn:aws:iam::<account>:user/<user>``."""
        return _user_arn_prefix(self.region, self.account) + user

    def role_arn(self, user: str) -> str:
        """The ARN of a role for a user: ``arn:aws:iam::<account>:role/<user>``.

        Cardwright knows no IAM roles. Clients of SageMaker name one in requests, in the form that the API demands.
        """
        path = _NOT_IN_ROLES.sub("-", user)[:64] or "cardwright"
        return f"arn:{partition(self.region)}:iam::{self.account}:role/{path}"

    def card_name(self, name_or_arn: str) -> str:
        """The card name that a request means.

        Raises:
            Invalid: an ARN of another region, or of something that is not a card.
            Denied: an ARN of another account.
        """
        name = self.name("model-card", name_or_arn)
        if "/" in name and name_or_arn.startswith("arn:"):
            raise Invalid(f"{name_or_arn} is not the ARN of a model card")
        return name

    def name(self, kind: str, name_or_arn: str) -> str:
        """The name, of a resource of that kind, that a request means; of a model package perhaps ``name/version``.

        Raises:
            Invalid: an ARN of another region, or of something else.
            Denied: an ARN of another account.
        """
        if not name_or_arn.startswith("arn:"):
            return name_or_arn
        found, name = self.resource(name_or_arn)
        if found != kind:
            raise Invalid(f"{name_or_arn} is not the ARN of a {kind.replace('-', ' ')}")
        return name

    def resource(self, arn: str) -> tuple[str, str]:
        """The resource kind and its name, ``("model-card", "fraud")``, of an ARN in this scope.

        Raises:
            Invalid: not a SageMaker ARN, or one of another region.
            Denied: an ARN of another account.
        """
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sagemaker" or "/" not in parts[5]:
            raise Invalid(f"Invalid ARN {arn}: a SageMaker ARN such as {self.card_arn('name')} is expected")
        if parts[3] != self.region or parts[1] != partition(self.region):
            raise Invalid(f"Invalid ARN {arn}: this server holds region {self.region}")
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

    Those of one process sort in the order they were made, so an identifier is also an insertion order; across
    processes they sort by millisecond. Safe to share between threads.
    """

    _COUNTER_BITS = 42

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = 0
        self._counter = 0

    def next(self) -> str:
        """A new identifier in the usual text form, ``0190f7c2-....-7...-....-............``."""
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


def identifier_of_then(milliseconds: int) -> str:
    """An identifier that stands among those of :class:`TimeOrderedIds` where one of that time would."""
    return _uuid_of_version_7(milliseconds, int.from_bytes(os.urandom(5)))


def _uuid_of_version_7(milliseconds: int, counter: int) -> str:
    value = milliseconds << 80 | 0x7 << 76 | (counter >> 30) << 64 | 0b10 << 62
    value |= (counter & 0x3FFFFFFF) << 32 | int.from_bytes(os.urandom(4))
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
