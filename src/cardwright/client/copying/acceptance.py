"""Whether the target of a copy accepts a card as Approved: the caller's role, and the review policy of the card."""

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve

from cardwright.client.card_checks import checker_of, subject_for
from cardwright.client.copying.side import Side
from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.core.people import Role
from cardwright.core.policy.missing import FailedCheck, in_words
from cardwright.core.policy.policy import ReviewPolicy, choose
from cardwright.core.policy.requirements import Approver, is_named, standing
from cardwright.core.policy.subject import card_version, facts_of

if TYPE_CHECKING:
    from cardwright.client.answers.account import DescribeCallerAnswer


class Acceptance:
    """What a target asks of an Approved card. A target that is not Cardwright, or is an older one, is not asked.

    Args:
        target: the store that cards are copied to.
    """

    def __init__(self, target: Side) -> None:
        self._target = target

    @property
    def is_limited(self) -> bool:
        """Whether the target may refuse an Approved card, as far as it can be asked."""
        return bool(self._policies) or not self._may_approve

    def refusal(self, name: str, contents: Sequence[str], tags: Mapping[str, str]) -> str:
        """Return why a card cannot arrive as Approved; empty if it can.

        Args:
            contents: the newest content, after the one before it if that is copied too.
            tags: the card's tags in the target after the copy.
        """
        card = card_version(name, contents[-1])
        policy = choose(self._policies, facts_of(name, card.content, tags))
        if policy is None:
            return "" if self._may_approve else f"the caller's role {self._role} does not include {Role.APPROVER}"
        key = self._user.lower()
        if not self._may_approve and not (self._is_person and is_named(policy.approval, key, policy.reviewers)):
            return f"the caller's role {self._role} does not include {Role.APPROVER}"
        found = standing(
            policy.approval,
            [Approver(key, Role(self._role))] if self._is_person else [],
            groups=policy.reviewers,
            insiders=[key],  # the caller becomes the author of the versions
            blockers=self._failed_checks(policy, name, contents, tags),
        )
        missing = "; ".join(in_words(found.lacks))
        return f"the review policy {policy.name} is not met. Missing: {missing}" if missing else ""

    def _failed_checks(
        self, policy: ReviewPolicy, name: str, contents: Sequence[str], tags: Mapping[str, str]
    ) -> list[FailedCheck]:
        required = policy.approval.required_checks
        if not required:
            return []
        asked = evolve(policy, rules=tuple(rule for rule in policy.rules if rule.id in required))
        now = round(time.time() * 1000)
        subject = evolve(
            subject_for(self._target.client, asked, card_version(name, contents[-1]), now), tags=dict(tags)
        )
        if len(contents) > 1:
            before = card_version(name, contents[-2])
            subject = evolve(subject, baselines=evolve(subject.baselines, previous=before))
        failed = {result.rule for result in checker_of(asked).check(subject).results if result.outcome.failed}
        return [FailedCheck(rule) for rule in required if rule in failed]

    @cached_property
    def _policies(self) -> tuple[ReviewPolicy, ...]:
        """The active policies of the target."""
        from cardwright.core.policy.reading import read_policy  # the reader of YAML waits for the first policy

        if self._target.on_aws:
            return ()
        client = own_client(self._target.client)
        active: list[str] = []
        more: dict[str, str] = {}
        try:
            while True:
                page = client.list_review_policies(**more)
                active += [one["PolicyName"] for one in page["ReviewPolicies"] if one["Active"]]
                if "NextToken" not in page:
                    break
                more = {"NextToken": page["NextToken"]}
        except NoSuchOperation:
            return ()
        return tuple(
            read_policy(client.describe_review_policy(PolicyName=name)["PolicyDocument"], None) for name in active
        )

    @cached_property
    def _caller(self) -> "DescribeCallerAnswer | None":
        """Who the caller is to the target; None if it does not tell."""
        try:
            return None if self._target.on_aws else own_client(self._target.client).describe_caller()
        except NoSuchOperation:
            return None

    @property
    def _role(self) -> str:
        return Role.APPROVER if self._caller is None else self._caller["Role"]

    @property
    def _user(self) -> str:
        return "" if self._caller is None else self._caller["UserArn"].partition("user/")[2]

    @property
    def _may_approve(self) -> bool:
        return Role(self._role).includes(Role.APPROVER)

    @property
    def _is_person(self) -> bool:
        return self._caller is not None and self._caller["IsPerson"]
