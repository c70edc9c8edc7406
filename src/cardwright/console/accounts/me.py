"""A person's own page: password, sessions, access keys."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.access_keys import keys_of
from cardwright.actions.sessions import (
    begin_confirmation,
    check_confirmation_limit,
    end_session,
    end_sessions,
    list_sessions,
)
from cardwright.actions.users import groups_of, read_user, set_password
from cardwright.console.accounts import session_cookie
from cardwright.console.context import PageContext, page_context, page_sign_in
from cardwright.console.toasts import toast
from cardwright.console.wording import many
from cardwright.core.errors import Invalid, TryLater
from cardwright.core.passwords import SHORTEST, normalized


def page(wrong: dict[str, str] | None = None) -> str:
    context = page_context()
    sign_in = page_sign_in()
    with context.reading() as unit:
        user = read_user(unit, context.user)
        sessions = list_sessions(unit, context.user, sign_in.lifetimes)
        keys = keys_of(unit, context.user)
        groups = groups_of(unit, context.user)
    return render_template(
        "me.html",
        account=user,
        groups=groups,
        sessions=sessions,
        here=_here(context),
        keys=keys,
        wrong=wrong or {},
        shortest=SHORTEST,
        lifetimes=sign_in.lifetimes,
    )


blueprint = Blueprint("me", __name__)


@blueprint.get("/me")
def show() -> str:
    return page()


@blueprint.post("/me/password")
def password() -> Response | tuple[str, int]:
    context = page_context()
    sign_in = page_sign_in()
    old, new = request.form.get("password-now", ""), request.form.get("password", "")
    if new != request.form.get("password-again", ""):
        return page({"password-again": "This is not the same as above. Write the new password twice."}), 422
    try:
        normalized(new)  # before a try is counted
        with context.reading() as unit:
            check_confirmation_limit(unit)  # before a slot is taken, so that locked-out users take none
        with sign_in.passwords.slot(known=True) as slot:
            with context.writing() as unit:
                user = begin_confirmation(unit)
            if not slot.check(user.password, old):
                return page({"password-now": "This is not your password."}), 422
            made = slot.hash(new)
    except TryLater as error:
        return page({"password-now": f"{error}. Try again in {error.seconds} seconds."}), 429
    except Invalid as error:
        return page({"password": f"{error}."}), 422
    with context.writing() as unit:
        set_password(unit, context.user, made, keep=_here(context))
    toast("Password changed. You are signed out everywhere else")
    return redirect(url_for("me.show"), 303)


@blueprint.post("/me/sessions")
def end() -> Response:
    context = page_context()
    digest = request.form.get("session", "")
    with context.writing() as unit:
        ended = end_session(unit, digest)
    if digest == _here(context):
        return _out()
    toast("Session ended" if ended else "That session had ended already")
    return redirect(url_for("me.show") + "#sessions", 303)


@blueprint.post("/me/sign-out")
def everywhere() -> Response:
    context = page_context()
    others_only = "others" in request.form
    with context.writing() as unit:
        ended = end_sessions(unit, context.user, keep=_here(context) if others_only else "")
    if not others_only:
        return _out()
    toast(f"{many(ended, 'other session')} ended")
    return redirect(url_for("me.show") + "#sessions", 303)


def _here(context: PageContext) -> str:
    """The digest of the session that asks."""
    session = context.person.session
    return "" if session is None else session.digest


def _out() -> Response:
    answer = redirect(url_for("sign_in.ask", out="1"), 303)
    session_cookie.delete_session_cookie(answer)
    return answer
