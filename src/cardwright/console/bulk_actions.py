"""The table of bulk actions: what each does to a card, what its page asks for, and whom it is offered to."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cardwright.actions import bulk
from cardwright.actions.bulk import Verb
from cardwright.console.context import PageContext
from cardwright.console.reader import reader
from cardwright.core.card import check_comment
from cardwright.core.errors import Invalid
from cardwright.core.people import Role

_KEY, _VALUE, _OWNER = 128, 256, 200

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ActionField:
    """A field of the page that asks for confirmation."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    required: bool = False
    longest: int = 0
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One action.

    Attributes:
        verb: makes the action from the form's fields; raises ``Invalid`` for a field that is wrong.
        rehearsal: what the page before it tries, and takes back, to tell which cards will be left out.
        title: what is done, for a heading and a button: "Archive".
        past: what was done: "archived".
        of: the word between the title and the number of cards, such as "of".
        ends_approvals: whether an approved card loses its approval. The comment is then required.
        binds: whether a card is left out when its content changed after the page was shown.
        is_decision: whether it decides reviews. Its button is the primary one.
    """

    name: str
    title: str
    past: str
    icon: str
    role: Role
    verb: Callable[[Form], Verb]
    rehearsal: Verb | None
    fields: tuple[ActionField, ...] = ()
    about: str = ""
    of: str = ""
    ends_approvals: bool = False
    binds: bool = False
    is_decision: bool = False


def _tag(form: Form) -> Verb:
    key, value = form.get("key", "").strip(), form.get("value", "").strip()
    if not 1 <= len(key) <= _KEY or len(value) > _VALUE:
        raise Invalid(f"A tag has a key of 1 to {_KEY} characters and a value of at most {_VALUE}")
    return bulk.tag(key, value)


def _owner(form: Form) -> Verb:
    owner = " ".join(form.get("owner", "").split())
    if not 1 <= len(owner) <= _OWNER:
        raise Invalid(f"An owner has 1 to {_OWNER} characters")
    return bulk.set_owner(owner)


def _ask(form: Form) -> Verb:
    reviewers = [name.strip() for name in form.get("reviewers", "").split(",") if name.strip()]
    return bulk.ask_for_review(reviewers, _end_of_day(form.get("due", "")))


def _end_of_day(text: str) -> int | None:
    """The end of a day, UTC, in milliseconds since the epoch; None for no day."""
    if not text:
        return None
    try:
        day = datetime.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=datetime.UTC)
    except ValueError:
        raise Invalid("A date has the form 2026-12-31") from None
    return int((day + datetime.timedelta(days=1)).timestamp() * 1000) - 1000


ACTIONS: tuple[BulkAction, ...] = (
    BulkAction(
        "approve",
        "Approve",
        "approved",
        "approved",
        Role.VIEWER,
        lambda _: bulk.approve,
        bulk.approve,
        about="Your name and the time are recorded for each card.",
        binds=True,
        is_decision=True,
    ),
    BulkAction(
        "review",
        "Ask for review",
        "sent for review",
        "pending",
        Role.AUTHOR,
        _ask,
        bulk.ask_for_review((), None),
        (
            ActionField("reviewers", "Reviewers", "People or groups, comma-separated; empty for no one by name"),
            ActionField("due", "Due date", kind="date"),
        ),
        of="of ",
        binds=True,
    ),
    BulkAction(
        "tag",
        "Tag",
        "tagged",
        "tag",
        Role.AUTHOR,
        _tag,
        None,
        (
            ActionField("key", "Key", required=True, longest=_KEY),
            ActionField("value", "Value", longest=_VALUE),
        ),
    ),
    BulkAction(
        "owner",
        "Set owner",
        "given the owner",
        "user",
        Role.AUTHOR,
        _owner,
        bulk.set_owner("?"),
        (ActionField("owner", "Owner", required=True, longest=_OWNER),),
        of="of ",
        about="Saves a new version of each card. An approval ends with the content that it approved.",
    ),
    BulkAction(
        "archive",
        "Archive",
        "archived",
        "archived",
        Role.AUTHOR,
        lambda form: bulk.archive(check_comment(form.get("comment"))),
        bulk.archive("?"),
        (ActionField("comment", "Comment", "Kept in the history of each card"),),
        ends_approvals=True,
    ),
)
"""A further action is one row: its button, its page and its result follow."""

BY_NAME: Mapping[str, BulkAction] = {action.name: action for action in ACTIONS}


def offered(context: PageContext) -> list[BulkAction]:
    """Return the actions that the reader may begin. A policy may ask a person of any role for a decision."""
    decides = context.person.role.includes(Role.APPROVER) or reader().waiting > 0
    return [
        action
        for action in ACTIONS
        if context.person.role.includes(action.role) and (decides or not action.is_decision)
    ]
