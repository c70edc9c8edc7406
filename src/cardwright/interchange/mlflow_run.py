"""An MLflow run and a logged model: parameters, metrics with their histories, datasets, tags."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from cardwright.core.json_value import object_at, objects_at
from cardwright.interchange.card_places import CUSTOM, PARAMETERS, TRAINING_DATASETS, TRAINING_METRICS, key_of
from cardwright.interchange.limits import Path, most_items, shortened
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.number_transfer import METRIC_NAME, METRIC_TEXT
from cardwright.interchange.numbers import read_number
from cardwright.interchange.source import Source, joined
from cardwright.interchange.transfer import Transfer

EVALUATION_PREFIXES = ("val_", "valid_", "validation_", "test_", "eval_", "evaluation_")
"""Metrics whose names begin so are of an evaluation."""

_CURVE_POINTS = 200
_HISTORY = ("metrics", "metrics")
_PART = "Part of the text"
_TAGS: Mapping[str, Path] = {
    "mlflow.user": ("model_overview", "model_creator"),
    "owner": ("model_overview", "model_owner"),
    "estimator_name": ("model_overview", "algorithm_type"),
    "mlflow.note.content": ("model_overview", "model_description"),
}
"""The tags that a card has a member for."""


class _Pair(NamedTuple):
    """A tag, parameter or metric: its name, its value, and the leaf of the name where there is one."""

    name: str
    value: Source
    key: Source | None
    whole: Source


def read_run(transfer: Transfer, run: Source, history: Source) -> None:
    """Put the facts of a run into a card.

    Args:
        run: a run of the REST interface (``info``, ``data``, ``inputs``) or of an export (no ``data``).
        history: the histories of metrics by name; may be absent.
    """
    data = run.find("data") if run.find("data").exists else run
    read_tags(transfer, data.find("tags"), "mlflow.tag")
    _read_parameters(transfer, data.find("params"))
    _read_metrics(transfer, data.find("metrics"), history)
    listed = run.find("inputs", "dataset_inputs")
    _read_datasets(transfer, listed if listed.exists else run.find("inputs"))
    for name, key in (("run_id", "run_id"), ("run_uuid", "run_id"), ("run_name", "run_name"), ("user_id", "user")):
        leaf = run.find("info", name)
        if leaf.exists and not transfer.is_used(leaf):
            _moved(transfer, f"mlflow.{key}", _Pair(name, leaf, None, leaf))


def read_logged_model(transfer: Transfer, logged: Source, of_run: Collection[str]) -> None:
    """Put the facts of a logged model into a card that may have those of its run.

    Args:
        of_run: the names of the run's metrics, which the logged model repeats.
    """
    info, data = logged.find("info"), logged.find("data")
    transfer.keep(("model_overview", "problem_type"), info.find("model_type"))
    read_tags(transfer, info.find("tags"), "mlflow.logged_tag")
    _read_parameters(transfer, data.find("params"))
    for pair in _pairs(data.find("metrics")):
        if pair.name in of_run and pair.whole.find("dataset_name").is_placeholder:
            transfer.drop(pair.whole, "The card has the metric of the run")
        else:
            _read_metric(transfer, pair.name, pair.whole, pair.value, pair.key)


def metric_names(run: Source) -> frozenset[str]:
    """Return the names of a run's metrics."""
    data = run.find("data") if run.find("data").exists else run
    return frozenset(pair.name for pair in _pairs(data.find("metrics")))


def read_tags(transfer: Transfer, tags: Source, prefix: str) -> None:
    """Put tags into their members; others into custom details below a prefix."""
    for tag in _pairs(tags):
        member = _TAGS.get(tag.name)
        if member is not None and transfer.get(member) == tag.value.text:
            _claim(transfer, tag, member)
        elif member is not None and transfer.get(member) is None and transfer.keep(member, tag.value):
            _claim_key(transfer, tag, member)
        else:
            short = tag.name.removeprefix("mlflow.")
            _moved(transfer, f"{'mlflow' if short != tag.name else prefix}.{key_of(short)}", tag)


def _pairs(holder: Source) -> Iterator[_Pair]:
    """Yield names and values of a list of ``{key, value}``, or of an object."""
    if isinstance(holder.value, dict):
        for name, value in holder.members():
            yield _Pair(name, value, None, value)
        return
    for item in holder.items():
        key = item.find("key")
        yield _Pair(key.text, item.find("value"), key, item)


def _claim(transfer: Transfer, pair: _Pair, target: Path) -> None:
    transfer.claim(pair.value, target, Outcome.KEPT)
    _claim_key(transfer, pair, target)


def _claim_key(transfer: Transfer, pair: _Pair, target: Path, outcome: Outcome = Outcome.CHANGED) -> None:
    if pair.key is not None and pair.key.exists:
        transfer.claim(pair.key, target, outcome, "" if outcome is Outcome.KEPT else "The name of the value")


def _moved(transfer: Transfer, key: str, pair: _Pair) -> None:
    """Move a value to the custom details; its name is part of their key. Equal values are stored once."""
    if pair.value.text and transfer.get((*CUSTOM, key)) == pair.value.text:
        transfer.claim(pair.value, (*CUSTOM, key), Outcome.MOVED, "The card has no field for it")
        _claim_key(transfer, pair, (*CUSTOM, key))
        return
    before = set(object_at(transfer.get(CUSTOM)))
    transfer.move(key, pair.value)
    for new in object_at(transfer.get(CUSTOM)).keys() - before:
        _claim_key(transfer, pair, (*CUSTOM, new))
    if pair.key is not None and not transfer.is_used(pair.key):
        transfer.drop(pair.key, "Its value was dropped")


def _read_parameters(transfer: Transfer, parameters: Source) -> None:
    known = {item["name"]: (index, item["value"]) for index, item in enumerate(objects_at(transfer.get(PARAMETERS)))}
    for pair in _pairs(parameters):
        index, value = known.get(pair.name, (0, None))
        if value is not None and value == pair.value.text:
            _claim(transfer, pair, (*PARAMETERS, index, "value"))
        elif transfer.count(PARAMETERS) >= (most_items(PARAMETERS) or 100):
            _moved(transfer, f"mlflow.param.{key_of(pair.name)}", pair)
        elif transfer.parameter(pair.name, pair.value, "mlflow.param"):
            last = transfer.count(PARAMETERS) - 1
            _claim_key(transfer, pair, (*PARAMETERS, last, "name"), Outcome.KEPT)


# Metrics


def _read_metrics(transfer: Transfer, metrics: Source, history: Source) -> None:
    """Put each metric into the training or an evaluation, and each history of several steps into a curve."""
    for pair in _pairs(metrics):
        points = pair.value.items() if isinstance(pair.value.value, list) else []
        if points:  # an export: the history itself
            _read_metric(transfer, pair.name, points[-1], points[-1].find("value"), None)
            _read_curve(transfer, pair.name, points)
        else:
            _read_metric(transfer, pair.name, pair.whole, pair.value, pair.key)
    for name, listed in history.members():
        _read_curve(transfer, name, listed.items())


def _read_metric(transfer: Transfer, name: str, item: Source, value: Source, key: Source | None) -> None:
    pair = _Pair(name, value, key, item)
    for part in ("timestamp", "step"):
        transfer.drop(item.find(part), "A number of a card has no time and no step")
    data = item.find("dataset_name")
    prefix = next((one for one in EVALUATION_PREFIXES if name.lower().startswith(one)), None)
    if not data.is_placeholder or prefix is not None:
        job = transfer.job(data.text or (prefix or "").rstrip("_"), *([data] if data.text else []))
        group = transfer.group(job, (prefix or "metrics").rstrip("_"))
        used = [] if key is None else [key]
        if transfer.metric(group, name, value, used=used):
            metric = (*group, "metric_data", transfer.count((*group, "metric_data")) - 1)
            _claim_key(transfer, pair, (*metric, "name"), Outcome.KEPT)
        return
    if any(one["name"] == name for one in objects_at(transfer.get(TRAINING_METRICS))):
        transfer.drop(item, "The card has a metric of this name from the run")
    elif transfer.training_metric(name, value, "mlflow.metric"):
        place = (*TRAINING_METRICS, transfer.count(TRAINING_METRICS) - 1, "name")
        _claim_key(transfer, pair, place, Outcome.KEPT)
    elif key is not None:
        transfer.drop(key, "Its value cannot be a training metric")


_Point: TypeAlias = tuple[Source, float | str | bool, float | str | bool]
"""A point of a curve: its source, its step and its value."""


def _read_curve(transfer: Transfer, name: str, points: list[Source]) -> None:
    """Put a history of more than one step into a line graph. Points that it leaves out are reported."""
    usable: list[_Point] = []
    for point in points:
        step, value = read_number(point.find("step").value or 0), read_number(point.find("value").value)
        if step.kind == value.kind == "number" and not value.fault:
            usable.append((point, step.value, value.value))
        else:
            transfer.drop(point, "A point of a curve is two finite numbers")
    if len({step for _, step, _ in usable}) < 2:
        for point, _, _ in usable:
            transfer.drop(point, "One step does not make a curve")
        return
    kept = _thinned(usable)
    group = transfer.group(transfer.job(_HISTORY[0]), _HISTORY[1])
    place: Path = (*group, "metric_data", transfer.count((*group, "metric_data"))) if group else ()
    graph = {
        "name": shortened(name, METRIC_NAME),
        "type": "linear_graph",
        "value": [[step, value] for _, step, value in kept],
        "x_axis_name": "step",
        "y_axis_name": shortened(name, METRIC_TEXT),
    }
    nothing = Source("", None, exists=False)
    if not group or not transfer.put(place, graph, nothing) or transfer.get(place) is None:
        for point, _, _ in usable:
            transfer.drop(point, "The card is full")
        return
    for index, (point, _, _) in enumerate(kept):
        for part in ("step", "value"):
            transfer.claim(point.find(part), (*place, "value", index), Outcome.CHANGED, "A point of a curve")
        transfer.claim(point.find("key"), (*place, "name"), Outcome.CHANGED, "The name of a curve")
    for point, _, _ in usable:
        transfer.drop(point, f"A curve has steps and no times, and at most {_CURVE_POINTS} points")


def _thinned(points: list[_Point]) -> list[_Point]:
    last = len(points) - 1
    if last < _CURVE_POINTS:
        return points
    return [points[round(at * last / (_CURVE_POINTS - 1))] for at in range(_CURVE_POINTS)]


# Datasets


def _read_datasets(transfer: Transfer, inputs: Source) -> None:
    """Put each dataset of a run into the training or an evaluation, by its context tag."""
    for number, item in enumerate(inputs.items()):
        data = item.find("dataset")
        context = next((tag for tag in _pairs(item.find("tags")) if tag.name == "mlflow.data.context"), None)
        words = "" if context is None else context.value.text.lower()
        is_training = words.startswith("train") or not words
        target = TRAINING_DATASETS if is_training else _evaluated(transfer, data)
        text = _dataset_text(data)
        used = [data.find(part) for part in ("name", "digest")]
        source = data.find("source") if data.find("source").exists else data.find("name")
        if target and text and transfer.add(target, source, text):
            place = (*target, transfer.count(target) - 1)
            for part in used:
                transfer.claim(part, place, Outcome.CHANGED, _PART)
            if context is not None:
                transfer.claim(context.whole, place, Outcome.CHANGED, "Where the dataset is listed")
        for part in ("source_type", "schema", "profile", *(("source", "name", "digest") if not target else ())):
            if not transfer.is_used(data.find(part)):
                transfer.move(f"mlflow.dataset.{number}.{part}", data.find(part))


def _evaluated(transfer: Transfer, data: Source) -> Path:
    """Return the datasets of the evaluation that a dataset belongs to."""
    jobs = objects_at(transfer.card, "evaluation_details")
    results = [index for index, job in enumerate(jobs) if job["name"] != _HISTORY[0]]
    named = [index for index in results if jobs[index]["name"] == data.find("name").text]
    if named or len(results) == 1:
        return ("evaluation_details", (named or results)[0], "datasets")
    job = transfer.job(data.find("name").text or "Evaluation", data.find("name"))
    return (*job, "datasets") if job else ()


def _dataset_text(data: Source) -> str:
    """Return the address, name and digest of a dataset; without an address, the name and the digest."""
    name, digest = data.find("name").text, data.find("digest").text
    try:
        source = json.loads(data.find("source").text)
    except ValueError:
        source = {}
    known = source if isinstance(source, dict) else {}
    address = next((known[key] for key in ("uri", "path", "url") if isinstance(known.get(key), str)), "")
    facts = joined([name if address else "", f"digest {digest}" if digest else ""])
    head = address or name
    return f"{head} ({facts})" if head and facts else head
