"""Draft forms: what was posted goes in. What a page does not ask for, or the user does not change, stays as it was."""

import copy
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import attrs
import orjson
from werkzeug.datastructures import MultiDict

from cardwright.console.wizard.entries import Texts, changed_members, changed_rows, entered, looks, typed
from cardwright.console.wizard.fields import FormField, InputKind, Step
from cardwright.console.wizard.objective import documented
from cardwright.console.wizard.steps import fields_of
from cardwright.core.card import Description
from cardwright.core.draft_form import DraftForm, card_as_edited
from cardwright.core.json_value import JsonObject, list_at, object_at
from cardwright.core.text_format import KEY, TextFormat, writes_markdown

Posted: TypeAlias = "MultiDict[str, str]"

SIMPLE = frozenset({"number", "string", "boolean"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DETAILS = ("additional_information", "custom_details")
_FILLED_STEPS = ("model", "training", "evaluation", "ethics")  # that a form made of a card has values for


def form_of_card(card_id: str, card: Description) -> DraftForm:
    """The form that changes a card."""
    return DraftForm(
        name=card.name,
        status=reopened(card.status),
        content=documented(orjson.loads(card.content)),
        seen=list(_FILLED_STEPS),
        card=card_as_edited(card_id, card),
    )


def reopened(status: str) -> str:
    """The status that the form of a card proposes to those who cannot keep an Approved card Approved."""
    return status if status in {"Draft", "PendingReview"} else "Draft"


def form_without_card(form: DraftForm) -> DraftForm:
    """The form of a new card with the same content, for a draft whose card was deleted."""
    return attrs.evolve(form, card=None, copied=form.original, note="", comment="")


def form_of_copy(content: str) -> DraftForm:
    """The form of a new card that copies another card's content, without what identifies the other card's model."""
    value = orjson.loads(content)
    overview = value.get("model_overview")
    if isinstance(overview, dict):
        for key in ("model_id", "model_name", "model_version"):
            overview.pop(key, None)
    value.pop("model_package_details", None)
    return DraftForm(content=documented(value), copied=content)


def begin_with(form: DraftForm, template: str) -> None:
    """Copies the content of a template into a form, except where the user has written.

    Leaves out what is about one model: its name, identifiers, files and container, its runs, and its evaluation.
    """
    value = form_of_copy(template).content
    value.pop("evaluation_details", None)
    for keys in _OF_ONE_MODEL:
        put(value, keys, None)
    form.content, form.copied = _members_over(value, form.content), template


_OF_ONE_MODEL = (
    ("model_overview", "model_artifact"),
    ("model_overview", "inference_environment"),
    ("training_details", "training_job_details"),
)


def _members_over(members: JsonObject, written: JsonObject) -> dict[str, object]:
    """The members of a template with what the user has written on top."""
    return {**members, **{key: _over(members.get(key), item) for key, item in written.items()}}


def _over(value: object, written: object) -> object:
    return _members_over(value, written) if isinstance(value, dict) and isinstance(written, dict) else written


def form_of_import(name: str, content: str) -> DraftForm:
    """The form of a new card with the content of a file."""
    return DraftForm(name=name, content=documented(orjson.loads(content)), seen=list(_FILLED_STEPS), copied=content)


def apply(form: DraftForm, step: Step, posted: Posted) -> None:
    """Puts what was posted for a step into a form. Fields that were not posted, or look as before, do not change."""
    for key in ("name", "status", "note", "comment"):
        if key in posted:
            setattr(form, key, entered(posted[key]).strip())
    if "tags.key" in posted:
        form.tags = [[str(key), str(value)] for key, value in _pairs(form.tags, [], posted, "tags")]
    if posted.get("text_format.otherwise") in set(TextFormat):
        wanted = TextFormat.MARKDOWN if "text_format" in posted else TextFormat.PLAIN
        _apply_text_format(form.content, wanted, TextFormat(posted["text_format.otherwise"]))
    content, text = form.content, form.original
    own = {} if text is None else documented(orjson.loads(text))
    evaluations = content.get("evaluation_details")
    for field in fields_of(step, len(evaluations) if isinstance(evaluations, list) else 0):
        _READ[field.kind](content, own, field, posted)
    if step.slug == "evaluation" and isinstance(evaluations, list):
        for number, evaluation in enumerate(evaluations):
            _apply_groups(evaluation, f"evaluation_details.{number}.metric_groups", posted)
    form.step = step.slug
    if step.slug not in form.seen:
        form.seen.append(step.slug)


def drop_row(form: DraftForm, posted: Posted, argument: str) -> None:
    """Removes one row from a form and from what was posted; ``path:2`` is the third row of the page.

    Posted rows are compared with the form's rows by position, so both lose it. Jobs, groups and reports have no such
    rows and are not changed.
    """
    path, _, text = argument.rpartition(":")
    number = int(text) if text.isdecimal() and len(text) < 6 else -1
    columns = [path, *(f"{path}.{member}" for member in ("index", "name", "value", "notes", "key"))]
    rows = {key: posted.getlist(key) for key in columns if 0 <= number < len(posted.getlist(key))}
    if not rows:
        return
    index = rows.get(f"{path}.index", [str(number)] * (number + 1))[number]
    if index.isdecimal():
        _drop_stored(form, path, int(index))
    for key, texts in rows.items():
        left = [*texts[:number], *texts[number + 1 :]]
        if key.endswith(".index"):
            left = [
                str(int(at) - 1) if at.isdecimal() and index.isdecimal() and int(at) > int(index) else at for at in left
            ]
        posted.setlist(key, left or [""])


def _drop_stored(form: DraftForm, path: str, number: int) -> None:
    keys = (*path.removesuffix(".metric").split("."), *(("metric_data",) if path.endswith(".metric") else ()))
    rows = form.tags if path == "tags" else value_at(form.content, keys)
    if not isinstance(rows, list | dict) or number >= len(rows):
        return
    del rows[list(rows)[number] if isinstance(rows, dict) else number]
    if not rows and path != "tags" and not path.endswith(".metric"):
        put(form.content, keys, None)


def value_at(content: object, keys: Sequence[str]) -> object:
    """The value at a path; None where there is none."""
    for key in keys:
        if isinstance(content, list):
            content = content[int(key)] if key.isdecimal() and int(key) < len(content) else None
        else:
            content = content.get(key) if isinstance(content, dict) else None
    return content


def put(content: dict[str, object], keys: Sequence[str], value: object) -> None:
    """Puts a value at a path, and adds missing objects above it; None removes it, with objects that become empty.

    Raises:
        TypeError: an item of a list on the way has no members.
    """
    *above, last = keys
    trail: list[tuple[object, str]] = []
    holder: object = content
    for key, following in zip(above, keys[1:], strict=True):
        trail.append((holder, key))
        if isinstance(holder, list):
            holder = holder[int(key)]
            continue
        members = _changeable(holder, keys)
        inner = members.get(key)
        if not (isinstance(inner, dict) or (isinstance(inner, list) and following.isdecimal())):
            if value is None:
                return
            inner = members[key] = {}
        holder = inner
    members = _changeable(holder, keys)
    if value is not None:
        members[last] = value
        return
    members.pop(last, None)
    for outer, key in reversed(trail):
        if isinstance(outer, dict) and outer[key] == {}:
            del outer[key]
        else:
            break


def _changeable(holder: object, keys: Sequence[str]) -> dict[str, object]:
    if not isinstance(holder, dict):
        raise TypeError(f"{'.'.join(keys)} is below a value without members")
    return holder


def read_number(text: str) -> int | float | str:
    """The finite number that a text shows; else the text itself, which the user has to correct."""
    text = text.strip().replace("\u2212", "-")
    if _INTEGER.fullmatch(text):
        return int(text)
    if len(text) <= 400 and _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def _scalar(content: dict[str, object], own: object, field: FormField, posted: Posted) -> None:
    """Stores the value of a text: the draft's or the card's own value where the text looks like it."""
    if field.path not in posted:
        return
    text, before, stored = entered(posted[field.path]), value_at(content, field.keys), value_at(own, field.keys)
    if text == looks(before):
        return
    if stored is not None and text == looks(stored):
        put(content, field.keys, copy.deepcopy(stored))
        return
    kept = text if field.kind is InputKind.TEXT else typed(text, before)
    if kept != looks(before):
        value: object = (read_number(kept) if field.kind is InputKind.NUMBER else kept) if kept.strip() else None
        put(content, field.keys, value)


def _list(content: dict[str, object], own: object, field: FormField, posted: Posted) -> None:
    if field.path in posted:
        texts = [(entered(item),) for item in posted.getlist(field.path)]
        before, stored = list_at(value_at(content, field.keys)), list_at(value_at(own, field.keys))
        items = changed_rows(before, stored, texts, lambda item: (looks(item),), _item)
        _put_members(content, field, items)


def _item(before: object, texts: Texts) -> str:
    return typed(texts[0], before)


def _rows(content: dict[str, object], own: object, field: FormField, posted: Posted) -> None:
    if f"{field.path}.name" not in posted:
        return
    columns = [[entered(text) for text in posted.getlist(f"{field.path}.{column}")] for column in field.columns]

    def look(row: object) -> Texts:
        return tuple(looks(object_at(row).get(column)) for column in field.columns)

    def write(row: object, texts: Texts) -> object:
        old = object_at(row)
        return changed_members(old, dict(zip(field.columns, texts, strict=True)), partial(_member, field, old))

    before, stored = list_at(value_at(content, field.keys)), list_at(value_at(own, field.keys))
    _put_members(content, field, changed_rows(before, stored, list(zip(*columns, strict=False)), look, write))


def _member(field: FormField, row: Mapping[str, object], column: str, text: str) -> object:
    measured = column == "value" and "notes" in field.columns
    return read_number(text) if measured else typed(text, row.get(column))


def _pairs_field(content: dict[str, object], own: object, field: FormField, posted: Posted) -> None:
    if f"{field.path}.key" in posted:
        before, stored = object_at(value_at(content, field.keys)), object_at(value_at(own, field.keys))
        pairs = _pairs(before.items(), stored.items(), posted, field.path)
        _put_members(content, field, {str(key): value for key, value in pairs})


def _put_members(content: dict[str, object], field: FormField, members: list[object] | dict[str, object]) -> None:
    """Stores the members of a field. An empty list stays an empty list: saving an unchanged page changes nothing."""
    if members or value_at(content, field.keys):
        put(content, field.keys, members or None)


def _pairs(
    before: Iterable[Sequence[object]], own: Iterable[Sequence[object]], posted: Posted, path: str
) -> list[tuple[object, object]]:
    texts = [
        (entered(key), entered(value))
        for key, value in zip(posted.getlist(f"{path}.key"), posted.getlist(f"{path}.value"), strict=False)
    ]
    stored, known = ([(key, value) for key, value in pairs] for pairs in (before, own))
    return changed_rows(stored, known, texts, lambda pair: (looks(pair[0]), looks(pair[1])), _pair)


def _pair(before: tuple[object, object] | None, texts: Texts) -> tuple[object, object]:
    (key, value), (old_key, old_value) = texts, before or ("", None)
    return (
        old_key if before and key == looks(old_key) else typed(key, old_key),
        old_value if before and value == looks(old_value) else value,
    )


_READ = {
    InputKind.LINE: _scalar,
    InputKind.TEXT: _scalar,
    InputKind.NUMBER: _scalar,
    InputKind.CHOICE: _scalar,
    InputKind.RATING: _scalar,
    InputKind.LIST: _list,
    InputKind.ROWS: _rows,
    InputKind.PAIRS: _pairs_field,
}


def _apply_groups(evaluation: dict[str, object], path: str, posted: Posted) -> None:
    """Stores metrics entered by hand. Each posted row names its metric, so that charts between rows stay."""
    groups = evaluation.get("metric_groups")
    for number, group in enumerate(groups if isinstance(groups, list) else []):
        prefix = f"{path}.{number}"
        if f"{prefix}.name" in posted and isinstance(group, dict):
            name = entered(posted[f"{prefix}.name"])
            if name != looks(group.get("name")):
                group["name"] = typed(name, group.get("name"))
            group["metric_data"] = _metrics(group.get("metric_data") or [], prefix, posted)


def _metrics(before: Sequence[object], prefix: str, posted: Posted) -> list[object]:
    columns = [posted.getlist(f"{prefix}.metric.{column}") for column in ("index", "name", "value", "notes")]
    rows = {
        _place(index, len(before), number): tuple(map(entered, texts))
        for number, (index, *texts) in enumerate(zip(*columns, strict=False))
    }
    metrics = []
    for index in range(max([len(before), *(key + 1 for key in rows)])):
        old = before[index] if index < len(before) else None
        texts = rows.get(index)
        if texts is None:
            metrics += [] if old is None else [old]
        elif isinstance(old, dict) and texts == tuple(looks(old.get(name)) for name in ("name", "value", "notes")):
            metrics.append(old)
        elif any(text.strip() for text in texts):
            metrics.append(_metric(old if isinstance(old, dict) else {}, *texts))
    return metrics


def _place(index: str, length: int, number: int) -> int:
    """The place of a metric that a posted row names; of a new one, after the others."""
    named = int(index) if index.isdecimal() and len(index) < 6 else length
    return named if named < length else length + number


def _metric(old: Mapping[str, object], name: str, value: str, notes: str) -> dict[str, object]:
    """A metric with what was posted of it: a value that changed brings its type with it."""
    metric = {"name": "", "type": "number"} | dict(old)
    if name != looks(old.get("name")):
        metric["name"] = typed(name, old.get("name"))
    if value != looks(old.get("value")):
        metric.pop("value", None)
        metric |= _typed_value(value, old.get("value")) if value.strip() else {"type": "number"}
    if notes != looks(old.get("notes")):
        metric.pop("notes", None)
        metric |= {"notes": notes} if notes.strip() else {}
    return metric


def _typed_value(text: str, before: object) -> dict[str, object]:
    value: object = {"true": True, "false": False}.get(text.strip().lower(), read_number(text))
    kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    value = typed(text, before) if kind == "string" else value
    return {"type": kind, "value": value}


def _apply_text_format(content: dict[str, object], wanted: TextFormat, otherwise: TextFormat) -> None:
    """Set the custom detail that says how the texts are written, or remove it where the account's format is wanted.

    A card that has the wanted format already does not change.
    """
    if writes_markdown(content, otherwise) == (wanted is TextFormat.MARKDOWN):
        return
    put(content, (*_DETAILS, KEY), None if wanted is otherwise else wanted.value)
