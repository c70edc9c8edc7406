"""The draft's form: what was posted goes in, a card's content comes out.

A form is the content, with texts where a number could not be read and with ``_reports`` in evaluation jobs, beside
the card's name, status and tags. What the form does not ask for stays as it was.
"""

import copy
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import orjson
from werkzeug.datastructures import MultiDict

from cardwright.console.fields import Field, Kind, Step
from cardwright.console.steps import fields_of
from cardwright.core.card import Description

Form: TypeAlias = dict[str, Any]
Posted: TypeAlias = "MultiDict[str, str]"

REPORTS = "_reports"
SIMPLE = frozenset({"number", "string", "boolean"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def new_form() -> Form:
    """The form of a card about which nothing is known."""
    card: Form = {"name": "", "status": "Draft", "tags": [], "note": "", "comment": "", "content": {}}
    return card | {"seen": [], "step": "model"}


def form_of_card(card_id: str, card: Description) -> Form:
    """The form that changes a card. It remembers the card, the version and the status that it began with."""
    value = orjson.loads(card.content)
    reopened = card.status if card.status in {"Draft", "PendingReview"} else "Draft"
    form = new_form() | {"name": card.name, "status": reopened, "content": _nested_objective(value)}
    return form | {
        "card": card.name,
        "card_id": card_id,
        "version": card.version,
        "status_then": card.status,
        "base": card.content,
        "seen": ["model", "training", "evaluation", "ethics"],
    }


def form_without_card(form: Form) -> Form:
    """The form of a new card, where the one that it would have changed is gone."""
    of_card = {"card", "card_id", "version", "status_then", "base"}
    return {key: value for key, value in form.items() if key not in of_card}


def form_of_copy(content: str) -> Form:
    """The form of a card that begins as another one's content, without what belongs to that one's model alone."""
    value = orjson.loads(content)
    overview = value.get("model_overview")
    if isinstance(overview, dict):
        for key in ("model_id", "model_name", "model_version"):
            overview.pop(key, None)
    value.pop("model_package_details", None)
    return new_form() | {"content": _nested_objective(value), "seen": []}


def content_of(form: Mapping[str, Any]) -> Any:
    """The content that a form says, with the groups of its reports in their evaluation jobs."""
    content = copy.deepcopy(form["content"])
    evaluations = content.get("evaluation_details")
    if isinstance(evaluations, list):
        for evaluation in evaluations:
            for report in evaluation.pop(REPORTS, ()):
                evaluation.setdefault("metric_groups", []).extend(report["groups"])
    return content


def content_text(form: Mapping[str, Any]) -> str:
    """The content as the string that is stored: the card's own string, when nothing was changed."""
    content = content_of(form)
    base = form.get("base")
    if base is not None and orjson.loads(base) == content:
        return str(base)
    return orjson.dumps(content).decode()


def keeps_content(form: Mapping[str, Any]) -> bool:
    """Whether a form changes a card and leaves its content as it was, so that saving makes no new version."""
    return form.get("base") is not None and content_text(form) == form["base"]


def apply(form: Form, step: Step, posted: Posted) -> Form:
    """A form with what was posted for a step. Fields that were not posted stay as they are."""
    form = copy.deepcopy(form)
    for key in ("name", "status", "note", "comment"):
        if key in posted:
            form[key] = _text(posted[key]).strip()
    if "tags.key" in posted:
        form["tags"] = _pairs(posted, "tags")
    content = form["content"]
    evaluations = content.get("evaluation_details")
    for field in fields_of(step, len(evaluations) if isinstance(evaluations, list) else 0):
        _READ[field.kind](content, field, posted)
    if step.slug == "evaluation" and isinstance(evaluations, list):
        for number, evaluation in enumerate(evaluations):
            _apply_groups(evaluation, f"evaluation_details.{number}.metric_groups", posted)
    form["step"] = step.slug
    if step.slug not in form["seen"]:
        form["seen"].append(step.slug)
    return form


def value_at(content: Any, keys: Sequence[str]) -> Any:
    """What stands at a path, None where nothing does."""
    for key in keys:
        if isinstance(content, list):
            content = content[int(key)] if key.isdecimal() and int(key) < len(content) else None
        else:
            content = content.get(key) if isinstance(content, dict) else None
    return content


def put(content: Any, keys: Sequence[str], value: Any) -> None:
    """Put a value at a path, making the objects above it; None takes it away, with objects that become empty."""
    *above, last = keys
    trail = []
    for key in above:
        trail.append((content, key))
        if isinstance(content, list):
            content = content[int(key)]
            continue
        inner = content.get(key)
        if not isinstance(inner, dict | list):
            if value is None:
                return
            inner = content[key] = {}
        content = inner
    if value is not None:
        content[last] = value
        return
    content.pop(last, None)
    for outer, key in reversed(trail):
        if isinstance(outer, dict) and outer[key] == {}:
            del outer[key]
        else:
            break


def read_number(text: str) -> int | float | str:
    """The finite number that a text shows, else the text itself, to be corrected."""
    text = text.strip().replace("\u2212", "-")
    if _INTEGER.fullmatch(text):
        return int(text)
    if len(text) <= 400 and _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def shown(value: object) -> str:
    """A value as an input shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _text(text: str) -> str:
    """Posted text as it is kept: line breaks as one character each, and nothing that UTF-8 cannot hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()


def _scalar(content: Any, field: Field, posted: Posted) -> None:
    if field.path not in posted:
        return
    text = _text(posted[field.path])
    text = text if field.kind is Kind.TEXT else text.strip()
    before = value_at(content, field.keys)
    unposted = shown(before) if field.kind is Kind.TEXT else shown(before).strip()
    if unposted == text or (isinstance(before, str) and _text(before) == text):
        return  # as it was: a text with line breaks of its own, a version "1.0"
    value: Any = (read_number(text) if field.kind is Kind.NUMBER else text) if text.strip() else None
    put(content, field.keys, value)


def _list(content: Any, field: Field, posted: Posted) -> None:
    if field.path in posted:
        items = [text for text in (_text(item).strip() for item in posted.getlist(field.path)) if text]
        _put_members(content, field, items)


def _rows(content: Any, field: Field, posted: Posted) -> None:
    if f"{field.path}.name" not in posted:
        return
    before = value_at(content, field.keys) or []
    columns = [[_text(text) for text in posted.getlist(f"{field.path}.{column}")] for column in field.columns]
    rows = []
    for number, texts in enumerate(zip(*columns, strict=False)):
        if not any(text.strip() for text in texts):
            continue
        old = before[number] if number < len(before) and isinstance(before[number], dict) else {}
        row = {key: value for key, value in old.items() if key not in field.columns}
        for column, text in zip(field.columns, texts, strict=True):
            if shown(old.get(column)) == text and column in old:
                row[column] = old[column]
            elif text.strip():
                measured = column == "value" and "notes" in field.columns
                row[column] = read_number(text) if measured else text.strip()
        rows.append(row)
    _put_members(content, field, rows)


def _pairs_field(content: Any, field: Field, posted: Posted) -> None:
    if f"{field.path}.key" in posted:
        _put_members(content, field, dict(_pairs(posted, field.path)))


def _put_members(content: Any, field: Field, members: list[Any] | dict[str, str]) -> None:
    """Keep what a field has in it. What was there and empty stays so: a card is not changed by being looked at."""
    if members or value_at(content, field.keys):
        put(content, field.keys, members or None)


def _pairs(posted: Posted, path: str) -> list[list[str]]:
    keys, values = posted.getlist(f"{path}.key"), posted.getlist(f"{path}.value")
    pairs = [[_text(key).strip(), _text(value)] for key, value in zip(keys, values, strict=False)]
    return [pair for pair in pairs if pair[0] or pair[1].strip()]


_READ = {
    Kind.LINE: _scalar,
    Kind.TEXT: _scalar,
    Kind.NUMBER: _scalar,
    Kind.CHOICE: _scalar,
    Kind.RATING: _scalar,
    Kind.LIST: _list,
    Kind.ROWS: _rows,
    Kind.PAIRS: _pairs_field,
}


def _apply_groups(evaluation: Form, path: str, posted: Posted) -> None:
    """The metrics by hand. Each posted row names the metric that it shows, so that charts between rows stay."""
    groups = evaluation.get("metric_groups")
    for number, group in enumerate(groups if isinstance(groups, list) else []):
        prefix = f"{path}.{number}"
        if f"{prefix}.name" in posted and isinstance(group, dict):
            group["name"] = _text(posted[f"{prefix}.name"]).strip()
            group["metric_data"] = _metrics(group.get("metric_data") or [], prefix, posted)


def _metrics(before: Sequence[Any], prefix: str, posted: Posted) -> list[Any]:
    members = [posted.getlist(f"{prefix}.metric.{column}") for column in ("index", "name", "value", "notes")]
    posted_rows = {
        int(index) if index.isdecimal() else len(before) + number: (
            _text(name).strip(),
            _text(value).strip(),
            _text(notes),
        )
        for number, (index, name, value, notes) in enumerate(zip(*members, strict=False))
    }
    metrics = []
    for index in range(max([len(before), *(key + 1 for key in posted_rows)])):
        old = before[index] if index < len(before) else None
        if index not in posted_rows:
            metrics += [] if old is None else [old]
            continue
        name, value, notes = posted_rows[index]
        if not (name or value or notes.strip()):
            continue
        metrics.append(_metric(old if isinstance(old, dict) else {}, name, value, notes))
    return metrics


def _metric(old: Mapping[str, Any], name: str, value: str, notes: str) -> dict[str, Any]:
    if old and shown(old.get("value")) == value:
        typed: dict[str, Any] = {"type": old.get("type"), "value": old.get("value")}
    else:
        read: Any = {"true": True, "false": False}.get(value.lower(), read_number(value))
        kind = "boolean" if isinstance(read, bool) else "string" if isinstance(read, str) else "number"
        typed = {"type": kind, "value": read} if value else {"type": "number"}
    metric = dict(old) | {"name": name, **typed}
    metric.pop("notes", None)
    return metric | ({"notes": notes} if notes.strip() else {})


def _nested_objective(content: Any) -> Any:
    """The objective in its documented form, where it stands in the flat one that SDK v3 writes."""
    training = content.get("training_details") if isinstance(content, dict) else None
    if not isinstance(training, dict):
        return content
    objective = training.get("objective_function")
    if isinstance(objective, dict) and (isinstance(objective.get("function"), str) or "facet" in objective):
        inner = {key: value for key, value in objective.items() if key != "notes"}
        notes = {"notes": objective["notes"]} if "notes" in objective else {}
        training["objective_function"] = {"function": inner, **notes}
    return content
