"""The console's WSGI application: pages, request guard and the data of all templates."""

import datetime
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, send_from_directory, url_for
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup
from werkzeug.wrappers import Response

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
    errors,
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
from cardwright.console.context import MAX_UPLOAD, PageContext, keep_context
from cardwright.console.display_names import name_of, shown_name
from cardwright.console.findings import changes as finding_changes
from cardwright.console.findings import opening, spreadsheet, waivers
from cardwright.console.findings import pages as findings
from cardwright.console.policies import pages as policies
from cardwright.console.reader import reader
from cardwright.console.refusals import reason_words
from cardwright.console.registry import pages as registry
from cardwright.console.reviewing import decisions, mine, queue, strip
from cardwright.console.wizard import choices, entries, steps
from cardwright.console.wizard import pages as wizard
from cardwright.core.field_names import name_of_place
from cardwright.core.policy.pointers import pointer_to
from cardwright.formats import html_page
from cardwright.formats.metric_names import readable_constant
from cardwright.formats.page_template import PageTemplate
from cardwright.formats.template_cache import TemplateCache

MAX_BODY = MAX_UPLOAD + 6_000_000
"""Bytes of one request: an upload with the form around it."""
_MAX_FORM = 10_000_000  # characters of the fields of one form
_MAX_PARTS = 100_000  # inputs of one form: a card of the greatest length can hold 33,000 items of one list
_SHARED_STYLES = Path(html_page.__file__).parent / "templates"
_THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600

# Those that views of the first pages name; they lead to the others.
_FIRST_TEMPLATES = ("sign_in.html", "cards.html", "card.html", "article.html", "jobs.html", "comment_form.html")
_REFERENCE = re.compile(r'\{%-? (?:extends|include|import|from) "([^"]+)"')
_PAGES = (
    errors,
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
)

blueprint = Blueprint("console", __name__)


@blueprint.get("/")
def home() -> Response:
    return redirect(url_for("cards.index"))


@blueprint.get("/static/<any(tokens, blocks):name>.css")
def shared_style(name: str) -> Response:
    return send_from_directory(_SHARED_STYLES, f"{name}.css", max_age=_YEAR)


@blueprint.get("/help")
def help_page() -> str:
    return render_template("help.html", topics=help_texts.TOPICS)


@blueprint.post("/appearance")
def appearance() -> Response:
    theme = request.form.get("theme")
    response = redirect(session_cookie.local_address(request.form.get("back", "/")))
    if theme in _THEMES:
        response.set_cookie("cw_theme", theme, max_age=_YEAR, samesite="Lax", secure=request.is_secure)
    return response


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
    app.jinja_env.template_class = PageTemplate
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
    for pages in _PAGES:
        app.register_blueprint(pages.blueprint)
    app.register_blueprint(blueprint)
    _templates(app, context)
    return app


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
