"""The pages of errors: one for each kind, in the console's words."""

import logging

from flask import Blueprint, make_response, render_template, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from cardwright.actions.approval import ApprovalIncomplete
from cardwright.actions.history import list_deleted
from cardwright.actions.users import users_with_role
from cardwright.console.context import MAX_UPLOAD, http_request, page_context
from cardwright.console.refusals import lack_words, words_of
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
from cardwright.core.people import Role

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

blueprint = Blueprint("errors", __name__)


@blueprint.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if error.response is not None:
        return make_response(error.response)
    return _error_page(code, _WORDS.get(code, error.description or ""))


@blueprint.app_errorhandler(Denied)
def denied(error: Denied) -> Response:
    http_request().error = "Denied"
    lacks = [*map(lack_words, error.lacks)] if isinstance(error, ApprovalIncomplete) else []
    words = "" if lacks or error.role is not None else f"{words_of(error)}."
    page = render_template("denied.html", needs=error.role, who=_who_may(error.role), lacks=lacks, words=words)
    return make_response(page, 403)


@blueprint.app_errorhandler(BucketHeld)
def held(error: BucketHeld) -> Response:
    http_request().error = "BucketHeld"
    return _error_page(403, str(error))


@blueprint.app_errorhandler(TryLater)
def busy(error: TryLater) -> Response:
    http_request().error = "TryLater"
    answer = _error_page(429, f"{error}. Try again in a moment.")
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


@blueprint.app_errorhandler(CardwrightError)
def refused(error: CardwrightError) -> Response:
    code = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
    http_request().error = type(error).__name__
    title = next((words for kind, words in _TITLES_OF if isinstance(error, kind)), None)
    way = ("Your drafts", url_for("wizard.drafts")) if isinstance(error, TooManyDrafts | DraftGone) else None
    if isinstance(error, CardMissing) and error.version is None:
        way = _history_of_deleted(error.name)
        if way is not None:
            return _error_page(code, f"The card {error.name} was deleted.", title, way)
    return _error_page(code, f"{words_of(error)}.", title, way)


@blueprint.app_errorhandler(Exception)
def failed(error: Exception) -> Response:
    http_request().error = "InternalFailure"
    log.error("page failed", exc_info=error, extra={"request_id": http_request().request_id})
    return _error_page(500, "The server failed at this page. Nothing was stored; see its log.")


def _history_of_deleted(name: str) -> tuple[str, str] | None:
    """A link to the history of the card that was deleted last under a name."""
    with page_context().reading() as unit:
        ended = next(iter(list_deleted(unit, name=name, limit=1).items), None)
    return None if ended is None else ("Its history", url_for("deleted.show", card_id=ended.card_id))


def _who_may(role: str | None) -> list[str]:
    """Return the people with the role that the user lacks; empty without sign-in."""
    context = page_context()
    if role is None or context.sign_in is None:
        return []
    with context.reading() as unit:
        return users_with_role(unit, Role(role))


def _error_page(code: int, words: str, title: str | None = None, way: tuple[str, str] | None = None) -> Response:
    """The page of an error; ``way`` is a link, word and address, to where it can be mended."""
    title = title or _TITLES.get(code, "The page failed")
    return make_response(render_template("error.html", title=title, words=words, code=code, way=way), code)
