"""Places in a card: paths, their JSON Pointers, and the keys of custom details."""

import itertools
import re

from cardwright.interchange.limits import Path
from cardwright.interchange.source import escaped

CUSTOM: Path = ("additional_information", "custom_details")
TRAINING_JOB: Path = ("training_details", "training_job_details")
PARAMETERS: Path = (*TRAINING_JOB, "user_provided_hyper_parameters")
TRAINING_METRICS: Path = (*TRAINING_JOB, "user_provided_training_metrics")
TRAINING_DATASETS: Path = (*TRAINING_JOB, "training_datasets")

_NOT_IN_KEYS = re.compile(r"[^a-z0-9_]+")


def member_at(value: object, step: str | int) -> object:
    """Return the member or item of a value; None if there is none."""
    if isinstance(value, list):
        return value[step] if isinstance(step, int) and step < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def write_at(document: dict[str, object], target: Path, value: object) -> None:
    """Put a value into a document at a path, with the objects and lists above it. A list gets its next item only.

    Raises:
        TypeError: a value on the way has no members, or no such item.
    """
    holder: object = document
    for step, following in itertools.pairwise(target):
        empty: object = [] if isinstance(following, int) else {}
        if isinstance(holder, list) and isinstance(step, int):
            if step == len(holder):
                holder.append(empty)
            holder = holder[step]
        elif isinstance(holder, dict):
            holder = holder.setdefault(step, empty)
        else:
            raise TypeError(f"{step} of {pointer_of(target)} is below a value without members")
    last = target[-1]
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list) and isinstance(last, int) and last <= len(holder):
        holder[last : last + 1] = [value]
    else:
        raise TypeError(f"{pointer_of(target)} is below a value without members")


def pointer_of(path: Path) -> str:
    """Return a path of the card as JSON Pointer."""
    return "".join(f"/{escaped(step)}" for step in path)


def place_of(words: str) -> Path:
    """Return the place in a card that ``section:member:0:name`` names. A custom detail's key may have colons."""
    section, member, *more = [*words.split(":"), "", ""]
    if (section, member) == CUSTOM:
        return (*CUSTOM, ":".join(more[:-2]))
    return tuple(int(step) if step.isdecimal() else step for step in (section, member, *more) if step)


def key_of(words: str | int) -> str:
    """Return words as one part of a custom detail's key: lower-case letters, digits and underscores.

    ``modelArchitecture`` and ``model architecture`` become ``model_architecture``.
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(words)).lower()
    return _NOT_IN_KEYS.sub("_", parted).strip("_")[:60] or "_"
