"""A review policy, and the choice of the policy that applies to a card."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from cardwright.core.people import Role
from cardwright.core.policy.approval import Approval
from cardwright.core.policy.rule import Evidence, Freshness, Metric, Regression, Rule
from cardwright.core.policy.selector import Facts, Selector

_NO_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@attrs.frozen
class ReviewPolicy:
    """A review policy as its file describes it.

    Attributes:
        name: letters, digits and inner hyphens, at most 63.
        version: the number that the file gives.
        digest: SHA-256, in hexadecimal, of the canonical JSON (RFC 8785) of the document.
        applies_to: the cards that the policy applies to.
        approval: the demands on an approval.
        rules: the rules, in the order of the file.
        reviewers: user names by group.
    """

    name: str
    version: int
    digest: str
    applies_to: Selector = attrs.Factory(Selector)
    approval: Approval = attrs.Factory(Approval)
    rules: tuple[Rule, ...] = ()
    reviewers: Mapping[str, tuple[str, ...]] = _NO_GROUPS

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule with that id, if there is one."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    @property
    def account_groups(self) -> tuple[str, ...]:
        """The groups that the policy names and does not list: those of the account."""
        waivers = self.approval.waivers
        named = [*(one.reviewers for one in self.approval.approvals), None if waivers is None else waivers.by]
        return tuple(dict.fromkeys(name for name in named if name is not None and name not in {*self.reviewers, *Role}))

    @property
    def waiving(self) -> frozenset[str | None]:
        """The policies under which people agreed to the waivers that hold under this one.

        Waivers that were agreed to without a policy (None) hold where a policy has rules and nothing about approvals.
        Otherwise the policy says who may waive a rule, and for how long.
        """
        return frozenset({self.name, None} if self.approval == Approval() else {self.name})

    @property
    def compares(self) -> bool:
        """Whether a rule compares with another version."""
        return any(isinstance(rule.demand, Regression) for rule in self.rules)

    @property
    def selects_by_tag(self) -> bool:
        """Whether a selector of the policy or of a rule names tags."""
        return any(selector.tags for selector in (self.applies_to, *(rule.when for rule in self.rules)))

    @property
    def reads_evidence(self) -> bool:
        """Whether a rule reads the card's evidence."""
        demands = [rule.demand for rule in self.rules]
        return any(
            isinstance(one, Evidence) or (isinstance(one, Freshness) and one.evidence is not None) for one in demands
        )

    @property
    def dates_evaluations(self) -> bool:
        """Whether a rule reads when evaluation jobs ended."""
        demands = [rule.demand for rule in self.rules]
        return any(
            (isinstance(one, Metric) and one.within_days is not None)
            or (isinstance(one, Freshness) and one.evaluation is not None)
            for one in demands
        )


def choose(policies: Iterable[ReviewPolicy], facts: Facts) -> ReviewPolicy | None:
    """Return the most specific policy that selects a card; None if no policy does.

    Of equally specific policies, which :func:`tie` finds, the first by name is chosen.
    """
    selecting = sorted((policy for policy in policies if policy.applies_to.selects(facts)), key=lambda it: it.name)
    return max(selecting, key=lambda policy: policy.applies_to.rank, default=None)


def tie(policies: Iterable[ReviewPolicy], new: ReviewPolicy) -> ReviewPolicy | None:
    """Return a policy of another name that is as specific as a new one and can select the same card, if any."""
    others = (policy for policy in policies if policy.name != new.name)
    return next((policy for policy in others if policy.applies_to.ties(new.applies_to)), None)
