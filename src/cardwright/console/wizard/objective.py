"""The objective of training: the documented form, which the console asks for, and the flat one that SDK v3 writes."""

from cardwright.core.json_value import JsonObject, object_at

_TRAINING, _OBJECTIVE = "training_details", "objective_function"


def documented(content: dict[str, object]) -> dict[str, object]:
    """Content with its objective in the documented form; changed in place."""
    training = content.get(_TRAINING)
    if isinstance(training, dict) and is_flat(content):
        objective = object_at(training, _OBJECTIVE)
        inner = {key: value for key, value in objective.items() if key != "notes"}
        training[_OBJECTIVE] = {"function": inner, **_notes(objective)}
    return content


def flattened(content: dict[str, object]) -> dict[str, object]:
    """A copy of content with its objective in the flat form, unless that would not be read as flat."""
    objective = object_at(content, _TRAINING, _OBJECTIVE)
    inner = object_at(objective, "function")
    if not _is_flat(inner):
        return content
    training = {**object_at(content, _TRAINING), _OBJECTIVE: {**inner, **_notes(objective)}}
    return content | {_TRAINING: training}


def is_flat(content: object) -> bool:
    """Whether content has an objective in the flat form."""
    return _is_flat(object_at(content, _TRAINING, _OBJECTIVE))


def _is_flat(objective: JsonObject) -> bool:
    return isinstance(objective.get("function"), str) or "facet" in objective


def _notes(objective: JsonObject) -> JsonObject:
    return {"notes": objective["notes"]} if "notes" in objective else {}
