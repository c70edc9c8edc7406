"""Verify the review policies of an account against its account events."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cardwright.core.account_events import AccountEvent, AccountEventKind
from cardwright.core.errors import PolicyInvalid
from cardwright.core.integrity.replay import Problem

_STORED = re.compile(r"version (\d+) with digest ([0-9a-f]{64})")
_ACTIVATED = re.compile(r"version (\d+)")

PolicyKey = tuple[str, int]
"""A name and a version."""


class PolicyRecord(NamedTuple):
    """What a stored version must agree with its events about."""

    digest: str
    active: int
    stored_at: int
    stored_by: str
    activated_at: int | None
    deleted_at: int | None


class ExpectedPolicies:
    """The policies after the events so far."""

    def __init__(self) -> None:
        self._policies: dict[PolicyKey, PolicyRecord] = {}

    def follow(self, event: AccountEvent) -> Iterator[str]:
        """Apply the next event about policies; yields its problems."""
        name, mine = event.subject, [key for key in self._policies if key[0] == event.subject]
        if event.event == AccountEventKind.POLICY_DELETED:
            for key in mine:
                at = self._policies[key].deleted_at
                self._policies[key] = self._policies[key]._replace(active=0, deleted_at=event.at if at is None else at)
            if not mine:
                yield "deletes a review policy that no event records"
            return
        stored = event.event == AccountEventKind.POLICY_STORED
        found = (_STORED if stored else _ACTIVATED).fullmatch(event.details)
        if found is None:
            yield "does not name the version of the review policy"
        elif stored:
            key = (name, int(found[1]))
            if key in self._policies:
                yield "stores a version of a review policy that exists already"
            self._policies[key] = PolicyRecord(found[2], 0, event.at, event.actor, None, None)
        elif (name, int(found[1])) not in self._policies:
            yield "names a version of a review policy that no event records"
        else:
            for key in mine:
                self._policies[key] = self._policies[key]._replace(active=0)
            if event.event == AccountEventKind.POLICY_DEACTIVATED:
                return
            key = (name, int(found[1]))
            self._policies[key] = self._policies[key]._replace(active=1, activated_at=event.at)

    def problems(self, held: Mapping[PolicyKey, PolicyRecord], texts: Mapping[PolicyKey, str]) -> Iterator[Problem]:
        """Yield the differences between the stored policies and their events."""
        for key in sorted(held.keys() | self._policies.keys()):
            label = f"version {key[1]} of the review policy {key[0]}"
            if key not in held:
                yield label, "is missing"
            elif key not in self._policies:
                yield label, "exists, and no account event records it"
            elif held[key] != self._policies[key]:
                yield label, "is another record than its account events have"
            elif _digest(texts[key]) != held[key].digest:
                yield label, "has another text than the recorded one"


def _digest(text: str) -> str | None:
    from cardwright.core.policy.reading import read_policy  # the reader of YAML waits for the first policy

    try:
        return read_policy(text, None).digest
    except PolicyInvalid:
        return None
