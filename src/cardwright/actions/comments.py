"""Comment on fields of cards, reply, resolve, and list comments."""

from collections.abc import Sequence
from typing import NamedTuple

from cardwright.actions.annotations import caller_of, check_writer, locked_with_card, may_annotate, put_comment
from cardwright.actions.approvers import person_of
from cardwright.actions.cards import find_card, lock_card
from cardwright.actions.paging import page_at
from cardwright.core import content as contents
from cardwright.core.annotations import Noun, check_pointer, check_room
from cardwright.core.card import Card
from cardwright.core.errors import Invalid, PartMissing
from cardwright.core.field_comment import FieldComment, digest_at
from cardwright.core.integrity.history import Event
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.core.review import ReviewMoved, check_text
from cardwright.storage.unit import Unit


class ShownComment(NamedTuple):
    """A comment as it is shown.

    Attributes:
        outdated: whether the value at its pointer has changed since.
    """

    comment: FieldComment
    card_name: str
    outdated: bool


class CommentThread(NamedTuple):
    """A comment with its replies.

    Attributes:
        outdated: whether the value at its pointer has changed since.
        replies: oldest first.
        may_resolve: whether the caller may resolve it, or open it again.
    """

    root: FieldComment
    outdated: bool
    replies: Sequence[FieldComment]
    may_resolve: bool

    @property
    def is_open(self) -> bool:
        return self.root.resolved_at is None

    @property
    def last(self) -> FieldComment:
        """The last reply, or the comment itself without replies."""
        return self.replies[-1] if self.replies else self.root


class CardComments(NamedTuple):
    """The comments on a card.

    Attributes:
        threads: oldest first.
        may_write: whether the caller may comment and reply.
        mine: the number of open threads that the caller began.
        is_cut: whether the card has older comments, which are left out.
    """

    content_digest: str
    threads: Sequence[CommentThread]
    may_write: bool
    mine: int
    is_cut: bool

    @property
    def open(self) -> Sequence[CommentThread]:
        return [thread for thread in self.threads if thread.is_open]


MOST_READ = 1000
"""Comments that :func:`read_threads` reads of one card, the newest ones."""


def add_comment(  # noqa: PLR0913 - the parts of a comment
    unit: Unit,
    name: str,
    text: str,
    *,
    pointer: str | None = None,
    reply_to: str | None = None,
    content_digest: str | None = None,
) -> ShownComment:
    """Comment on a field of a card's newest content, or reply to a comment.

    Args:
        pointer: JSON Pointer to the field, which may have no value; for a reply that of the comment.
        reply_to: the comment that is replied to. A reply to a reply belongs to the same comment.
        content_digest: the content that the caller read.

    Raises:
        CardMissing, NotFound: no such card or comment.
        Denied: the caller may not write.
        ReviewMoved: the card's content has changed.
        Invalid: the text is missing or too long, or the pointer is missing or malformed.
        LimitExceeded: the card has too many comments.
    """
    unit.actor.require(Role.VIEWER, "AddComment", unit.actor.scope.card_arn(name))
    checked_text, where = check_text(text), check_pointer(pointer)
    if checked_text is None:
        raise Invalid("A comment needs a text")
    card = lock_card(unit, name)
    check_writer(unit, card, "AddComment")
    if content_digest not in {None, card.content_digest}:
        raise ReviewMoved(name, card.version, card.content_digest)
    root = None if reply_to is None else _root(unit, card, reply_to)
    where = where if root is None else root.pointer
    if where is None:
        raise Invalid("A comment needs a JSON Pointer to its field, such as /intended_uses/intended_uses")
    check_room(Noun.COMMENT, unit.comments.count(card.card_id))
    comment = FieldComment(
        comment_id=unit.new_id(),
        card_id=card.card_id,
        reply_to=None if root is None else root.comment_id,
        pointer=where,
        version=card.version,
        content_digest=card.content_digest,
        value_digest=digest_at(_content(unit, card), where),
        text=checked_text,
        written_at=unit.now,
        written_by=caller_of(unit),
        resolved_at=None,
        resolved_by=None,
    )
    unit.cards.update(put_comment(unit, card, Event.COMMENT_ADDED, comment), None)
    return ShownComment(comment, name, outdated=False)


def resolve_comment(unit: Unit, comment_id: str, *, resolved: bool = True) -> ShownComment:
    """Resolve a comment with its replies, or open it again. Its author and the writers of cards may.

    Raises:
        NotFound: no such comment.
        Denied: the caller may not write.
        Invalid: it is a reply.
    """
    unit.actor.require(Role.VIEWER, "ResolveComment", "*")
    card, comment = locked_with_card(unit, Noun.COMMENT, unit.comments, comment_id)
    by = caller_of(unit)
    if person_of(unit) is None or by != comment.written_by:
        check_writer(unit, card, "ResolveComment")
    if comment.reply_to is not None:
        raise Invalid(f"This is a reply: resolve the comment {comment.reply_to}")
    if (comment.resolved_at is not None) is not resolved:
        comment = comment._replace(resolved_at=unit.now if resolved else None, resolved_by=by if resolved else None)
        event = Event.COMMENT_RESOLVED if resolved else Event.COMMENT_REOPENED
        unit.cards.update(put_comment(unit, card, event, comment), None)
    return ShownComment(comment, card.name, _is_outdated(_content(unit, card), comment))


def list_comments(  # noqa: PLR0913 - the card, the filter and the page
    unit: Unit,
    name: str,
    *,
    pointer: str | None = None,
    limit: int = 100,
    after: Position | None = None,
    before: Position | None = None,
) -> Page[ShownComment]:
    """Return a page of the comments on a card, newest first.

    Args:
        pointer: only comments on this field.
        after, before: the position after which the page begins, or before which it ends.

    Raises:
        CardMissing: the card does not exist.
    """
    card = find_card(unit, name, "ListComments")
    content = _content(unit, card)

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[ShownComment]:
        found = unit.comments.list(limit, at, backwards=backwards, card_id=card.card_id, pointer=pointer)
        return [ShownComment(one, name, _is_outdated(content, one)) for one in found]

    return page_at(read, after=after, before=before, limit=limit, position_of=lambda shown: shown.comment.position)


def read_threads(unit: Unit, name: str, *, content: object = None, on: str | None = None) -> CardComments:
    """Return the newest comments on a card as threads.

    Args:
        content: the parsed content that decides which threads are outdated; by default the card's newest.
        on: the digest of a content: only threads that began on it, to be read only.

    Raises:
        CardMissing: the card does not exist.
    """
    card = find_card(unit, name, "ListComments")
    found = list(unit.comments.list(MOST_READ + 1, card_id=card.card_id))
    is_cut, me = len(found) > MOST_READ, caller_of(unit) if found else ""
    kept = {one.comment_id: one for one in reversed(found[:MOST_READ])}
    may_write = on is None and may_annotate(unit, card)
    for key in {one.reply_to for one in kept.values() if one.reply_to is not None} - kept.keys():
        root = unit.comments.find(key)
        kept |= {} if root is None else {key: root}
    replies: dict[str, list[FieldComment]] = {}
    for one in kept.values():
        if one.reply_to is not None:
            replies.setdefault(one.reply_to, []).append(one)
    value = _content(unit, card) if content is None and kept else content
    own = None if person_of(unit) is None else me
    threads = [
        CommentThread(
            one,
            _is_outdated(value, one),
            replies.get(one.comment_id, ()),
            on is None and (may_write or one.written_by == own),
        )
        for one in sorted(kept.values(), key=lambda one: one.position)
        if one.reply_to is None and on in {None, one.content_digest}
    ]
    mine = sum(thread.is_open and thread.root.written_by == me for thread in threads)
    return CardComments(card.content_digest, threads, may_write, mine, is_cut)


def _is_outdated(content: object, comment: FieldComment) -> bool:
    return digest_at(content, comment.pointer) != comment.value_digest


def _content(unit: Unit, card: Card) -> object:
    described = unit.cards.describe(card.name, None)
    return {} if described is None else contents.parse(described.content)


def _root(unit: Unit, card: Card, comment_id: str) -> FieldComment:
    comment = unit.comments.find(comment_id)
    if comment is not None and comment.reply_to is not None:
        comment = unit.comments.find(comment.reply_to)
    if comment is None or comment.card_id != card.card_id:
        raise PartMissing(card.name, f"comment {comment_id}")
    return comment
