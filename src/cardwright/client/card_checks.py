"""Checks of cards through the SageMaker API: of a server, of the embedded store, or of AWS."""

import datetime
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from cardwright.client.job_pairs import kept_choices
from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import CardwrightError
from cardwright.core.finding import OF_RULE
from cardwright.core.pairing import Choice
from cardwright.core.policy.checking import Checker
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import CardCheck, Result
from cardwright.core.policy.subject import Baselines, CardVersion, Proof, Subject, baseline_numbers, card_version
from cardwright.core.policy.words import finding_words
from cardwright.core.waiver import Scope
from cardwright.formats.checks import Source
from cardwright.formats.metric_names import readable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from cardwright.client.answers.answer import Page
    from cardwright.client.answers.findings import Waiver
    from cardwright.client.answers.sagemaker_cards import DescribeModelCardAnswer

_AnyPage = TypeVar("_AnyPage", bound="Page")
_Item = TypeVar("_Item")

_MISSING = frozenset({"ResourceNotFound", "ValidationException"})
_JOB = ":processing-job/"
_LARGE_PAGES: Mapping[str, Mapping[str, int]] = {"PaginationConfig": {"PageSize": 100}}


class CardUnreadable(CardwrightError):
    """A card cannot be read from the server; the message names it and the reason."""


def checker_of(policy: ReviewPolicy) -> Checker:
    """Return a policy ready to check cards, which names metrics as readers know them."""
    return Checker(policy, readable)


def stored_subject(  # noqa: PLR0913 - the card, the policy and the choices of the caller
    client: SageMaker,
    policy: ReviewPolicy,
    name: str,
    now: int,
    *,
    version: int | None = None,
    against: str | None = None,
) -> Subject:
    """Read what a check of a stored version needs.

    Args:
        policy: decides what else is read: earlier versions and evaluation jobs.
        now: the time of the check, in milliseconds since the epoch.
        version: the version; the newest by default.
        against: the version that regression rules compare with: ``approved``, ``previous`` or a number.

    Raises:
        CardUnreadable: the card or the version does not exist.
        NoBaseline: the version to compare with does not exist.
        botocore.exceptions.ClientError: the server refuses a request for another reason.
    """
    from botocore.exceptions import ClientError

    wanted = {} if version is None else {"ModelCardVersion": version}
    try:
        described = client.describe_model_card(ModelCardName=name, **wanted)
    except ClientError as error:
        raise _unreadable(error, name, version) from error
    card = _version(described)
    return subject_for(client, policy, card, now, arn=described["ModelCardArn"], against=against)


def unsaved_subject(  # noqa: PLR0913 - the card, the policy and the choices of the caller
    client: SageMaker,
    policy: ReviewPolicy,
    name: str,
    content: str,
    now: int,
    *,
    stored: "DescribeModelCardAnswer | None",
    against: str | None = None,
) -> Subject:
    """Return the input of a check of content that the caller holds.

    Args:
        stored: the response of DescribeModelCard for the card's newest version; None for a card that is not stored.

    Raises: as :func:`stored_subject`.
    """
    card = card_version(name, content)
    if stored is None:
        return subject_for(client, policy, card, now, against=against)
    newest = _version(stored)
    if newest.content == card.content:
        card = newest
    return subject_for(client, policy, card, now, arn=stored["ModelCardArn"], against=against)


def subject_for(  # noqa: PLR0913 - the card, the policy and the choices of the caller
    client: SageMaker,
    policy: ReviewPolicy,
    card: CardVersion,
    now: int,
    *,
    arn: str | None = None,
    against: str | None = None,
) -> Subject:
    """Return the input of a check of any content, stored or not, with earlier versions of the card of that name.

    Args:
        arn: the card's ARN, if it is stored.

    Raises: as :func:`stored_subject`.
    """
    compares = policy.compares or against is not None
    baselines = _baselines(client, card, against) if compares else Baselines()
    has_baseline = baselines.approved is not None or baselines.previous is not None
    return Subject(
        card,
        now,
        _tags(client, arn) if arn is not None and policy.selects_by_tag else {},
        baselines,
        choices=_choices(client, card.name) if has_baseline else (),
        job_times=_job_times(client, card.content) if policy.dates_evaluations else {},
        evidence=_proofs(client, card.name) if policy.reads_evidence and arn is not None else (),
        waivers={} if arn is None else _Waivers(client, policy, card, now),
    )


def open_findings(client: SageMaker, policy: ReviewPolicy, checked: CardCheck) -> int:
    """Open a finding on a stored card for each failed rule that has none yet. Returns the number of new findings.

    Raises:
        NoSuchOperation: the server is SageMaker or an older Cardwright.
        botocore.exceptions.ClientError: the server refuses a request.
    """
    first: dict[str, Result] = {}
    for result in checked.results:
        if result.outcome.failed:
            first.setdefault(result.rule, result)
    opened = 0
    for result in first.values():
        words = finding_words(policy, result)
        answer = own_client(client).open_finding(
            ModelCardName=checked.card.name,
            Title=words.title,
            Severity=OF_RULE[result.severity].value,
            RuleId=result.rule,
            Text=words.text,
            **({} if words.pointer is None else {"Pointer": words.pointer}),
        )
        opened += answer["Created"]
    return opened


def printed_source(card: CardVersion) -> Source:
    """Return the text of a card that is in no file: its content, indented."""
    return Source(
        f"cards/{card.name}.json", json.dumps(card.content, ensure_ascii=False, indent=2) + "\n", is_file=False
    )


def _tags(client: SageMaker, arn: str) -> dict[str, str]:
    pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def _baselines(client: SageMaker, card: CardVersion, against: str | None) -> Baselines:
    from botocore.exceptions import ClientError

    if not card.name or (card.version == 1 and against is None):  # the first version has none before it
        return Baselines()
    try:
        pages = client.get_paginator("list_model_card_versions").paginate(ModelCardName=card.name, **_LARGE_PAGES)
        known = [
            (item["ModelCardVersion"], item["ModelCardStatus"])
            for page in pages
            for item in page["ModelCardVersionSummaryList"]
        ]
    except ClientError as error:
        if error.response["Error"].get("Code") not in _MISSING:
            raise
        known = []  # a card that is not stored yet
    numbers = baseline_numbers(known, card.version, against)
    read: dict[int | None, CardVersion] = {
        number: _version(client.describe_model_card(ModelCardName=card.name, ModelCardVersion=number))
        for number in sorted({number for number in numbers if number is not None})
    }
    approved, previous = (read.get(number) for number in numbers)
    return Baselines(approved, previous, against or "")


def _choices(client: SageMaker, name: str) -> tuple[Choice, ...]:
    """Return the pairs of evaluation jobs that are stored with a card; none for a card that is not stored yet."""
    from botocore.exceptions import ClientError

    if not name:
        return ()
    try:
        return tuple(kept_choices(client, name))
    except ClientError as error:
        if error.response["Error"].get("Code") not in _MISSING:
            raise
        return ()


def _job_times(client: SageMaker, content: object) -> dict[str, int]:
    """Return when the evaluation jobs of a content ended, as far as the registry knows them."""
    from botocore.exceptions import ClientError

    jobs = content.get("evaluation_details") if isinstance(content, dict) else None
    arns = {job.get("evaluation_job_arn") for job in jobs if isinstance(job, dict)} if isinstance(jobs, list) else set()
    times = {}
    for arn in sorted(arn for arn in arns if isinstance(arn, str) and _JOB in arn):
        try:
            job = client.describe_processing_job(ProcessingJobName=arn.rpartition("/")[2])
        except ClientError as error:
            if error.response["Error"].get("Code") not in {*_MISSING, "AccessDeniedException"}:
                raise
            continue
        moment: datetime.datetime = job.get("ProcessingEndTime") or job["CreationTime"]
        if job.get("ProcessingJobArn") == arn:
            times[arn] = round(moment.timestamp() * 1000)
    return times


def _proofs(client: SageMaker, name: str) -> tuple[Proof, ...]:
    """Return the evidence of a card; none on a server that stores none."""
    found = _all(own_client(client).list_evidence, lambda page: page["Evidence"], name)
    return tuple(Proof(one["Kind"], round(one["AddedTime"].timestamp() * 1000)) for one in found)


class _Waivers(Mapping[str, str]):
    """The reasons of the waivers that hold for a card, by rule. They are read when the first rule fails."""

    def __init__(self, client: SageMaker, policy: ReviewPolicy, card: CardVersion, now: int) -> None:
        self._client, self._policy, self._card, self._now = client, policy, card, now
        self._found: dict[str, str] | None = None

    def __getitem__(self, rule: str) -> str:
        return self._reasons()[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._reasons())

    def __len__(self) -> int:
        return len(self._reasons())

    def _reasons(self) -> dict[str, str]:
        if self._found is None:
            found = _all(own_client(self._client).list_waivers, lambda page: page["Waivers"], self._card.name)
            self._found = {one["RuleId"]: one["Reason"] for one in found if self._holds(one)}
        return self._found

    def _holds(self, waiver: "Waiver") -> bool:
        """Whether a waiver of a rule was granted and not revoked, and covers this content at the time of the check."""
        granted = "RuleId" in waiver and "GrantedTime" in waiver and "RevokedTime" not in waiver
        covers = waiver["Scope"] == Scope.CARD or waiver["ContentDigest"] == self._card.digest
        lasts = waiver["ExpiryTime"].timestamp() * 1000 > self._now
        return granted and covers and lasts and waiver.get("PolicyName") in self._policy.waiving


def _all(call: Callable[..., _AnyPage], items: Callable[[_AnyPage], list[_Item]], name: str) -> list[_Item]:
    """Return what Cardwright's own list operation has about a card; none on a server that lacks the operation."""
    try:
        answer = call(ModelCardName=name, MaxResults=100)
        found = items(answer)
        while "NextToken" in answer:
            answer = call(ModelCardName=name, NextToken=answer["NextToken"], MaxResults=100)
            found += items(answer)
    except NoSuchOperation:
        return []
    return found


def _version(described: "DescribeModelCardAnswer") -> CardVersion:
    return card_version(
        described["ModelCardName"], described["Content"], described["ModelCardVersion"], described["ModelCardStatus"]
    )


def _unreadable(error: "ClientError", name: str, version: int | None) -> Exception:
    if error.response["Error"].get("Code") not in _MISSING:
        return error
    which = name if version is None else f"{name}, version {version}"
    return CardUnreadable(f"{which}: {error.response['Error'].get('Message')}")
