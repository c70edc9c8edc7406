"""What the registry knows, put into a form: only where nobody has written, and marked with where it came from.

A form remembers under ``found`` each value that was found, by its place: what a person writes over it shows as
changed, and what nobody touched goes again with the choice that brought it.
"""

import copy
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from cardwright.console.wizard.forms import REPORTS, Form, put, value_at
from cardwright.console.wizard.steps import STEPS, fields_of
from cardwright.core.inheritance import INHERITED_SECTIONS, sections_to_inherit

MODEL, JOB = "model", "job"
"""The two choices that fill a form: a model or model package, and a training job."""


class Origin(StrEnum):
    """Where a value came from."""

    REGISTRY = "registry"
    OWN_CARD = "own"
    CARRIED = "carried"


class Badge(NamedTuple):
    """How a field shows where its value came from: an icon, the words, and whether somebody wrote over it."""

    icon: str
    words: str
    changed: bool = False


_BADGES = {
    Origin.REGISTRY: Badge("cube", "From registry"),
    Origin.OWN_CARD: Badge("package", "From the package’s card"),
    Origin.CARRIED: Badge("carry", "Carried over"),
}
_CHANGED = Badge("edit", "Changed by you", changed=True)
_PLACES: Mapping[str, str] = {
    **{field.path: field.label for step in STEPS for field in fields_of(step)},
    "model_package_details": "Model package",
    "evaluation_details": "Evaluation",
}
_SECTIONS = dict(
    zip(INHERITED_SECTIONS, ("Business details", "Intended use", "Ethics, caveats and custom fields"), strict=True)
)


def fill(form: Form, content: Mapping[str, Any], choice: str, origin: Origin = Origin.REGISTRY) -> list[str]:
    """Put content into a form where it says nothing yet; gives the labels of fields that were left as they are.

    Args:
        choice: ``MODEL`` or ``JOB``.
    """
    found, left = form.setdefault("found", {}), []
    for path, label in _PLACES.items():
        value = value_at(content, path.split("."))
        if value in (None, "", [], {}) or path in found:
            continue
        current = value_at(form["content"], path.split("."))
        if current is None:
            put(form["content"], path.split("."), copy.deepcopy(value))
        elif current != value:
            left.append(label)
        found[path] = {"value": copy.deepcopy(value), "of": choice, "from": origin.value}
    return left


def carry_over(form: Form, source: Mapping[str, Any]) -> list[str]:
    """Take whole sections of an earlier card that the form has nothing of; gives the names of those it has."""
    taken = sections_to_inherit(form["content"], source)
    fill(form, taken, MODEL, Origin.CARRIED)
    return [label for section, label in _SECTIONS.items() if source.get(section) and section not in taken]


def add_jobs(form: Form, jobs: list[dict[str, Any]]) -> None:
    """Add evaluation jobs that hold nothing but reports of the choice."""
    form["content"].setdefault("evaluation_details", []).extend(jobs)


def take_out(form: Form, choice: str) -> None:
    """Take out of a form what a choice brought, where nobody wrote over it."""
    found = form.get("found", {})
    for path, item in [(path, item) for path, item in found.items() if item["of"] == choice]:
        if value_at(form["content"], path.split(".")) == item["value"]:
            put(form["content"], path.split("."), None)
        del found[path]
    if choice == MODEL:
        _take_out_jobs(form)


def put_back(form: Form, path: str) -> bool:
    """Put back what was found at a place; False when nothing was."""
    item = form.get("found", {}).get(path)
    if item is None:
        return False
    put(form["content"], path.split("."), copy.deepcopy(item["value"]))
    return True


def badges(form: Form) -> dict[str, Badge]:
    """For each place where a value was found, how the field shows it."""
    return {
        path: _BADGES[Origin(item["from"])] if value_at(form["content"], path.split(".")) == item["value"] else _CHANGED
        for path, item in form.get("found", {}).items()
    }


def numbers(form: Form, choice: str) -> tuple[int, int]:
    """How many fields stand as a choice's facts said them, and how many sections hold carried-over text."""
    kept = [
        (path, item)
        for path, item in form.get("found", {}).items()
        if item["of"] == choice and value_at(form["content"], path.split(".")) == item["value"]
    ]
    carried = {path.partition(".")[0] for path, item in kept if item["from"] == Origin.CARRIED}
    facts = [item["value"] for _, item in kept if item["from"] != Origin.CARRIED]
    return sum(len(value) if isinstance(value, dict) else 1 for value in facts), len(carried)


def _take_out_jobs(form: Form) -> None:
    jobs = form["content"].get("evaluation_details")
    if isinstance(jobs, list):
        kept = [job for job in jobs if not _is_brought(job)]
        put(form["content"], ("evaluation_details",), kept or None)


def _is_brought(job: Any) -> bool:
    """Whether an evaluation job is as the choice brought it."""
    reports = job.get(REPORTS, ()) if isinstance(job, dict) else ()
    return bool(reports) and job.keys() == {"name", REPORTS} and all(item.get("job") == job["name"] for item in reports)
