"""The administrators' pages about people: who there is, what they may do, and whether they may sign in."""

import secrets
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions import users
from cardwright.actions.access_keys import keys_of
from cardwright.actions.account_events import browse_events, list_events
from cardwright.actions.sessions import end_sessions, list_sessions
from cardwright.console.context import PageContext, SignIn, of_application, page_context, page_sign_in
from cardwright.console.display_names import DisplayNames
from cardwright.console.query import read_place, ways_from
from cardwright.console.toasts import toast
from cardwright.console.wording import many, role_word
from cardwright.core.errors import Conflict, Invalid, TryLater
from cardwright.core.passwords import SHORTEST
from cardwright.core.people import Role
from cardwright.core.users import check_new_user, user_key
from cardwright.storage.unit import Unit

PAGE = 50
"""People, or access keys, of one page."""
_EVENTS = 12
_EVENTS_OF_A_PAGE = 100


blueprint = Blueprint("people", __name__)


@blueprint.get("/users")
def index() -> str:
    context = page_context()
    after, before = read_place(request.args, (str,))
    with context.reading() as unit:
        page = users.browse_users(unit, after, PAGE, before=before)
        events = list_events(unit, _EVENTS)
        groups = users.all_groups(unit)
    ways = ways_from(page, partial(url_for, "people.index"), placed=after is not None or before is not None)
    return render_template("users.html", users=page.items, groups=groups, events=events, ways=ways)


@blueprint.get("/users/history")
def history() -> str:
    context = page_context()
    after, before = read_place(request.args, (str,))
    with context.reading() as unit:
        page = browse_events(unit, after, _EVENTS_OF_A_PAGE, before=before)
    ways = ways_from(page, partial(url_for, "people.history"), placed=after is not None or before is not None)
    return render_template("users_history.html", events=page.items, ways=ways)


@blueprint.get("/users/new")
def new() -> str:
    context = page_context()
    context.actor().require(Role.ADMIN, "CreateUser", "*")
    return _new()


@blueprint.post("/users")
def create() -> Response | str | tuple[str, int]:
    context = page_context()
    sign_in = page_sign_in()
    context.actor().require(Role.ADMIN, "CreateUser", "*")  # before a password is hashed
    name, (role, wrong) = request.form.get("user", "").strip(), read_role()
    try:
        check_new_user(name)
    except Invalid as error:
        wrong["user"] = f"{error}."
    if role is None or wrong:
        return _new(wrong), 422
    try:
        password, shown = _password()
        made = sign_in.passwords.hash(password, known=True)
    except TryLater as error:
        return _new({"password": _when(error)}), 429
    except Invalid as error:
        return _new({"password": f"{error}."}), 422
    try:
        with context.writing() as unit:
            users.create_user(unit, name, role, made)
            _change_profile(unit, name)
    except (Conflict, Invalid) as error:
        field, code = ("user", 409) if isinstance(error, Conflict) else ("profile", 422)
        return _new({field: f"{error}."}), code
    of_application(DisplayNames).forget()
    if shown:
        return render_template("password_once.html", name=name, password=password, new=True)
    toast(f"{name} added")
    return redirect(url_for("people.show", name=name), 303)


@blueprint.get("/users/<user:name>")
def show(name: str) -> str:
    context = page_context()
    sign_in = page_sign_in()
    return _user(context, sign_in, name)


@blueprint.post("/users/<user:name>/role")
def role(name: str) -> Response | tuple[str, int]:
    context = page_context()
    sign_in = page_sign_in()
    wanted, wrong = read_role()
    if wanted is None:
        return _user(context, sign_in, name, wrong), 422
    with context.writing() as unit:
        ended = users.change_role(unit, name, wanted)
    toast(f"{name} is {wanted} now{_and_keys(ended)}")
    return _back(name)


@blueprint.post("/users/<user:name>/profile")
def profile(name: str) -> Response | tuple[str, int]:
    context = page_context()
    sign_in = page_sign_in()
    try:
        with context.writing() as unit:
            _change_profile(unit, name)
    except (Conflict, Invalid) as error:
        return _user(context, sign_in, name, {"profile": f"{error}."}), 409 if isinstance(error, Conflict) else 422
    of_application(DisplayNames).forget()
    toast(f"Name, e-mail address and groups of {name} saved")
    return _back(name)


def _change_profile(unit: Unit, name: str) -> None:
    """Stores the display name, e-mail address and groups that were posted."""
    users.change_profile(
        unit,
        name,
        display_name=request.form.get("display_name", ""),
        email=request.form.get("email", ""),
        groups=request.form.get("groups", "").split(","),
    )


@blueprint.post("/users/<user:name>/password")
def password(name: str) -> Response | str | tuple[str, int]:
    context = page_context()
    sign_in = page_sign_in()
    context.actor().require(Role.ADMIN, "UpdateUser", "*")  # before a password is hashed
    if user_key(name) == user_key(context.user):
        toast("Your own password is changed here, with the one that you have")
        return redirect(url_for("me.show"), 303)
    try:
        text, shown = _password()
        made = sign_in.passwords.hash(text, known=True)
    except TryLater as error:
        return _user(context, sign_in, name, {"password": _when(error)}), 429
    except Invalid as error:
        return _user(context, sign_in, name, {"password": f"{error}."}), 422
    with context.writing() as unit:
        users.set_password(unit, name, made)
    if shown:
        return render_template("password_once.html", name=name, password=text, new=False)
    toast(f"{name} has a new password and is signed out everywhere")
    return _back(name)


@blueprint.post("/users/<user:name>/sign-out")
def sign_out(name: str) -> Response:
    context = page_context()
    with context.writing() as unit:
        ended = end_sessions(unit, users.read_user(unit, name).name)
    toast(f"{name} is signed out everywhere: {many(ended, 'session')} ended")
    return _back(name)


@blueprint.post("/users/<user:name>/disable")
def disable(name: str) -> Response:
    context = page_context()
    with context.writing() as unit:
        ended = users.disable_user(unit, name)
    toast(f"{name} is disabled{_and_keys(ended)}")
    return _back(name)


@blueprint.post("/users/<user:name>/enable")
def enable(name: str) -> Response:
    context = page_context()
    with context.writing() as unit:
        users.enable_user(unit, name)
    toast(f"{name} may sign in again")
    return _back(name)


@blueprint.get("/users/<user:name>/delete")
def ask_delete(name: str) -> str:
    context = page_context()
    with context.reading() as unit:
        return render_template("user_delete.html", account=users.read_user(unit, name), wrong=False)


@blueprint.post("/users/<user:name>/delete")
def delete(name: str) -> Response | tuple[str, int]:
    context = page_context()
    if request.form.get("name", "").strip().lower() != user_key(name):
        with context.reading() as unit:
            return render_template("user_delete.html", account=users.read_user(unit, name), wrong=True), 422
    with context.writing() as unit:
        ended = users.delete_user(unit, name)
    toast(f"{name} deleted{_and_keys(ended)}")
    return redirect(url_for("people.index"), 303)


def _new(wrong: dict[str, str] | None = None) -> str:
    form = {key: request.form.get(key, "") for key in ("user", "display_name", "email", "groups")}
    form["role"] = request.form.get("role", Role.AUTHOR.value)
    return render_template("user_new.html", form=form, wrong=wrong or {}, roles=list(Role), shortest=SHORTEST)


def _user(context: PageContext, sign_in: SignIn, name: str, wrong: dict[str, str] | None = None) -> str:
    with context.reading() as unit:
        user = users.read_user(unit, name)
        only_admin = users.is_only_admin(unit, user)
        sessions = list_sessions(unit, user.name, sign_in.lifetimes)
        keys = keys_of(unit, user.name)
        groups = users.groups_of(unit, user.name)
    stored = {"display_name": user.display_name, "email": user.email, "groups": ", ".join(groups)}
    form = {key: request.form.get(key, value or "") for key, value in stored.items()}
    return render_template(
        "user.html",
        form=form,
        groups=groups,
        account=user,
        sessions=sessions,
        keys=keys,
        wrong=wrong or {},
        roles=list(Role),
        shortest=SHORTEST,
        only_admin=only_admin,
    )


def read_role() -> tuple[Role | None, dict[str, str]]:
    """Return the posted role, or the error to show at its field."""
    text = request.form.get("role", "")
    if text in set(Role):
        return Role(text), {}
    return None, {"role": f"Choose one of the roles: {', '.join(map(role_word, Role))}."}


def _password() -> tuple[str, bool]:
    """The password that was written, or one made up that has to be shown."""
    text = request.form.get("password", "")
    return (text, False) if text else (secrets.token_urlsafe(15), True)


def _when(error: TryLater) -> str:
    return f"{error}. Try again in {error.seconds} seconds."


def _and_keys(ended: int) -> str:
    return f", and {many(ended, 'access key')} ended" if ended else ""


def _back(name: str) -> Response:
    return redirect(url_for("people.show", name=name), 303)
