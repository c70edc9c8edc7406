"""The names by which MLflow addresses models."""

import re
from typing import NamedTuple

from cardwright.client.mlflow_records import Record, record_of, records_of

_ADDRESS = re.compile(r"(?:models:/)?(?P<name>[^@]+?)(?:/(?P<version>\d+)|@(?P<alias>[^/@]+))?", re.DOTALL)
_LOGGED = re.compile(r"models:/(m-[0-9a-f]+)", re.ASCII)


class ModelAddress(NamedTuple):
    """A version of a registered model: by its number, by an alias, or the newest one."""

    name: str
    version: str | None
    alias: str | None

    @classmethod
    def read(cls, text: str) -> "ModelAddress":
        """Read ``name/3``, ``name@alias`` or ``name``, also after ``models:/``.

        Raises:
            ValueError: the text is not the address of a model.
        """
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not a model of MLflow: write 'name/3', 'name@alias' or 'name'")
        return cls(found["name"], found["version"], found["alias"])


def logged_model_id(version: Record, run: Record) -> str | None:
    """Return the logged model that a version was registered from; None if neither version nor run names one."""
    found = _LOGGED.fullmatch(str(version.get("source", "")))
    if found is not None:
        return found[1]
    outputs = records_of(record_of(run.get("outputs")).get("model_outputs"))
    return str(outputs[0]["model_id"]) if len(outputs) == 1 and "model_id" in outputs[0] else None
