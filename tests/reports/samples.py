"""The sample reports, and checks of translations against the content schema."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

DATA = Path(__file__).parent / "data"
REPORTS = sorted(path.name for path in DATA.glob("*.json"))
TABLES = sorted(path.name for path in (*DATA.glob("*.csv"), *DATA.glob("*.jsonl")))
SCHEMA = jsonschema_rs.validator_for(json.loads((Path(__file__).parent / "metric_group.schema.json").read_text()))


def raw(name: str) -> bytes:
    return (DATA / name).read_bytes()


def sample(name: str) -> Any:
    return json.loads(raw(name))


def changed(name: str, *path: str | int, to: object) -> Any:
    """A sample report with one value replaced."""
    report = copy.deepcopy(sample(name))
    holder = report
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = to
    return report


def without(name: str, *path: str | int) -> Any:
    """A sample report with one member taken out."""
    report = copy.deepcopy(sample(name))
    holder = report
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return report


def violations(metric_groups: list[dict[str, object]]) -> list[str]:
    """Return where metric groups break the content schema and its name limits, as sent in strict JSON."""
    metric_groups = orjson.loads(orjson.dumps(metric_groups))  # NaN becomes null; surrogates are refused
    return [f"{error.instance_path}: {error.message}" for error in SCHEMA.iter_errors(metric_groups)]


def by_name(metric_groups: Any) -> dict[str, dict[str, Any]]:
    """``{group: {metric: metric}}`` of a translation."""
    return {group["name"]: {metric["name"]: metric for metric in group["metric_data"]} for group in metric_groups}
