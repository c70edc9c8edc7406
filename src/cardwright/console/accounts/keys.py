"""The administrators' page about access keys, and the end of one's own."""

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.access_keys import browse_keys, create_key, find_key, revoke_key
from cardwright.actions.users import browse_users
from cardwright.console.accounts.people import PAGE, read_role
from cardwright.console.context import page_context, page_sign_in
from cardwright.console.query import read_place, ways_from
from cardwright.console.toasts import toast
from cardwright.console.wording import role_word
from cardwright.core.errors import Invalid
from cardwright.core.people import Role
from cardwright.core.users import BeyondOwner

_SUGGESTED = 200  # people whose names the form suggests


def page(wrong: dict[str, str] | None = None) -> str:
    context = page_context()
    after, before = read_place(request.args, (int, str))
    ended_after, ended_before = read_place(request.args, (int, str), ("revoked", "revoked_before"))
    with context.reading() as unit:
        active = browse_keys(unit, active=True, after=after, before=before, limit=PAGE)
        ended = browse_keys(unit, active=False, after=ended_after, before=ended_before, limit=PAGE)
        people = browse_users(unit, None, _SUGGESTED).items
    return render_template(
        "keys.html",
        active=active.items,
        ended=ended.items,
        ways=ways_from(active, partial(url_for, "keys.index"), placed=bool(after or before)),
        ended_ways=ways_from(ended, _revoked_address, placed=bool(ended_after or ended_before)),
        people=[user.name for user in people if user.disabled_at is None],
        roles=list(Role),
        form={"user": request.form.get("user", ""), "role": request.form.get("role", Role.AUTHOR.value)},
        wrong=wrong or {},
    )


blueprint = Blueprint("keys", __name__)


@blueprint.get("/keys")
def index() -> str:
    return page()


@blueprint.post("/keys")
def create() -> str | tuple[str, int]:
    context = page_context()
    sign_in = page_sign_in()
    name, (role, wrong) = request.form.get("user", "").strip(), read_role()
    if role is None:
        return page(wrong), 422
    try:
        with context.writing() as unit:
            key = create_key(unit, name, role)
    except BeyondOwner as error:
        has, wanted = role_word(error.owner.role), role_word(error.role)
        return page({"role": f"{error.owner.name} is {has}, so the key cannot be {wanted}."}), 422
    except Invalid as error:
        return page({"user": f"{error}."}), 422
    return render_template("key_once.html", key=key, secret=sign_in.secret_of(key.access_key_id))


@blueprint.get("/keys/<access_key:access_key_id>/revoke")
def ask_revoke(access_key_id: str) -> str:
    context = page_context()
    with context.reading() as unit:
        return render_template("key_revoke.html", key=find_key(unit, access_key_id), back=_back())


@blueprint.post("/keys/<access_key:access_key_id>/revoke")
def revoke(access_key_id: str) -> Response:
    context = page_context()
    with context.writing() as unit:
        revoke_key(unit, access_key_id)
    toast(f"Access key {access_key_id} revoked")
    return redirect(_back(), 303)


def _revoked_address(after: str = "", before: str = "") -> str:
    """That of a page of revoked keys."""
    if before:
        return url_for("keys.index", revoked_before=before, _anchor="revoked")
    return url_for("keys.index", revoked=after, _anchor="revoked")  # of the first page too: it opens the list


def _back() -> str:
    return url_for("me.show") if "me" in request.values else url_for("keys.index")
