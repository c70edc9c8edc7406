"""The objective of training: the documented form, which the console asks for, and the flat one that SDK v3 writes."""

from typing import Any

_TRAINING, _OBJECTIVE = "training_details", "objective_function"


def documented(content: Any) -> Any:
    """Content with its objective in the documented form; changed in place."""
    if is_flat(content):
        objective = content[_TRAINING][_OBJECTIVE]
        inner = {key: value for key, value in objective.items() if key != "notes"}
        content[_TRAINING][_OBJECTIVE] = {"function": inner, **_notes(objective)}
    return content


def flattened(content: Any) -> Any:
    """A copy of content with its objective in the flat form, unless that would not be read as flat."""
    objective = _objective(content)
    inner = objective.get("function") if isinstance(objective, dict) else None
    if not isinstance(inner, dict) or not _is_flat(inner):
        return content
    return content | {_TRAINING: content[_TRAINING] | {_OBJECTIVE: inner | _notes(objective)}}


def is_flat(content: Any) -> bool:
    """Whether content has an objective in the flat form."""
    return _is_flat(_objective(content))


def _objective(content: Any) -> Any:
    training = content.get(_TRAINING) if isinstance(content, dict) else None
    return training.get(_OBJECTIVE) if isinstance(training, dict) else None


def _is_flat(objective: Any) -> bool:
    return isinstance(objective, dict) and (isinstance(objective.get("function"), str) or "facet" in objective)


def _notes(objective: Any) -> dict[str, Any]:
    return {"notes": objective["notes"]} if "notes" in objective else {}
