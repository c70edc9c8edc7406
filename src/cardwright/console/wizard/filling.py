"""Fills a form with values from the registry, where the user has not written, and marks where each came from.

The form keeps each such value under ``found``, by its path. A value that the user overwrites shows as changed. A value
that the user did not touch is removed together with the choice that brought it.
"""

import copy
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from cardwright.console.wizard.forms import put, value_at
from cardwright.console.wizard.steps import STEPS, fields_of
from cardwright.core.draft_form import REPORTS, DraftForm, Found, jobs_of, reports_of
from cardwright.core.field_names import field_label
from cardwright.core.inheritance import INHERITED_SECTIONS, sections_to_inherit
from cardwright.core.json_value import object_at

MODEL, JOB = "model", "job"
"""The two choices that fill a form: a model or model package, and a training job."""


class Origin(StrEnum):
    """Where a value came from."""

    REGISTRY = "registry"
    OWN_CARD = "own"
    CARRIED = "carried"


class Badge(NamedTuple):
    """How a field shows where its value came from: an icon, a text, and whether the user overwrote it."""

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
    **{section: field_label(section) for section in ("model_package_details", "evaluation_details")},
}
_SECTIONS = dict(
    zip(INHERITED_SECTIONS, ("Business details", "Intended uses", "Ethics, caveats and custom details"), strict=True)
)


def fill(form: DraftForm, content: Mapping[str, object], choice: str, origin: Origin = Origin.REGISTRY) -> list[str]:
    """Fills in the empty fields of a form; returns the labels of fields that have another value already.

    Args:
        choice: ``MODEL`` or ``JOB``.
    """
    found, left = form.found, []
    for path, label in _PLACES.items():
        value = value_at(content, path.split("."))
        if value in (None, "", [], {}) or path in found:
            continue
        current = value_at(form.content, path.split("."))
        if current is None:
            put(form.content, path.split("."), copy.deepcopy(value))
        elif current != value:
            left.append(label)
        found[path] = Found(copy.deepcopy(value), choice, origin.value)
    return left


def carry_over(form: DraftForm, source: Mapping[str, object]) -> list[str]:
    """Copies the sections of an earlier card that the form has nothing of; returns the names of the others."""
    taken = sections_to_inherit(form.content, source)
    fill(form, taken, MODEL, Origin.CARRIED)
    return [label for section, label in _SECTIONS.items() if source.get(section) and section not in taken]


def add_jobs(form: DraftForm, jobs: list[dict[str, object]]) -> None:
    """Adds evaluation jobs that consist of the choice's reports."""
    jobs_of(form.content).extend(jobs)


def take_out(form: DraftForm, choice: str) -> None:
    """Removes what a choice brought, except where the user overwrote it."""
    for path, item in [(path, item) for path, item in form.found.items() if item.choice == choice]:
        if value_at(form.content, path.split(".")) == item.value:
            put(form.content, path.split("."), None)
        del form.found[path]
    if choice == MODEL:
        _take_out_jobs(form)


def put_back(form: DraftForm, path: str) -> bool:
    """Restores the value that a choice brought to a path; False when there is none."""
    item = form.found.get(path)
    if item is None:
        return False
    put(form.content, path.split("."), copy.deepcopy(item.value))
    return True


def badges(form: DraftForm) -> dict[str, Badge]:
    """The badge of each field that a choice brought a value to, by path."""
    return {
        path: _BADGES[Origin(item.origin)] if value_at(form.content, path.split(".")) == item.value else _CHANGED
        for path, item in form.found.items()
    }


def numbers(form: DraftForm, choice: str) -> tuple[int, int]:
    """How many fields still have the choice's values, and how many sections have carried-over text."""
    kept = [
        (path, item)
        for path, item in form.found.items()
        if item.choice == choice and value_at(form.content, path.split(".")) == item.value
    ]
    carried = {path.partition(".")[0] for path, item in kept if item.origin == Origin.CARRIED}
    facts = [item.value for _, item in kept if item.origin != Origin.CARRIED]
    return sum(len(value) if isinstance(value, dict) else 1 for value in facts), len(carried)


def _take_out_jobs(form: DraftForm) -> None:
    jobs = form.content.get("evaluation_details")
    if isinstance(jobs, list):
        kept = [job for job in jobs if not _is_brought(job)]
        put(form.content, ("evaluation_details",), kept or None)


def _is_brought(job: object) -> bool:
    """Whether an evaluation job is unchanged since the choice brought it."""
    members, reports = object_at(job), reports_of(job)
    is_alone = members.keys() == {"name", REPORTS}
    return bool(reports) and is_alone and all(report.get("job") == members["name"] for report in reports)
