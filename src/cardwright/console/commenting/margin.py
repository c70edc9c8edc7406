"""The margin of a card's page: weaves comments and the forms that add them into the sections of a card.

The sections are drawn once for a content and kept. They have marks where fields begin and end, which this module
replaces for each reader. No text of a card can have the form of a mark, because all of them are escaped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from flask import render_template
from markupsafe import Markup, escape

from cardwright.actions.comments import CardComments, CommentThread
from cardwright.console.commenting.places import nearest, pointer_of
from cardwright.core.field_names import name_of_place
from cardwright.core.review import LONGEST_TEXT
from cardwright.formats.outline import Outline

LEAD = "/model_overview/model_description"
"""The place that a page shows above the sections."""

_MARK = re.compile("<!--cw:(row|part|pin|form|endrow|endpart):([^:>]*):([^:>]*)-->")
_HOLE = re.compile("{(pointer|label|number)}")
_EMPTY_LIST = re.compile(r'<dl class="cw-kv">\s*</dl>')
_JOB = re.compile("/evaluation_details/([0-9]{1,4})(?:/|$)")
_NOTHING = Markup()


def mark(kind: str, path: str, label: str = "") -> Markup:
    """Return a mark of the kind that ``formats/blocks.html`` asks for."""
    return Markup(f"<!--cw:{kind}:{quote(path, safe='')}:{quote(label, safe='')}-->")  # noqa: S704 - quoted


class Note(NamedTuple):
    """A thread as a page shows it.

    Attributes:
        number: that of its pin; 0 for a resolved one.
    """

    thread: CommentThread
    number: int
    label: str

    @property
    def id(self) -> str:
        return f"comment-{self.thread.root.comment_id}"


@dataclass(frozen=True, slots=True)
class Margin:
    """The comments of a page.

    Attributes:
        article: the sections with comments and forms.
        notes: all comments, in the order of the page.
        lead: those about the description above the sections.
        gaps: pointer and label of the fields without a value.
        missing: the comments about those.
        others: those about a place that the page does not show.
        by_section: the number of open comments, by the id of a section.
        jobs: numbers of the evaluation jobs that have an open comment, from 1.
    """

    comments: CardComments
    article: Markup
    notes: Sequence[Note]
    lead: Sequence[Note]
    gaps: Sequence[tuple[str, str]]
    missing: Sequence[Note]
    others: Sequence[Note]
    by_section: Mapping[str, int]
    jobs: Sequence[int]

    @property
    def open(self) -> Sequence[Note]:
        return [note for note in self.notes if note.number]


def woven(name: str, content: Any, outline: Outline, article: Markup, comments: CardComments) -> Margin:
    """Weave the comments on a card into its sections.

    Args:
        content: the parsed content.
        article: the sections with their marks.
    """
    places = _places(content, article, outline)
    missing = {pointer_of(content, gap.path): gap.label for gap in outline.missing}
    notes = noted(content, comments, (*places, *missing))
    return Margin(
        comments,
        _replaced(name, article, places, notes, comments),
        [note for some in notes.values() for note in some],
        notes.get(LEAD, []),
        list(missing.items()),
        [note for place in missing for note in notes.get(place, ())],
        notes.get(None, []),
        _by_section(outline, comments.open),
        sorted({int(of_job[1]) + 1 for one in comments.open if (of_job := _JOB.match(one.root.pointer))}),
    )


def noted(content: Any, comments: CardComments, pointers: Sequence[str]) -> dict[str | None, list[Note]]:
    """Return the comments by the pointer that a page shows and that is nearest; under None those without one.

    Args:
        pointers: those that the page shows, in its order. Open comments are numbered in this order.
    """
    found: dict[str | None, list[CommentThread]] = {}
    for thread in comments.threads:
        found.setdefault(nearest(thread.root.pointer, pointers), []).append(thread)
    notes: dict[str | None, list[Note]] = {}
    number = 0
    for place in (*dict.fromkeys(pointers), None):
        for thread in found.get(place, ()):
            number += thread.is_open
            label = name_of_place(content, thread.root.pointer)
            notes.setdefault(place, []).append(Note(thread, number if thread.is_open else 0, label))
    return notes


def unmarked(article: Markup) -> Markup:
    """Return sections without marks, for a page that shows no comments."""
    return Markup(_MARK.sub("", str(article)))  # noqa: S704 - a template's output


def _places(content: Any, article: Markup, outline: Outline) -> Mapping[str, str]:
    """The pointers that a page shows, in its order, with the path that its marks have."""
    described = {LEAD: ""} if outline.lead or outline.rich_lead else {}
    begins = [unquote(found[2]) for found in _MARK.finditer(str(article)) if found[1] in {"row", "part"}]
    return described | {pointer_of(content, path): path for path in begins}


def _replaced(
    name: str,
    article: Markup,
    places: Mapping[str, str],
    notes: Mapping[str | None, Sequence[Note]],
    comments: CardComments,
) -> Markup:
    pointers = {path: pointer for pointer, path in places.items()}
    form = _HOLE.split(str(form_to_fill(name, comments))) if comments.may_write else None
    number = 0

    def put(found: re.Match[str]) -> str:
        nonlocal number
        kind, path = found[1], unquote(found[2])
        pointer = pointers.get(path)
        here = notes.get(pointer, ()) if pointer else ()
        if kind == "form" and form is not None and pointer:
            number += 1
            return _filled(
                form, {"pointer": escape(pointer), "label": escape(unquote(found[3])), "number": str(number)}
            )
        if kind == "pin":
            return str(pins(here)) if here else ""
        if kind.startswith("end"):
            return _end(kind, notes_html(name, here, may_write=comments.may_write) if here else "")
        return "" if kind == "form" else _BEGINS[kind, bool(here)]

    text = _MARK.sub(put, str(article))
    return Markup(_EMPTY_LIST.sub("", text))  # noqa: S704 - templates' output


def _filled(form: Sequence[str], values: Mapping[str, str]) -> str:
    """A form with its holes filled: quicker than ``Markup.format``, for pages with hundreds of forms."""
    return "".join(part if place % 2 == 0 else values[part] for place, part in enumerate(form))


_BEGINS: Mapping[tuple[str, bool], str] = {
    ("row", False): "",
    ("part", False): '<div class="cw-cf">',
    ("row", True): '</dl><div class="cw-rw"><div class="m"><dl class="cw-kv">',
    ("part", True): '<div class="cw-rw"><div class="m cw-cf">',
}


def _end(kind: str, notes: str) -> str:
    if not notes:
        return "" if kind == "endrow" else "</div>"
    aside = f'</div><div class="g">{notes}</div></div>'
    return f'</dl>{aside}<dl class="cw-kv">' if kind == "endrow" else aside


def form_to_fill(name: str, comments: CardComments, back: str = "") -> Markup:
    """The form that adds a comment, with ``{pointer}``, ``{label}`` and ``{number}`` to fill in."""
    return Markup(  # noqa: S704 - a template's output
        render_template(
            "comment_form.html", name=name, digest=comments.content_digest, back=back, longest=LONGEST_TEXT
        ).strip()
    )


def notes_html(name: str, here: Sequence[Note], *, may_write: bool, back: str = "") -> Markup:
    """The notes of one field."""
    return Markup(  # noqa: S704 - a template's output
        render_template(
            "comment_notes.html", name=name, notes=here, may_write=may_write, back=back, longest=LONGEST_TEXT
        )
    )


def pins(here: Sequence[Note]) -> Markup:
    """The numbers after a label that lead to the notes of its field."""
    link = Markup(' <a class="cw-pin" href="#{id}"><span class="visually-hidden">Comment </span>{number}</a>')
    return _NOTHING.join(link.format(id=note.id, number=note.number) for note in here if note.number)


def _by_section(outline: Outline, threads: Sequence[CommentThread]) -> Mapping[str, int]:
    tops = [thread.root.pointer.split("/")[1] for thread in threads]
    return {section.id: tops.count(section.path) for section in outline.sections if section.path in tops}
