"""Copies cards from one store to another, card by card."""

from collections.abc import Iterable

from attrs import evolve, frozen

from cardwright.client.copying.acceptance import Acceptance
from cardwright.client.copying.journal import Journal
from cardwright.client.copying.packages import PackageArns
from cardwright.client.copying.side import Side, opened, pairs, tagged
from cardwright.core.card import Status
from cardwright.core.copying import Action, CardState, Plan, Versions, plan
from cardwright.core.errors import NotFound

_REFUSED = "AccessDeniedException"
_EXISTS = "ConflictException"
_ATTEMPTS = 3


@frozen
class Outcome:
    """What a copy did with one card.

    Attributes:
        plan: what it had to do. It is a conflict if the target changed after the plan was made.
        versions: how many versions it wrote.
        status: the card's status in the target; None if the card is not there.
        notes: what the target holds otherwise than the source.
        error: why the card is not copied as a whole; empty if it is.
    """

    plan: Plan
    versions: int = 0
    status: str | None = None
    notes: tuple[str, ...] = ()
    error: str = ""


class Copier:
    """Copies cards between two stores. A copy that ends early goes on at the next one.

    Args:
        source, target: the stores.
        journal: what earlier copies left in the target.
        versions: all versions of the source, or its newest alone.
        packages: ARNs of the source's model packages with those of their copies.
        named: names of cards that the caller asked for; they are copied again after a deletion in the target.
    """

    def __init__(  # noqa: PLR0913 - each is an option of the command
        self,
        source: Side,
        target: Side,
        journal: Journal,
        *,
        versions: Versions = Versions.ALL,
        packages: PackageArns | None = None,
        named: Iterable[str] = (),
    ) -> None:
        self._source, self._target, self._journal = source, target, journal
        self._versions = versions
        self._packages = packages or PackageArns({})
        self._named = frozenset(named)
        self._acceptance = Acceptance(target)
        self._seen: dict[str, tuple[Plan, CardState, CardState | None]] = {}

    def plan(self, name: str) -> Plan:
        """Return what the copy will do with a card. Writes nothing.

        Raises:
            NotFound: the source has no such card.
            botocore.exceptions.ClientError: a store refuses a request.
        """
        self._seen[name] = self._compared(name)
        return self._seen[name][0]

    def write(self, planned: Plan) -> Outcome:
        """Do what a plan says, and return what was done. A target that changed after the plan is compared again.

        Raises:
            NotFound: the source has no such card any more.
            botocore.exceptions.ClientError: a store refuses a request. The next copy goes on from there.
        """
        from botocore.exceptions import ClientError

        written = 0
        for _ in range(_ATTEMPTS):
            compared = self._seen.pop(planned.name) if planned.name in self._seen else self._compared(planned.name)
            found, source, target = compared
            is_begun = self._journal.is_begun(found.name)  # by a copy that ended early, and wrote versions
            if found.action is Action.EQUAL:
                if is_begun:
                    self._keep_record(found.name, len(source.digests))
                self._journal.end(found.name, evolve(source, status=found.arrives))
                return Outcome(planned, written, found.arrives, found.notes)
            if found.action is Action.CONFLICT:
                return Outcome(found, written, target.status if target else None, error=found.reason)
            if not self._is(found.name, target):
                continue
            try:
                note = self._apply(found, source, target)
            except ClientError as error:
                if error.response["Error"].get("Code") != _EXISTS:
                    raise
                continue  # the answer to the first request was lost, and the repeated request finds the card
            written += len(found.missing)
            expected = evolve(
                source,
                digests=(*(target.digests if target else ()), *(source.digests[index] for index in found.missing)),
                status=Status.PENDING_REVIEW.value if note else found.arrives,
            )
            if self._is(found.name, expected):
                if found.missing or is_begun:
                    self._keep_record(found.name, len(source.digests))
                self._journal.end(found.name, expected)
                return Outcome(planned, written, expected.status, (*found.notes, *filter(None, [note])))
        return Outcome(planned, written, error="the target changes while the card is copied; copy it again")

    def _keep_record(self, name: str, version: int) -> None:
        """Keep the source's record with the copy: authors, times and notes, which the copy has its own of."""
        if not self._target.on_aws:
            content = self._packages.rewritten(self._source.content(name, version))
            self._target.keep(name, self._source.record(name, content))

    def _is(self, name: str, expected: CardState | None) -> bool:
        """Whether the target has a card with this number of versions and this status."""
        card = self._target.described(name, IncludedData="MetadataOnly")
        if card is None or expected is None:
            return card is None and expected is None
        return (card["ModelCardVersion"], card["ModelCardStatus"]) == (len(expected.digests), expected.status)

    def _compared(self, name: str) -> tuple[Plan, CardState, CardState | None]:
        source = self._source.state(name, self._packages.rewritten)
        if source is None:
            raise NotFound(f"{self._source.name} has no card {name}")
        target = self._target.state(name)
        accepted = self._journal.accepted(name)
        if target is None and name in self._named:
            accepted = None
        refusal = self._refusal(name, source, target) if source.status == Status.APPROVED else ""
        return plan(name, source, target, self._versions, accepted, refusal), source, target

    def _refusal(self, name: str, source: CardState, target: CardState | None) -> str:
        """Return why the target does not accept the card as Approved; empty if it does."""
        if not self._acceptance.is_limited or (target is not None and target == source):
            return ""
        first = max(len(source.digests) - 2, 0) if self._versions is Versions.ALL else len(source.digests) - 1
        contents = [
            self._packages.rewritten(self._source.content(name, index + 1))
            for index in range(first, len(source.digests))
        ]
        return self._acceptance.refusal(name, contents, source.tags)

    def _apply(self, found: Plan, source: CardState, target: CardState | None) -> str:
        """Write the changes of a plan, and return what to tell if the target does not accept the status."""
        client, name = self._target.client, found.name
        self._journal.begin(found, target, source.tags)
        status = target.status if target else Status.DRAFT.value
        if found.missing:
            status = opened(client, name, status)
        for index in found.missing:
            content = self._packages.rewritten(self._source.content(name, index + 1))
            if target is None and index == found.missing[0]:
                client.create_model_card(
                    ModelCardName=name, Content=content, ModelCardStatus=status, **tagged(source.tags)
                )
            else:
                client.update_model_card(ModelCardName=name, Content=content)
        if target is not None:
            self._write_tags(found)
        return self._write_status(name, status, found.arrives)

    def _write_tags(self, found: Plan) -> None:
        if not (found.tags or found.removed_tags):
            return
        described = self._target.client.describe_model_card(ModelCardName=found.name, IncludedData="MetadataOnly")
        if found.removed_tags:
            self._target.client.delete_tags(ResourceArn=described["ModelCardArn"], TagKeys=list(found.removed_tags))
        if found.tags:
            self._target.client.add_tags(ResourceArn=described["ModelCardArn"], Tags=pairs(found.tags))

    def _write_status(self, name: str, current: str, wanted: str) -> str:
        """Set the status of the source, and return what to tell if the target does not accept it."""
        from botocore.exceptions import ClientError

        if current == wanted:
            return ""
        try:
            self._target.client.update_model_card(ModelCardName=name, ModelCardStatus=wanted)
        except ClientError as error:
            if error.response["Error"].get("Code") != _REFUSED or wanted != Status.APPROVED.value:
                raise
            refused = error.response["Error"].get("Message", "")
        else:
            return ""
        if current != Status.PENDING_REVIEW.value:
            self._target.client.update_model_card(ModelCardName=name, ModelCardStatus=Status.PENDING_REVIEW.value)
        return f"Approved in the source, PendingReview in the target: {refused}"
