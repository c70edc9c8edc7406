"""The pages to sign in and out."""

import re

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from cardwright.actions.sessions import SignInAttempt, begin_session, begin_sign_in, check_sign_in_limit, end_session
from cardwright.console.accounts import resubmission, session_cookie
from cardwright.console.accounts.devices import known_device, remember_device
from cardwright.console.context import PageContext, Person, SignIn, http_request, page_context, page_sign_in
from cardwright.console.toasts import toast
from cardwright.core.addresses import is_loopback
from cardwright.core.errors import Invalid, NotSignedIn, TryLater
from cardwright.core.names import Scope
from cardwright.core.people import Role
from cardwright.core.sessions import SignInRefusal
from cardwright.core.users import user_key

_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_IMPOSSIBLE_USER = "-"  # counts failed sign-ins with names that no user can have
_YEAR = 365 * 24 * 3600
_CODES = {
    SignInRefusal.UNKNOWN: "UnknownUser",
    SignInRefusal.WRONG: "WrongPassword",
    SignInRefusal.DISABLED: "DisabledUser",
}
_REFUSED = "Wrong name or password. Check both, and whether caps lock is on."


blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
def ask() -> Response | str:
    context = page_context()
    if g.person is not None:
        return redirect(session_cookie.local_address(request.args.get("next", "/")), 303)
    return page(context, account=request.args.get("account", ""), back=request.args.get("next", "/"))


@blueprint.post("/sign-in")
def enter() -> Response | tuple[str, int]:
    context = page_context()
    sign_in = page_sign_in()
    if not _is_private():
        return page(context), 403
    try:
        return _enter(context, sign_in)
    except NotSignedIn:
        return _again(context, _REFUSED), 422
    except TryLater as error:
        http_request().error = "TooManyTries"
        answer = make_response(_again(context, f"{error}. Try again in {_in_words(error.seconds)}."), 429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer


@blueprint.post("/sign-out")
def leave() -> Response:
    context = page_context()
    known = g.browser_session
    if known is not None:
        with context.writing() as unit:
            end_session(unit, known.session.digest)
    session.clear()
    answer = redirect(url_for("sign_in.ask", out="1"), 303)
    session_cookie.delete_session_cookie(answer)
    return answer


def challenge(context: PageContext, user: str) -> tuple[str, int]:
    """The sign-in page for a form that was posted after its session expired; sign-in submits the form.

    Args:
        user: the user who wrote it; empty when unknown.
    """
    unsent = resubmission.signed_form(context, user)
    return page(context, user=user, unsent=unsent, dropped=not unsent), 401


def page(  # noqa: PLR0913 - what the page may say
    context: PageContext,
    *,
    user: str = "",
    account: str = "",
    back: str = "/",
    problem: str = "",
    unsent: str = "",
    dropped: bool = False,
) -> str:
    """The page that asks for name and password."""
    accounts = [] if context.sign_in is None else context.sign_in.accounts(2)
    return render_template(
        "sign_in.html",
        private=_is_private(),
        accounts=accounts,
        account=account or request.cookies.get("cw_account", ""),
        name=user,
        back=session_cookie.local_address(back),
        problem=problem,
        unsent=unsent,
        dropped=dropped,
        out="out" in request.args,
        old="old" in request.args,
        ended=g.browser_session is not None and not g.browser_session.valid,
    )


def _again(context: PageContext, problem: str) -> str:
    form = request.form
    return page(
        context,
        user=form.get("user", "")[:64],
        account=form.get("account", "")[:12],
        back=form.get("next", "/"),
        problem=problem,
        unsent=form.get(resubmission.FIELD, ""),
    )


def _enter(context: PageContext, sign_in: SignIn) -> Response:
    name, password = request.form.get("user", "").strip(), request.form.get("password", "")
    accounts = sign_in.accounts(2)
    account = accounts[0] if len(accounts) == 1 else request.form.get("account", "").strip()
    possible = _ACCOUNT.fullmatch(account) is not None
    try:
        user_key(name)
    except Invalid:
        possible = False
    actor = context.actor_named(
        Scope(context.region, account if possible else "0" * 12), name if possible else _IMPOSSIBLE_USER, Role.VIEWER
    )
    device = known_device(context, actor.scope.account, actor.user)
    with context.open_unit(actor, writes=False) as unit:
        check_sign_in_limit(unit, device)  # before a slot is taken, so that locked-out users take none
    with sign_in.passwords.slot(known=device is not None) as slot:  # first: without a slot, no attempt is counted
        with context.open_unit(actor, writes=True) as unit:
            asked = begin_sign_in(unit, device)
        user = asked.user
        right = slot.check(None if user is None else user.password, password)
        if user is None or asked.refusal is not None or not right:
            raise _refused(asked)
        rehashed = slot.hash(password) if sign_in.passwords.is_outdated(user.password) else None
    with context.open_unit(actor, writes=True) as unit:
        token, begun, role = begin_session(unit, user, sign_in.lifetimes, rehashed=rehashed, device=device)
    session.clear()  # data of the anonymous session is not the user's
    g.person = Person(actor.scope, begun.user, role, begun)
    unsent = resubmission.unsent_form(context, request.form.get(resubmission.FIELD, ""))
    if unsent is not None and unsent.user in {"", begun.user}:
        answer = make_response(resubmission.resubmission_page(unsent, by_itself=bool(unsent.user)))
    else:
        if unsent is not None:
            toast(f"The form that {unsent.user} wrote was not submitted, because you are another user")
        answer = make_response(redirect(session_cookie.local_address(request.form.get("next", "/")), 303))
    session_cookie.set_session_cookie(answer, begun.account, token)
    remember_device(context, answer, begun.account, begun.user)
    if len(accounts) > 1:
        answer.set_cookie("cw_account", account, max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer


def _refused(asked: SignInAttempt) -> NotSignedIn:
    refusal = asked.refusal or SignInRefusal.WRONG
    http_request().error = _CODES[refusal]
    if asked.user is None:
        # Users type passwords into the wrong field, so the log leaves the name out.
        http_request().user = http_request().account = None
    return NotSignedIn(refusal)


def _is_private() -> bool:
    """Whether the connection is private: TLS, or within one machine."""
    if request.is_secure:
        return True
    return is_loopback(http_request().source)


def _in_words(seconds: int) -> str:
    if seconds < 90:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
