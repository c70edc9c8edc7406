"""Review policies: all of them, one in words and as its file, what it would change, and new versions."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.policies import (
    activate_policy,
    active_policies,
    checked_policy,
    deactivate_policy,
    delete_policy,
    describe_policy,
    list_policies,
    parsed,
    put_policy,
)
from cardwright.actions.policy_runs import begin_run, continue_run
from cardwright.console.context import of_application, page_context
from cardwright.console.policies.numbered import (
    NumberedRule,
    cards_in_words,
    changed_rules,
    file_lines,
    numbered,
    requirement_in_words,
)
from cardwright.console.policies.trial import DryRuns, trial_of
from cardwright.console.query import whole_number
from cardwright.console.toasts import toast
from cardwright.core.errors import Conflict, Invalid, PolicyInvalid
from cardwright.core.people import Role
from cardwright.core.policy.policy import ReviewPolicy, tie
from cardwright.core.policy.presets import NAMES, preset_text
from cardwright.core.policy.stored import StoredPolicy
from cardwright.core.policy_run import Counts, FailingCard
from cardwright.storage.unit import Unit

LONGEST = 1_000_000
"""Characters of a policy file that the form takes."""

_RULES = 8  # rules that the dry run names as the most frequent reasons
_VERSION_LIMIT = 500  # versions of policies that the list shows
_ABOUT = re.compile(r"^about:\s*(?:\|\s*)?\n((?:[ \t]+.*\n?|\s*\n)+)", re.MULTILINE)

blueprint = Blueprint("policies", __name__)


class Listed(NamedTuple):
    """A policy of the list: its active version, or else its newest one."""

    stored: StoredPolicy
    policy: ReviewPolicy
    versions: int
    newest: int


@blueprint.get("/policies")
def index() -> str:
    context = page_context()
    with context.reading() as unit:
        stored = list_policies(unit, None, _VERSION_LIMIT).items
    return render_template(
        "policies.html",
        policies=_listed(stored),
        presets=[(name, summary(preset_text(name))) for name in NAMES if name not in {one.name for one in stored}],
        cards_in_words=cards_in_words,
        requirement_in_words=requirement_in_words,
    )


@blueprint.get("/policies/new")
def new() -> str:
    """The form that stores a policy or a version; a preset or a stored version can fill it."""
    page_context().actor().require(Role.ADMIN, "PutReviewPolicy", "*")
    preset, base = request.args.get("preset", ""), request.args.get("from", "")
    text = preset_text(preset) if preset in NAMES else ""
    if base:
        with page_context().reading() as unit:
            stored = describe_policy(unit, base)
            text = _next_version(stored.text, stored.version, _newest(unit, base))
    return _form(text)


@blueprint.post("/policies/new")
def store() -> Response | tuple[str, int]:
    """Store a version, or show each mistake with its line and column."""
    text, activates = _posted(), "activate" in request.form
    try:
        if "check" in request.form:
            with page_context().reading() as unit:
                return _form(text, checked=checked_policy(unit, text)), 200
        with page_context().writing() as unit:
            stored = put_policy(unit, text, activate=activates)
    except PolicyInvalid as error:
        return _form(text, wrong=error), 422
    except Conflict as error:
        return _form(text, problem=error.message), 409
    toast(f"Version {stored.version} of {stored.name} is {'active' if stored.active else 'stored, not active'}")
    return redirect(url_for("policies.show", name=stored.name, version=stored.version), 303)


@blueprint.get("/policies/<name>")
def show(name: str) -> str | Response:
    context = page_context()
    version = whole_number(request.args["version"]) or abort(404) if "version" in request.args else None
    with context.reading() as unit:
        stored = describe_policy(unit, name, version)
        policy = parsed(stored.text)
        all_stored = [one for one in list_policies(unit, None, _VERSION_LIMIT).items if one.name == name]
        active = next((one for one in all_stored if one.active), None)
        trial = trial_of(unit, stored, policy, request.args.get("run", ""), whole_number(request.args.get("part", "1")))
        tied = tie(active_policies(unit), policy)
    if trial.run is not None and trial.run.policy.version != stored.version:
        run = trial.run
        return redirect(url_for("policies.show", name=name, version=run.policy.version, run=run.run_id))
    if "download" in request.args:
        headers = {"Content-Disposition": f'attachment; filename="{stored.name}-v{stored.version}.yaml"'}
        return Response(stored.text, content_type="application/yaml; charset=utf-8", headers=headers)
    before = active if active is not None and active.version != stored.version else None
    rules = numbered(policy, stored.text)
    changed = {} if before is None else changed_rules(rules, numbered(parsed(before.text), before.text))
    live = request.headers.get("HX-Target") == "dry"
    return render_template(
        "policy_run.html" if live else "policy.html",
        stored=stored,
        policy=policy,
        versions=all_stored,
        active=active,
        before=before,
        about=summary(stored.text),
        rules=rules,
        changed=changed,
        lines=file_lines(stored.text, rules, None if before is None else before.text),
        trial=trial,
        failing=[(card, _numbers(card, rules), what_changes(card)) for card in trial.failing],
        by_rule=_by_rule(trial.counts, rules),
        stalled=trial.run is not None and trial.run.is_stalled(context.now()),
        tied=tied,
        cards_in_words=cards_in_words,
        requirement_in_words=requirement_in_words,
    )


@blueprint.post("/policies/<name>/dry-run")
def begin(name: str) -> Response:
    """Begin a dry run over all cards; it goes on after the answer."""
    context, version = page_context(), whole_number(request.form.get("version", ""))
    with context.writing() as unit:
        stored = describe_policy(unit, name, version)
        run = begin_run(unit, stored)
    of_application(DryRuns).start(context.actor(), run.run_id)
    return redirect(url_for("policies.show", name=name, version=stored.version, run=run.run_id), 303)


@blueprint.post("/policies/<name>/dry-run/continue")
def go_on(name: str) -> Response:
    """Continue a dry run whose process has stopped."""
    context, run_id = page_context(), request.form.get("run", "")
    with context.writing() as unit:
        claimed = continue_run(unit, run_id, name)
    if claimed:
        of_application(DryRuns).start(context.actor(), run_id)
    return redirect(url_for("policies.show", name=name, run=run_id), 303)


@blueprint.get("/policies/<name>/<action>")
def address_of_button(name: str, action: str) -> Response:  # noqa: ARG001 - all buttons of a policy lead there
    """The address of a button, opened in the browser."""
    return redirect(url_for("policies.show", name=name))


@blueprint.post("/policies/<name>/activate")
def activate(name: str) -> Response:
    version = whole_number(request.form.get("version", ""))
    with page_context().writing() as unit:
        stored = activate_policy(unit, name, version)
    toast(f"Version {stored.version} of {stored.name} is active")
    return redirect(url_for("policies.show", name=name, version=stored.version), 303)


@blueprint.post("/policies/<name>/deactivate")
def deactivate(name: str) -> Response:
    with page_context().writing() as unit:
        stored = deactivate_policy(unit, name)
    toast(f"{stored.name} is not active any more. No card loses its approval")
    return redirect(url_for("policies.show", name=name, version=stored.version), 303)


@blueprint.post("/policies/<name>/delete")
def delete(name: str) -> Response:
    if request.form.get("name") != name:
        raise Invalid(f"To delete the policy with all its versions, enter its name: {name}")
    with page_context().writing() as unit:
        delete_policy(unit, name)
    toast(f"{name} deleted with all its versions")
    return redirect(url_for("policies.index"), 303)


def what_changes(card: FailingCard) -> str:
    """What would be different for a failing card."""
    if card.fails_today:
        return "No change: it fails today as well"
    if card.status == "Approved":
        return "Stays approved, marked “policy outdated”"
    return "Cannot be approved"


def _numbers(card: FailingCard, rules: Sequence[NumberedRule]) -> list[int]:
    return [rule.number for rule in rules if rule.rule_id in dict(card.failed)]


def _by_rule(found: Counts, rules: Sequence[NumberedRule]) -> list[dict[str, object]]:
    """The rules that fail, with the number of cards and the share of the most frequent one."""
    counts = [(found.by_rule.get(rule.rule_id, 0), rule) for rule in rules if rule.rule_id]
    failing = sorted((one for one in counts if one[0]), key=lambda one: -one[0])[:_RULES]
    return [{"rule": rule, "number": number, "share": round(100 * number / failing[0][0])} for number, rule in failing]


def _listed(stored: Sequence[StoredPolicy]) -> list[Listed]:
    by_name: dict[str, list[StoredPolicy]] = {}
    for one in stored:
        by_name.setdefault(one.name, []).append(one)
    listed = []
    for versions in by_name.values():
        shown = next((one for one in versions if one.active), versions[-1])
        listed.append(Listed(shown, parsed(shown.text), len(versions), versions[-1].version))
    return listed


def _form(
    text: str, *, wrong: PolicyInvalid | None = None, problem: str = "", checked: ReviewPolicy | None = None
) -> str:
    return render_template(
        "policy_new.html",
        text=text,
        wrong=wrong,
        problem=problem,
        checked=checked,
        lines=text.splitlines(),
        presets=NAMES,
        longest=LONGEST,
    )


def _posted() -> str:
    """The file that was chosen, else the text of the form."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("text", "").replace("\r\n", "\n")
    try:
        content: bytes = file.read(LONGEST * 4)
        return content.decode()
    except UnicodeDecodeError:
        raise Invalid(f"{file.filename} is not UTF-8 text: choose a YAML or JSON file") from None


def _newest(unit: Unit, name: str) -> int:
    return max(one.version for one in list_policies(unit, None, _VERSION_LIMIT).items if one.name == name)


def _next_version(text: str, version: int, newest: int) -> str:
    """The file with the next free version number, as far as a line gives the version."""
    return re.sub(rf"^version:\s*{version}\b", f"version: {newest + 1}", text, count=1, flags=re.MULTILINE)


def summary(text: str) -> str:
    """The description in a file; empty without one."""
    found = _ABOUT.search(text)
    return "" if found is None else " ".join(found[1].split())
