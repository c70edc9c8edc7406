"""The console's WSGI application: pages, request guard, errors and the data of all templates."""

import datetime
import logging
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, make_response, redirect, render_template, request, send_from_directory, url_for
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from cardwright.actions.approval import ApprovalIncomplete
from cardwright.actions.history import list_deleted
from cardwright.actions.users import users_with_role
from cardwright.console import (
    addresses,
    archives,
    audit,
    bulk,
    card,
    cards,
    changes,
    compression,
    deleted,
    evidence,
    export_jobs,
    help_texts,
    imports,
    inventory,
    navigation,
    readings,
    reviews,
    settings,
    toasts,
    views,
    wording,
)
from cardwright.console.accounts import guard, keys, me, people, session_cookie, sign_in
from cardwright.console.commenting import margin
from cardwright.console.commenting import pages as comments
from cardwright.console.compare import pages as compare
from cardwright.console.context import PageContext, http_request, keep_context
from cardwright.console.display_names import name_of, shown_name
from cardwright.console.findings import changes as finding_changes
from cardwright.console.findings import opening, spreadsheet, waivers
from cardwright.console.findings import pages as findings
from cardwright.console.policies import pages as policies
from cardwright.console.reader import reader
from cardwright.console.refusals import lack_words, reason_words, words_of
from cardwright.console.registry import pages as registry
from cardwright.console.reviewing import decisions, mine, queue, strip
from cardwright.console.wizard import choices, entries, steps
from cardwright.console.wizard import pages as wizard
from cardwright.core.draft import DraftGone, TooManyDrafts
from cardwright.core.errors import (
    BucketHeld,
    CardMissing,
    CardwrightError,
    Conflict,
    Denied,
    ExtraMissing,
    Invalid,
    LimitExceeded,
    NotFound,
    ObjectRefused,
    PrintingFailed,
    TryLater,
    Unavailable,
)
from cardwright.core.field_names import name_of_place
from cardwright.core.people import Role
from cardwright.core.policy.pointers import pointer_to
from cardwright.formats import html_page
from cardwright.formats.metric_names import readable_constant
from cardwright.formats.template_cache import TemplateCache

MAX_UPLOAD = 50_000_000
"""Bytes of one report or card that is uploaded."""
MAX_BODY = MAX_UPLOAD + 6_000_000
"""Bytes of one request: an upload with the form around it."""
_MAX_FORM = 10_000_000  # characters of the fields of one form
_MAX_PARTS = 100_000  # inputs of one form: a card of the greatest length can hold 33,000 items of one list
_SHARED_STYLES = Path(html_page.__file__).parent / "templates"
_THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600

log = logging.getLogger(__name__)

_TITLES = {
    400: "That cannot be done",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "Another user was faster",
    413: "That is too large",
    429: "Too much at once",
    502: "The object store refused the request",
    501: "A package is not installed",
    503: "The database does not respond",
}
_WORDS = {
    403: "The request did not come from a page of this console, or its session ended. Open the page and repeat it.",
    404: "This page doesn't exist or was removed.",
    405: "The page does not take such a request. Go back and use its buttons.",
    413: f"A file may have {MAX_UPLOAD // 1_000_000} MB. Nothing was stored.",
}
_TITLES_OF: tuple[tuple[type[CardwrightError], str], ...] = (
    (LimitExceeded, "A limit is reached"),
    (DraftGone, "The draft is gone"),
)
# Those that views of the first pages name; they lead to the others.
_FIRST_TEMPLATES = ("sign_in.html", "cards.html", "card.html", "article.html", "jobs.html", "comment_form.html")
_REFERENCE = re.compile(r'\{%-? (?:extends|include|import|from) "([^"]+)"')
_STATUS: tuple[tuple[type[CardwrightError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (LimitExceeded, 409),
    (Invalid, 400),
    (Unavailable, 503),
    (ObjectRefused, 502),
    (PrintingFailed, 500),
    (ExtraMissing, 501),
)


def load_templates(console: Flask) -> None:
    """Compile the templates of the sign-in page, the list of cards and the page of a card, which takes 0.3 s."""
    environment = console.jinja_env
    waiting: list[str] = [*_FIRST_TEMPLATES]
    loaded: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in loaded and environment.loader is not None:
            loaded.add(name)
            environment.get_template(name)
            waiting += _REFERENCE.findall(environment.loader.get_source(environment, name)[0])


def make_console(context: PageContext) -> Flask:
    """The console as a Flask application. It answers every path below ``/`` that no other interface serves."""
    app = Flask(__name__, static_folder=str(Path(__file__).parent / "static"), static_url_path="/static")
    app.config.update(
        SECRET_KEY=context.secret,
        SESSION_COOKIE_NAME="cardwright",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=_MAX_FORM,
        MAX_FORM_PARTS=_MAX_PARTS,
        SEND_FILE_MAX_AGE_DEFAULT=datetime.timedelta(days=365),
    )
    keep_context(app, context)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # The blocks of a card are drawn by the macros that the HTML document is made of.
    app.jinja_loader = ChoiceLoader(
        [PackageLoader(__package__), PrefixLoader({"formats": PackageLoader("cardwright.formats")})]
    )
    app.jinja_env.bytecode_cache = TemplateCache()
    html_page.add_to(app.jinja_env)
    readings.add_to(app.jinja_env)
    addresses.name_kinds(app)
    compression.compress(app)
    guard.guard_requests(app, context)
    session_cookie.add_template_helpers(app)
    if context.sign_in is not None:
        for own in (sign_in, me, people, keys):
            app.register_blueprint(own.blueprint)
    for pages in (
        cards,
        bulk,
        archives,
        views,
        card,
        export_jobs,
        evidence,
        changes,
        deleted,
        audit,
        inventory,
        reviews,
        decisions,
        comments,
        mine,
        queue,
        findings,
        finding_changes,
        opening,
        spreadsheet,
        waivers,
        policies,
        compare,
        imports,
        choices,
        registry,
        settings,
        wizard,
    ):
        app.register_blueprint(pages.blueprint)
    _own_pages(app)
    _templates(app, context)
    _errors(app, context)
    return app


def _own_pages(app: Flask) -> None:
    @app.get("/")
    def home() -> Response:
        return redirect(url_for("cards.index"))

    @app.get("/static/<any(tokens, blocks):name>.css")
    def shared_style(name: str) -> Response:
        return send_from_directory(_SHARED_STYLES, f"{name}.css", max_age=_YEAR)

    @app.get("/help")
    def help_page() -> str:
        return render_template("help.html", topics=help_texts.TOPICS)

    @app.post("/appearance")
    def appearance() -> Response:
        theme = request.form.get("theme")
        response = redirect(session_cookie.local_address(request.form.get("back", "/")))
        if theme in _THEMES:
            response.set_cookie("cw_theme", theme, max_age=_YEAR, samesite="Lax", secure=request.is_secure)
        return response


def _templates(app: Flask, context: PageContext) -> None:
    @app.context_processor
    def everywhere() -> dict[str, object]:
        tz = wording.zone(request.cookies.get("cw_zone"))
        now = context.now()

        def when(milliseconds: int) -> Markup:
            return wording.time_tag(milliseconds, wording.moment(milliseconds, tz))

        def ago(milliseconds: int) -> Markup:
            return wording.time_tag(milliseconds, wording.ago(milliseconds, now, tz))

        theme = request.cookies.get("cw_theme")
        return {
            "token": partial(guard.token, context),
            "signs_in": context.sign_in is not None,
            "version": context.version,
            "when": when,
            "ago": ago,
            "exact": wording.time_tag,
            "clock": lambda milliseconds: wording.moment(milliseconds, tz).split(", ")[-1],
            "zone": str(tz),
            "theme": theme if theme in _THEMES else "auto",
            "themes": _THEMES,
            "take_toasts": toasts.taken,
            "statuses": wording.STATUSES,
            "ratings": steps.RATINGS,
        }

    filters: dict[str, Callable[..., Any]] = {
        "many": wording.many,
        "status_word": wording.status_word,
        "approval_word": lambda value: wording.APPROVALS.get(value, (value,))[0],
        "readable_constant": readable_constant,
        "pairs": lambda values: [(value, value) for value in values],
        "including": lambda values, one: [*values, *([one] if one and one not in values else [])],
        "size": wording.size,
        "initials": strip.initials,
        "comment": wording.comment,
        "span": wording.span,
        "role_word": wording.role_word,
        "reason_words": reason_words,
        "shown_name": shown_name,
        "label_of_input": lambda name: name_of_place({}, pointer_to(tuple(name.split(".")))),
        "line_count": lambda text: entries.entered(text).count("\n") + 1,
    }
    app.jinja_env.tests["with_lines"] = entries.has_lines
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals |= {"navigation": navigation.entries, "name_of": name_of, "reader": reader} | {
        "notes_html": margin.notes_html,
        "form_to_fill": margin.form_to_fill,
        "pins": margin.pins,
    }


def _errors(app: Flask, context: PageContext) -> None:
    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        code = error.code or 500
        if error.response is not None:
            return make_response(error.response)
        return _error_page(code, _WORDS.get(code, error.description or ""))

    @app.errorhandler(Denied)
    def denied(error: Denied) -> Response:
        http_request().error = "Denied"
        lacks = [*map(lack_words, error.lacks)] if isinstance(error, ApprovalIncomplete) else []
        words = "" if lacks or error.role is not None else f"{words_of(error)}."
        page = render_template(
            "denied.html", needs=error.role, who=_who_may(context, error.role), lacks=lacks, words=words
        )
        return make_response(page, 403)

    @app.errorhandler(BucketHeld)
    def held(error: BucketHeld) -> Response:
        http_request().error = "BucketHeld"
        return _error_page(403, str(error))

    @app.errorhandler(TryLater)
    def busy(error: TryLater) -> Response:
        http_request().error = "TryLater"
        answer = _error_page(429, f"{error}. Try again in a moment.")
        answer.headers["Retry-After"] = str(error.seconds)
        return answer

    @app.errorhandler(CardwrightError)
    def refused(error: CardwrightError) -> Response:
        code = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
        http_request().error = type(error).__name__
        title = next((words for kind, words in _TITLES_OF if isinstance(error, kind)), None)
        way = ("Your drafts", url_for("wizard.drafts")) if isinstance(error, TooManyDrafts | DraftGone) else None
        if isinstance(error, CardMissing) and error.version is None:
            way = _history_of_deleted(context, error.name)
            if way is not None:
                return _error_page(code, f"The card {error.name} was deleted.", title, way)
        return _error_page(code, f"{words_of(error)}.", title, way)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        http_request().error = "InternalFailure"
        log.error("page failed", exc_info=error, extra={"request_id": http_request().request_id})
        return _error_page(500, "The server failed at this page. Nothing was stored; see its log.")


def _history_of_deleted(context: PageContext, name: str) -> tuple[str, str] | None:
    """A link to the history of the card that was deleted last under a name."""
    with context.reading() as unit:
        ended = next(iter(list_deleted(unit, name=name, limit=1).items), None)
    return None if ended is None else ("Its history", url_for("deleted.show", card_id=ended.card_id))


def _who_may(context: PageContext, role: str | None) -> list[str]:
    """Return the people with the role that the user lacks; empty without sign-in."""
    if role is None or context.sign_in is None:
        return []
    with context.reading() as unit:
        return users_with_role(unit, Role(role))


def _error_page(code: int, words: str, title: str | None = None, way: tuple[str, str] | None = None) -> Response:
    """The page of an error; ``way`` is a link, word and address, to where it can be mended."""
    title = title or _TITLES.get(code, "The page failed")
    return make_response(render_template("error.html", title=title, words=words, code=code, way=way), code)
