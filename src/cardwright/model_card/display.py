"""A card in a notebook: one small table, everything in it escaped."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_LONGEST = 300


def card_html(name: str | None, status: str, version: int | None, content: Mapping[str, Any]) -> str:
    """Return a card as an HTML table.

    Args:
        name: the card's name, if it has one yet.
        status: its status.
        version: its version, if it was created.
        content: its content as plain JSON types.
    """
    number = "not created yet" if version is None else f"version {version}"
    caption = f"<caption>{_cell(name or 'Model card')} · {_cell(status)} · {_cell(number)}</caption>"
    rows = "".join(f"<tr><th>{_cell(label)}</th><td>{_cell(value)}</td></tr>" for label, value in _rows(content))
    return f"<table>{caption}{rows}</table>"


def _rows(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section, value in content.items():
        if isinstance(value, Mapping):
            for member, part in value.items():
                yield _label(member), _summary(part)
        elif section == "evaluation_details" and isinstance(value, list):
            for job in value:
                if isinstance(job, Mapping):
                    yield f"Evaluation: {job.get('name', '')}", ", ".join(_results(job))
        else:
            yield _label(section), _summary(value)


def _results(job: Mapping[str, Any]) -> Iterator[str]:
    for group in job.get("metric_groups") or ():
        for metric in group.get("metric_data") or ():
            value = metric.get("value")
            yield str(metric.get("name")) if isinstance(value, list) else f"{metric.get('name')} {value}"


def _summary(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_label(str(key))}: {_summary(child)}" for key, child in value.items())
    if isinstance(value, list):
        return ", ".join(map(_summary, value)) if all(isinstance(item, str) for item in value) else f"{len(value)}"
    return str(value)


def _label(member: str) -> str:
    return member.replace("_", " ").capitalize()


def _cell(value: object) -> str:
    text = str(value)
    return escape(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
