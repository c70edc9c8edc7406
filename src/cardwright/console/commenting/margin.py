"""The margin of a card's page: weaves comments, failed checks and missing fields into the sections of a card.

The sections are drawn once for a content and kept. They have marks where fields begin and end, which this module
replaces for each reader. No text of a card can have the form of a mark, because all of them are escaped.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from flask import render_template
from markupsafe import Markup, escape

from cardwright.actions.comments import CardComments, CommentThread
from cardwright.console.commenting.advice import Advice, CheckNote, GapNote, together
from cardwright.console.commenting.places import nearest, pointer_of
from cardwright.console.wording import many
from cardwright.core.field_names import name_of_place
from cardwright.core.finding import NamedFinding
from cardwright.core.places import escaped
from cardwright.core.review import LONGEST_TEXT
from cardwright.formats.outline import Outline

LEAD = "/model_overview/model_description"
"""The place that a page shows above the sections."""

_UNSHOWN = ""
"""The place of notes about sections that the page does not show."""

MOST_UNFOLDED = 3
"""Evaluation jobs that a page unfolds by itself."""

_MARK = re.compile("<!--cw:(row|part|pin|fold|form|endrow|endpart|endsection):([^:>]*):([^:>]*)-->")
_HOLE = re.compile("{(pointer|label|number)}")
_EMPTY_LIST = re.compile(r'<dl class="cw-kv">\s*</dl>')
_JOB = re.compile("/evaluation_details/([0-9]{1,4})(?:/|$)")
_NOTHING = Markup()
_SHORT = 200  # characters of a path or a label whose quoted form is kept


def mark(kind: str, path: str, label: str = "") -> Markup:
    """Return a mark of the kind that ``formats/blocks.html`` asks for."""
    return Markup(f"<!--cw:{kind}:{_quoted(path)}:{_quoted(label)}-->")  # noqa: S704 - quoted


def _quoted(text: str) -> str:
    return _kept_quoted(text) if len(text) <= _SHORT else quote(text, safe="")


@lru_cache(maxsize=4096)  # each field has up to five marks
def _kept_quoted(text: str) -> str:
    return quote(text, safe="")


class Note(NamedTuple):
    """A thread as a page shows it.

    Attributes:
        number: the number of its pin; 0 for a resolved thread.
    """

    thread: CommentThread
    number: int
    label: str

    @property
    def id(self) -> str:
        return f"comment-{self.thread.root.comment_id}"


class Counts(NamedTuple):
    """What is noted next to a part of a card: open comments, failed checks and missing fields."""

    comments: int = 0
    checks: int = 0
    gaps: int = 0


@dataclass(frozen=True, slots=True)
class Margin:
    """What is noted on a card.

    Attributes:
        article: the sections with notes and forms.
        notes: all comments, in the order of the page.
        lead: the notes about the description above the sections.
        missing: the notes about fields of sections that the page does not show.
        others: the notes about a place that the page does not show, or about the whole card.
        gaps: pointer and label of the fields without a value.
        by_section: the notes by the id of a section; ``missing`` for sections that the page does not show.
        jobs: numbers of the evaluation jobs to unfold, from 1: those with an open comment or a failed check, or none
            where they are more than :data:`MOST_UNFOLDED`. A folded job says how many checks fail.
        has_notes: whether a part of the sections has a note next to it. Recommended fields follow their part instead.
    """

    comments: CardComments
    article: Markup
    notes: Sequence[Note]
    lead: Markup
    missing: Markup
    others: Markup
    gaps: Sequence[tuple[str, str]]
    by_section: Mapping[str, Counts]
    jobs: Sequence[int]
    has_notes: bool

    @property
    def open(self) -> Sequence[Note]:
        return [note for note in self.notes if note.number]


class NotedCard(NamedTuple):
    """What is noted on the content of a card.

    Attributes:
        content: the parsed content.
        draw: draws the failed checks, the missing fields and the findings of one place.
        newest: the newest version, when the content is that of an earlier one; 0 otherwise.
    """

    name: str
    content: Any
    comments: CardComments
    advice: Advice = Advice()
    draw: Callable[[Advice], str] = lambda _: ""
    newest: int = 0


def woven(card: NotedCard, outline: Outline, article: Markup) -> Margin:
    """Weave what is noted on a card into its sections.

    Args:
        article: the sections with their marks.
    """
    content, comments, advice = card.content, card.comments, card.advice
    places = _places(content, article, outline)
    missing = {pointer_of(content, gap.path): gap.label for gap in outline.missing}
    notes = noted(content, comments, (*places, *missing))
    advised = _at_places(advice, places)
    asides = {place: card.draw(here) for place, here in advised.items()}
    for place, here in notes.items():
        html = notes_html(card.name, here, may_write=comments.may_write, newest=card.newest)
        asides[place] = asides.get(place, "") + str(html)  # Markup would escape what it is added to
    return Margin(
        comments,
        _replaced(card.name, article, _Sheet(places, notes, asides, advice.checks), comments),
        [note for some in notes.values() for note in some],
        _joined(asides, [LEAD]),
        _joined(asides, [_UNSHOWN, *missing]),
        _joined(asides, [None]),
        list(missing.items()),
        _by_section(outline, comments.open, advice),
        _jobs((*(one.root.pointer for one in comments.open), *_failing(advice.checks))),
        any(place in notes or not advised.get(place, Advice()).is_recommended for place in places if place != LEAD),
    )


def _at_places(advice: Advice, shown: Collection[str]) -> dict[str | None, Advice]:
    """The failed checks, missing fields and findings by the pointer that a page shows and that is nearest."""
    checks: dict[str | None, list[CheckNote]] = {}
    gaps: dict[str | None, list[GapNote]] = {}
    findings: dict[str | None, list[NamedFinding]] = {}
    for check in advice.checks:
        place = (nearest(check.pointer, shown) or _UNSHOWN) if check.pointer else None
        checks.setdefault(place, []).append(check)
    for gap in advice.gaps:
        gaps.setdefault(nearest(gap.pointer, shown) or _UNSHOWN, []).append(gap)
    for named in advice.findings:
        findings.setdefault(nearest(named.finding.pointer or "", shown) or _UNSHOWN, []).append(named)
    begun: set[str] = set()
    return {
        place: Advice(together(checks.get(place, ()), begun), gaps.get(place, ()), findings.get(place, ()))
        for place in (None, *shown, _UNSHOWN)
        if place in checks or place in gaps or place in findings
    }


def _joined(asides: Mapping[str | None, str], places: Iterable[str | None]) -> Markup:
    return Markup("".join(asides.get(place, "") for place in places))  # noqa: S704 - templates' output


def noted(content: Any, comments: CardComments, pointers: Sequence[str]) -> dict[str | None, list[Note]]:
    """Return the comments by the nearest pointer that a page shows; under None the comments without one.

    Args:
        pointers: the pointers that the page shows, in its order. Open comments are numbered in this order.
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


def _places(content: Any, article: Markup, outline: Outline) -> Mapping[str, str]:
    """The pointers that a page shows, in its order, with the quoted path that its marks have."""
    described = {LEAD: ""} if outline.lead or outline.rich_lead else {}
    begins = [kind_and_path[1] for kind_and_path in _MARK.findall(str(article)) if kind_and_path[0] in {"row", "part"}]
    return described | {pointer_of(content, unquote(path)): path for path in begins}


class _Sheet:
    """The sections of a page while their marks are replaced.

    Args:
        places: the pointers that the page shows, with the quoted path that its marks have.
        notes: the comments by pointer.
        asides: the HTML of all notes by pointer.
    """

    def __init__(
        self,
        places: Mapping[str, str],
        notes: Mapping[str | None, Sequence[Note]],
        asides: Mapping[str | None, str],
        checks: Sequence[CheckNote],
    ) -> None:
        self._pointers = {path: pointer for pointer, path in places.items()}
        self._notes, self._asides = notes, asides
        self._failing = [check for check in checks if check.waived is None]
        here = [place for place in places if place in asides and place != LEAD]
        self._whole = {place for place in here if _top(place) == place} - {
            _top(place) for place in here if _top(place) != place
        }

    def pointer(self, path: str) -> str | None:
        return self._pointers.get(path)

    def begin(self, kind: str, pointer: str | None) -> str:
        """What begins a field. The notes of a section are next to all of it, unless its fields have notes."""
        if pointer in self._whole:
            return _WHOLE + _BEGINS["part", False]
        return _BEGINS[kind, bool(pointer) and pointer in self._asides]

    def end(self, kind: str, pointer: str | None) -> str:
        """What ends a field or a section."""
        aside = "" if pointer is None else self._asides.get(pointer, "")
        if kind == "endsection":
            return _aside(aside) if pointer in self._whole else ""
        if kind == "endpart" and (not aside or pointer in self._whole):
            return "</div>"
        if not aside:
            return ""
        return f'</dl>{_aside(aside)}<dl class="cw-kv">' if kind == "endrow" else _aside(aside)

    def pins(self, pointer: str | None) -> str:
        here = self._notes.get(pointer, ()) if pointer else ()
        return str(pins(here)) if here else ""

    def fold(self, pointer: str | None) -> str:
        """The number of checks that fail in an evaluation job."""
        failed = {check.rule.id for check in self._failing if f"{check.pointer}/".startswith(f"{pointer}/")}
        return str(_FAILED.format(many(len(failed), "check"))) if failed else ""


def _replaced(name: str, article: Markup, sheet: _Sheet, comments: CardComments) -> Markup:
    form = _HOLE.split(str(form_to_fill(name, comments))) if comments.may_write else None
    number = 0

    def put(found: re.Match[str]) -> str:
        nonlocal number
        kind, pointer = found[1], sheet.pointer(found[2])
        if kind == "form":
            if form is None or pointer is None:
                return ""
            number += 1
            return _filled(
                form, {"pointer": escape(pointer), "label": escape(unquote(found[3])), "number": str(number)}
            )
        if kind in _MIDDLES:
            return _MIDDLES[kind](sheet, pointer)
        return sheet.end(kind, pointer) if kind.startswith("end") else sheet.begin(kind, pointer)

    text = _MARK.sub(put, str(article))
    return Markup(_EMPTY_LIST.sub("", text))  # noqa: S704 - templates' output


_MIDDLES: Mapping[str, Callable[[_Sheet, str | None], str]] = {"pin": _Sheet.pins, "fold": _Sheet.fold}


def _filled(form: Sequence[str], values: Mapping[str, str]) -> str:
    """A form with its holes filled: quicker than ``Markup.format``, for pages with hundreds of forms."""
    return "".join(part if place % 2 == 0 else values[part] for place, part in enumerate(form))


_BEGINS: Mapping[tuple[str, bool], str] = {
    ("row", False): "",
    ("part", False): '<div class="cw-cf">',
    ("row", True): '</dl><div class="cw-rw"><div class="m"><dl class="cw-kv">',
    ("part", True): '<div class="cw-rw"><div class="m cw-cf">',
}


_WHOLE = '<div class="cw-rw cw-rw-sec"><div class="m">'
_FAILED = Markup(
    '<span class="cw-foldmark cw-bad"><svg class="cw-icon cw-icon-s" aria-hidden="true">'
    '<use href="/static/icons.svg#i-error"/></svg>{} failed</span>'
)


def _aside(notes: str) -> str:
    return f'</div><div class="g">{notes}</div></div>'


def form_to_fill(name: str, comments: CardComments, back: str = "") -> Markup:
    """The form that adds a comment, with ``{pointer}``, ``{label}`` and ``{number}`` to fill in."""
    return Markup(  # noqa: S704 - a template's output
        render_template(
            "comment_form.html", name=name, digest=comments.content_digest, back=back, longest=LONGEST_TEXT
        ).strip()
    )


def notes_html(name: str, here: Sequence[Note], *, may_write: bool, back: str = "", newest: int = 0) -> Markup:
    """The notes of one field.

    Args:
        newest: the newest version, on the page of an earlier one; its notes lead there.
    """
    return Markup(  # noqa: S704 - a template's output
        render_template(
            "comment_notes.html",
            name=name,
            notes=here,
            may_write=may_write,
            back=back,
            longest=LONGEST_TEXT,
            newest=newest,
        )
    )


def pins(here: Sequence[Note]) -> Markup:
    """The numbers after a label that lead to the notes of its field."""
    link = Markup(' <a class="cw-pin" href="#{id}"><span class="visually-hidden">Comment </span>{number}</a>')
    return _NOTHING.join(link.format(id=note.id, number=note.number) for note in here if note.number)


def _by_section(outline: Outline, threads: Sequence[CommentThread], advice: Advice) -> Mapping[str, Counts]:
    comments = Counter(_top(thread.root.pointer) for thread in threads)
    checks = Counter(_top(pointer) for pointer in _failing(advice.checks) if pointer)
    gaps = Counter(_top(gap.pointer) for gap in advice.gaps)
    known = {section.id: f"/{escaped(section.path)}" for section in outline.sections}
    found = {key: Counts(comments[top], checks[top], gaps[top]) for key, top in known.items()}
    hidden = [counter.total() - sum(counter[top] for top in known.values()) for counter in (checks, gaps)]
    return found | {"missing": Counts(0, *hidden)}


def _top(pointer: str) -> str:
    """The pointer of the section that a place is in."""
    return "/".join(pointer.split("/")[:2])


def _failing(checks: Iterable[CheckNote]) -> Sequence[str]:
    return [check.pointer for check in checks if check.waived is None]


def _jobs(pointers: Iterable[str]) -> Sequence[int]:
    found = sorted({int(of_job[1]) + 1 for pointer in pointers if (of_job := _JOB.match(pointer))})
    return found if len(found) <= MOST_UNFOLDED else ()
