"""Content of a card from the models and runs of other systems: MLflow, the Hugging Face Hub, fairlearn."""

import json
import os
from collections.abc import Mapping
from typing import Any

from cardwright.client.hub_snapshot import find_snapshot
from cardwright.client.mlflow_tracking import open_tracking
from cardwright.interchange import ImportedFile, LossReport, read_file
from cardwright.interchange.merging import merged
from cardwright.model_card.group_metrics import metric_groups
from cardwright.reports.cursor import shortened

_HUB = "huggingface"
_OVERALL = "overall"
_NAME_LENGTH = 63


def file_of_mlflow(run_id: str | None, model: str | None, tracking_uri: str | None) -> ImportedFile:
    """Read a run, or a version of a registered model with its run, from an MLflow server or store.

    Raises:
        ValueError: neither or both are named, there is no URL, or there is no such model or run.
        ConnectionError: the server did not answer.
    """
    if (run_id is None) == (model is None):
        raise ValueError("Name either a run with run_id=, or a model with model='name/3' or model='name@alias'")
    server = open_tracking(tracking_uri)
    document = server.run_document(run_id) if model is None else server.model_document(model)  # type: ignore[arg-type]
    name = (model or run_id or "").removeprefix("models:/").replace("/", "-")
    return read_file(json.dumps(document).encode(), f"{name}.json", "mlflow")


def file_of_hub(source: "str | os.PathLike[str]", revision: str | None) -> ImportedFile:
    """Read the README and the evaluation results of a model of the Hugging Face Hub.

    Raises:
        FileNotFoundError, ValueError, ConnectionError: as ``find_snapshot``.
    """
    snapshot = find_snapshot(source, revision)
    readme = read_file(snapshot.readme.data, snapshot.readme.name, _HUB)
    (card, *_) = readme.cards
    content, lines = card.content, card.report.lines
    for file in snapshot.results:
        for part in read_file(file.data, file.name, "huggingface-results").cards:
            content, lines = merged(content, part.content), (*lines, *part.report.lines)
    whole = card._replace(content=_with_repository(content, snapshot.repository), report=LossReport(lines))
    return readme._replace(cards=(whole,))


def groups_of_fairlearn(frame: Any) -> list[dict[str, object]]:
    """Return the metric groups of a ``fairlearn.metrics.MetricFrame``: overall, compared, and one for each group.

    Raises:
        TypeError: the object is not a MetricFrame.
    """
    if not all(hasattr(frame, name) for name in ("by_group", "overall", "sensitive_levels")):
        raise TypeError(f"A fairlearn.metrics.MetricFrame is expected, not {type(frame)}")
    table = frame.by_group if hasattr(frame.by_group, "columns") else frame.by_group.to_frame(name=_metric_name(frame))
    by_group = {_label(index): _numbers(row) for index, row in zip(table.index, table.to_dict("records"), strict=True)}
    feature = " and ".join(str(name) for name in table.index.names)
    return [*_overall_groups(frame.overall, table), *metric_groups(feature, by_group)]


def _overall_groups(overall: Any, table: Any) -> list[dict[str, object]]:
    """Return the metrics of all predictions; with control features, those of each combination of their values."""
    if hasattr(overall, "columns"):
        names = " and ".join(str(name) for name in overall.index.names)
        rows = zip(overall.index, overall.to_dict("records"), strict=True)
        whole = {f"{_OVERALL}, {names} = {_label(index)}": row for index, row in rows}
    elif hasattr(overall, "index") and set(overall.index) == set(table.columns):
        whole = {_OVERALL: overall.to_dict()}
    elif hasattr(overall, "index"):  # one metric, for each value of a control feature
        rows = zip(overall.index, overall, strict=True)
        whole = {f"{_OVERALL}, {_label(index)}": {table.columns[0]: value} for index, value in rows}
    else:
        whole = {_OVERALL: {table.columns[0]: overall}}
    return [
        {
            "name": shortened(name, _NAME_LENGTH),
            "metric_data": [{"name": key, "type": "number", "value": value} for key, value in _numbers(row).items()],
        }
        for name, row in whole.items()
    ]


def _metric_name(frame: Any) -> str:
    return getattr(frame.by_group, "name", None) or "metric"


def _numbers(row: Mapping[object, object]) -> dict[str, float]:
    """Return the finite numbers of a row. fairlearn writes NaN for a metric that a group has not."""
    found = {}
    for name, value in row.items():
        item = value.item() if hasattr(value, "item") else value  # a number of numpy
        if isinstance(item, int | float) and not isinstance(item, bool) and item - item == 0:
            found[str(name)] = item
    return found


def _label(index: object) -> str:
    return ", ".join(map(str, index)) if isinstance(index, tuple) else str(index)


def _with_repository(content: str, repository: str | None) -> str:
    """Name the model by the identifier of its repository."""
    if repository is None:
        return content
    document = json.loads(content)
    overview = document.setdefault("model_overview", {})
    overview["model_id"] = repository
    overview.setdefault("model_name", repository)
    return json.dumps(document)
