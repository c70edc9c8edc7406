"""The rules of a policy, numbered: in words, and at the lines of the file."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cardwright.console.wording import many
from cardwright.core.places import Node, Place
from cardwright.core.policy.approval import AfterExpiry, Approval, Deletion, Requirement
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.selector import Selector
from cardwright.core.policy.source import read_source
from cardwright.core.policy.words import kind_of, sentence_of

_DELETIONS = {
    Deletion.NONE: "No one can delete a card that was approved.",
    Deletion.APPROVER: "Approvers can delete a card that was approved.",
    Deletion.AUTHOR: "Authors can delete a card that was approved.",
}


class NumberedRule(NamedTuple):
    """One rule of a policy for readers.

    Attributes:
        number: 1, 2, 3 ... in words and in the file.
        words: one sentence, or a few.
        why: the reason that the file gives; may be empty.
        line: where it is in the file; 0 for a rule that the file leaves out.
        rule_id: the id of a check; empty for the rest.
    """

    number: int
    title: str
    words: str
    why: str
    line: int
    rule_id: str = ""


class FileLine(NamedTuple):
    """A line of the file, with the number of the rule that begins there."""

    text: str
    rule: int | None
    changed: bool


class _Part(NamedTuple):
    title: str
    words: str
    why: str
    place: Place | None
    rule_id: str = ""


def numbered(policy: ReviewPolicy, text: str) -> list[NumberedRule]:
    """Return the rules of a policy in the order of the page, with their lines in the file."""
    parts = list(_parts(policy, read_source(text)))
    return [
        NumberedRule(number, part.title, part.words, part.why, part.place.line if part.place else 0, part.rule_id)
        for number, part in enumerate(parts, 1)
    ]


def file_lines(text: str, rules: list[NumberedRule], before: str | None) -> list[FileLine]:
    """Return the lines of a file, those marked that the file before it does not have."""
    known = None if before is None else set(before.splitlines())
    starts: dict[int, int] = {}
    for rule in rules:
        starts.setdefault(rule.line, rule.number)
    return [
        FileLine(line, starts.get(number), known is not None and bool(line.strip()) and line not in known)
        for number, line in enumerate(text.splitlines(), 1)
    ]


def changed_rules(rules: list[NumberedRule], before: list[NumberedRule]) -> Mapping[int, str]:
    """Return the earlier words of rules, by the number of those that are new or have other words."""
    earlier = {rule.title: rule.words for rule in before}
    return {
        rule.number: f"was: {earlier[rule.title]}" if rule.title in earlier else "new"
        for rule in rules
        if earlier.get(rule.title) != rule.words
    }


def cards_in_words(selector: Selector) -> str:
    """``Cards rated High or Unknown``: the cards that a policy or a rule applies to."""
    parts = []
    if selector.risk:
        parts.append(f"rated {' or '.join(selector.risk)}")
    if selector.tags:
        parts.append("tagged " + ", ".join(f"{key}={value}" for key, value in selector.tags.items()))
    if selector.name is not None:
        parts.append(f"named {selector.name}")
    if selector.group is not None:
        parts.append(f"of the package group {selector.group}")
    return f"Cards {', '.join(parts)}" if parts else "All cards"


def requirement_in_words(requirement: Requirement) -> str:
    """``2 independent people of the group model-risk``."""
    people = "person" if requirement.count == 1 else "people"
    independent = "independent " if requirement.independent else ""
    whom = f"of the group {requirement.reviewers}" if requirement.reviewers else f"with the role {requirement.role}"
    return f"{requirement.count} {independent}{people} {whom}"


def _parts(policy: ReviewPolicy, root: Node) -> Iterator[_Part]:
    approval, places = policy.approval, _Places(root)
    yield _Part("Which cards", f"{cards_in_words(policy.applies_to)}.", "", places.of("applies_to"))
    if approval.approvals:
        people = "; ".join(map(requirement_in_words, approval.approvals))
        yield _Part("Who approves", f"{people}. Each person counts once.", "", places.of("approval", "approvals"))
    if any(one.independent for one in approval.approvals):
        words = (
            "An independent person wrote no version since the last approved one, and did not ask for the review."
            " Administrators are bound by this too."
        )
        yield _Part("Independence", words, "", None)
    if approval.required_checks:
        words = f"{', '.join(approval.required_checks)} must pass."
        yield _Part("Checks before approval", words, "", places.of("approval", "required_checks"))
    yield from _lifetime(approval, places)
    if approval.blocking_findings:
        words = f"Open findings of severity {' or '.join(approval.blocking_findings)} block an approval."
        yield _Part("Findings that block", words, "", places.of("approval", "blocking_findings"))
    if approval.waivers is not None:
        words = (
            f"Granted by {approval.waivers.by}, for {many(approval.waivers.max_days, 'day')} at most, with a reason."
        )
        yield _Part("Waivers", words, "", places.of("approval", "waivers"))
    yield _Part("Deleting", _DELETIONS[approval.delete], "", places.of("approval", "delete"))
    for position, rule in enumerate(policy.rules):
        when = "" if rule.when == Selector() else f" For {cards_in_words(rule.when).lower()}."
        title = f"Check: {rule.title.rstrip('.') or rule.id}"
        words = f"{sentence_of(rule)}.{when}"
        why = f"{rule.why} " if rule.why else ""
        about = f"{why}Severity: {rule.severity}. Kind: {kind_of(rule)}. Id: {rule.id}."
        yield _Part(title, words, about, places.rule(position), rule.id)
    for group, names in policy.reviewers.items():
        yield _Part(f"Group {group}", f"{', '.join(names)}.", "", places.of("reviewers", group))


def _lifetime(approval: Approval, places: "_Places") -> Iterator[_Part]:
    if approval.valid_for_days is None:
        return
    words = f"An approval is valid for {many(approval.valid_for_days, 'day')}."
    if approval.after_expiry is AfterExpiry.PENDING_REVIEW:
        grace = f"After {many(approval.grace_days, 'day')} of grace" if approval.grace_days else "Then"
        words += f" {grace} the card returns to Pending review."
    else:
        words += " The card stays approved and is marked as overdue."
    yield _Part("Review again", words, "", places.of("approval", "valid_for_days"))


class _Places:
    """Where the parts of a policy begin in its file."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def of(self, *keys: str) -> Place | None:
        """Where a key begins; None when the file leaves it out."""
        node: Node = self._root
        place: Place | None = None
        for key in keys:
            members = node.value
            if not isinstance(members, dict) or key not in members:
                return None
            place, node = node.keys.get(key, members[key].place), members[key]
        return place

    def rule(self, position: int) -> Place | None:
        """Where a rule begins."""
        root = self._root.value
        rules = root["rules"].value if isinstance(root, dict) else None
        return rules[position].place if isinstance(rules, list) else None
