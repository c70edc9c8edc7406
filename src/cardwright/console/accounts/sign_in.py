"""The pages to sign in and out."""

import re

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from cardwright.actions.sessions import SignInAttempt, begin_session, begin_sign_in, check_sign_in_limit, end_session
from cardwright.console.accounts import resubmission as parking
from cardwright.console.accounts import session_cookie as visitors
from cardwright.console.accounts.devices import known_device, remember_device
from cardwright.console.context import Desk, Person, SignIn, http_request
from cardwright.console.toasts import toast
from cardwright.core.addresses import is_loopback
from cardwright.core.errors import Invalid, NotSignedIn, TryLater
from cardwright.core.names import Scope
from cardwright.core.people import Role
from cardwright.core.sessions import Refusal
from cardwright.core.users import user_key

_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_NOBODYS = "-"  # the name under which tries count whose name nobody can have
_YEAR = 365 * 24 * 3600
_CODES = {Refusal.UNKNOWN: "UnknownUser", Refusal.WRONG: "WrongPassword", Refusal.DISABLED: "DisabledUser"}
_REFUSED = "Name and password do not go together. Check both, and whether caps lock is on."


def pages(desk: Desk, sign_in: SignIn) -> Blueprint:
    blueprint = Blueprint("sign_in", __name__)

    @blueprint.get("/sign-in")
    def ask() -> Response | str:
        if g.person is not None:
            return redirect(visitors.own_address(request.args.get("next", "/")), 303)
        return page(desk, account=request.args.get("account", ""), back=request.args.get("next", "/"))

    @blueprint.post("/sign-in")
    def enter() -> Response | tuple[str, int]:
        if not _is_private():
            return page(desk), 403
        try:
            return _enter(desk, sign_in)
        except NotSignedIn:
            return _again(desk, _REFUSED), 422
        except TryLater as error:
            http_request().error = "TooManyTries"
            answer = make_response(_again(desk, f"{error}. Try again in {_in_words(error.seconds)}."), 429)
            answer.headers["Retry-After"] = str(error.seconds)
            return answer

    @blueprint.post("/sign-out")
    def leave() -> Response:
        known = g.known
        if known is not None:
            with desk.writing() as unit:
                end_session(unit, known.session.digest)
        session.clear()
        answer = redirect(url_for("sign_in.ask", out="1"), 303)
        visitors.forget(answer)
        return answer

    return blueprint


def challenge(desk: Desk, user: str) -> tuple[str, int]:
    """The page for a request that posted something when its session had ended: it goes on after signing in.

    Args:
        user: who wrote it; empty when that cannot be told.
    """
    parked = parking.parked_text(desk, user)
    return page(desk, user=user, parked=parked, lost=not parked), 401


def page(  # noqa: PLR0913 - what the page may say
    desk: Desk,
    *,
    user: str = "",
    account: str = "",
    back: str = "/",
    problem: str = "",
    parked: str = "",
    lost: bool = False,
) -> str:
    """The page that asks for name and password."""
    accounts = [] if desk.sign_in is None else desk.sign_in.accounts(2)
    return render_template(
        "sign_in.html",
        private=_is_private(),
        accounts=accounts,
        account=account or request.cookies.get("cw_account", ""),
        name=user,
        back=visitors.own_address(back),
        problem=problem,
        parked=parked,
        lost=lost,
        out="out" in request.args,
        old="old" in request.args,
        ended=g.known is not None and not g.known.holds,
    )


def _again(desk: Desk, problem: str) -> str:
    form = request.form
    return page(
        desk,
        user=form.get("user", "")[:64],
        account=form.get("account", "")[:12],
        back=form.get("next", "/"),
        problem=problem,
        parked=form.get(parking.PARKED, ""),
    )


def _enter(desk: Desk, sign_in: SignIn) -> Response:
    name, password = request.form.get("user", "").strip(), request.form.get("password", "")
    accounts = sign_in.accounts(2)
    account = accounts[0] if len(accounts) == 1 else request.form.get("account", "").strip()
    possible = _ACCOUNT.fullmatch(account) is not None
    try:
        user_key(name)
    except Invalid:
        possible = False
    actor = desk.actor_named(
        Scope(desk.region, account if possible else "0" * 12), name if possible else _NOBODYS, Role.VIEWER
    )
    device = known_device(desk, actor.scope.account, actor.user)
    with desk.open_unit(actor, writes=False) as unit:
        check_sign_in_limit(unit, device)  # before a place is taken: who may not try keeps nobody from one
    with sign_in.passwords.slot(known=device is not None) as slot:  # first: who finds none has not tried
        with desk.open_unit(actor, writes=True) as unit:
            asked = begin_sign_in(unit, device)
        user = asked.user
        right = slot.check(None if user is None else user.password, password)
        if user is None or asked.refusal is not None or not right:
            raise _refused(asked)
        rehashed = slot.hash(password) if sign_in.passwords.is_outdated(user.password) else None
    with desk.open_unit(actor, writes=True) as unit:
        token, begun, role = begin_session(unit, user, sign_in.lifetimes, rehashed=rehashed, device=device)
    session.clear()  # what was kept for nobody is not for this person
    g.person = Person(actor.scope, begun.user, role, begun)
    parked = parking.unparked(desk, request.form.get(parking.PARKED, ""))
    if parked is not None and parked.user in {"", begun.user}:
        answer = make_response(parking.resume_page(parked, by_itself=bool(parked.user)))
    else:
        if parked is not None:
            toast(f"What {parked.user} had written was not sent: it is theirs")
        answer = make_response(redirect(visitors.own_address(request.form.get("next", "/")), 303))
    visitors.remember(answer, begun.account, token)
    remember_device(desk, answer, begun.account, begun.user)
    if len(accounts) > 1:
        answer.set_cookie("cw_account", account, max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer


def _refused(asked: SignInAttempt) -> NotSignedIn:
    refusal = asked.refusal or Refusal.WRONG
    http_request().error = _CODES[refusal]
    if asked.user is None:
        http_request().user = http_request().account = None  # people type passwords as user names: no log keeps it
    return NotSignedIn(refusal)


def _is_private() -> bool:
    """Whether nobody between the browser and this server can read what is written: TLS, or one machine."""
    if request.is_secure:
        return True
    return is_loopback(http_request().source)


def _in_words(seconds: int) -> str:
    if seconds < 90:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
