"""An evaluation log of Inspect AI as JSON (``inspect log convert --to json``), of format versions 1 and 2.

https://inspect.aisi.org.uk/eval-logs.html

One group for each score of a scorer, with its metrics as numbers. A group of metrics, as ``grouped`` computes them,
becomes a bar chart. The notes hold the number of scored samples and the epochs with their reducer. Samples, with their
messages and events, are left out: they hold the data.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor, clean, shortened
from cardwright.reports.metric import NOTES_LIMIT, as_number, bar_chart, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup, ReportInvalid

_FACTS_OF_EVAL = (
    *("task", "task_id", "task_version", "task_file", "task_registry_name", "task_display_name", "created", "run_id"),
    *("eval_id", "solver", "dataset", "model", "model_base_url", "model_generate_config", "config", "revision"),
    *("packages", "task_args", "model_args", "tags", "metadata"),
)
_FACTS = ("version", "status", "tags", "metadata", "invalidated")
_WITH_DATA = {
    "samples": "samples hold the data of the evaluation",
    "reductions": "it holds the score of each sample",
    "plan": "a card has no field for the steps of the solver",
    "error": "it is an error of the run",
}


def recognises(document: Document) -> bool:
    """Whether the file has a task with its model, and the status of an evaluation or results."""
    about = document.get("eval")
    named = isinstance(about, dict) and "task" in about and "model" in about
    return named and ("status" in document or "results" in document)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the groups of the scores.

    Raises:
        ReportInvalid: the evaluation did not finish, so that the log has no results.
    """
    results = document.get("results")
    if not isinstance(results, dict):
        status = document.get("status")
        shown = status if status in ("started", "cancelled", "error") else "unknown"
        raise ReportInvalid(
            f'This log of Inspect has no results at "results": the evaluation has the status {shown}. Upload the log of'
            " an evaluation that finished."
        )
    _account_run(document, cursor)
    return list(_groups(cast(Document, results), document, cursor.at("results")))


def _account_run(document: Document, cursor: Cursor) -> None:
    for name, value, here in cursor.members(document):
        if name in _FACTS:
            here.add_fact(value)
        elif name in _WITH_DATA and value:
            count = f" with the {len(cast(list[object], value)):,} items in it" if isinstance(value, list) else ""
            here.omit(f"left out{count}: {_WITH_DATA[name]}")
        elif name == "stats" and isinstance(value, dict):
            here.add_fact(value)
        elif name == "eval" and isinstance(value, dict):
            for member, about, there in here.members(cast(Document, value)):
                if member in _FACTS_OF_EVAL:
                    _add_facts(member, about, there)


def _add_facts(name: str, about: object, cursor: Cursor) -> None:
    """Add facts of the task; the identifiers of all samples are not of interest on a card."""
    if name == "dataset" and isinstance(about, dict) and "sample_ids" in about:
        cursor.at("sample_ids").omit("left out: identifiers of samples")
        for _, value, here in cursor.members({key: about[key] for key in about if key != "sample_ids"}):
            here.add_fact(value)
    else:
        cursor.add_fact(about)


def _groups(results: Document, document: Document, cursor: Cursor) -> Iterator[MetricGroup]:
    for name in ("total_samples", "completed_samples", "headline"):
        if name in results:
            cursor.at(name).add_fact(results[name])
    if "scores" in results:
        for score, here in cursor.at("scores").objects(results["scores"]):
            yield group(_score_name(score, here), _metrics(score, results, document, here), here)
    elif "metrics" in results:  # version 1
        scorer = results.get("scorer")
        name = scorer.get("name", "scorer") if isinstance(scorer, dict) else "scorer"
        if isinstance(scorer, dict):
            cursor.at("scorer", "name").mark_used()
        yield group(name, _metrics(results, results, document, cursor), cursor)


def _score_name(score: Document, cursor: Cursor) -> str:
    name, scorer = (str(score.get(key, "")) for key in ("name", "scorer"))
    cursor.at("name").mark_used()
    cursor.at("scorer").mark_used()
    reducer = score.get("reducer")
    full = f"{scorer} - {name}" if scorer and name and scorer != name else name or scorer or "score"
    if isinstance(reducer, str) and reducer != "mean":
        cursor.at("reducer").mark_used()
        return f"{full} ({reducer})"
    cursor.at("reducer").mark_used()
    return full


def _metrics(score: Document, results: Document, document: Document, cursor: Cursor) -> list[Metric]:
    for name in ("scored_samples", "unscored_samples"):
        if name in score:
            cursor.at(name).add_fact(score[name])
    notes = shortened(clean(", ".join(_notes(score, results, document))), NOTES_LIMIT)
    metric_data: list[Metric] = []
    bars: dict[str, list[tuple[object, object]]] = {}
    for key, metric, here in cursor.at("metrics").members(score.get("metrics", {})):
        if not isinstance(metric, dict):
            metric_data += number(key, metric, here)
            continue
        here.at("name").mark_used()
        if isinstance(metric.get("group"), str) and as_number(metric.get("value")) is not None:
            here.at("group").mark_used()
            here.at("value").mark_used()
            bars.setdefault(metric["group"], []).append((metric.get("name", key), metric.get("value")))
        else:
            found = number(metric.get("name", key), metric.get("value"), here.at("value"))
            metric_data += [one | ({"notes": notes} if notes and one["name"] != "stderr" else {}) for one in found]
        for member in ("params", "options", "metadata"):
            if metric.get(member):
                here.at(member).add_fact(metric[member])
    for name, values in bars.items():
        metric_data += bar_chart(name, values, name, cursor.at("metrics", f"[every {name}]"))
    return metric_data


def _notes(score: Document, results: Document, document: Document) -> Iterator[str]:
    samples = score.get("scored_samples", results.get("completed_samples"))
    if as_number(samples) is not None:
        yield f"{samples} samples"
    about = cast(Document, document["eval"])
    config = about.get("config")
    epochs = config.get("epochs") if isinstance(config, dict) else None
    if isinstance(epochs, int) and epochs > 1:
        yield f"{epochs} epochs"
    limit = config.get("limit") if isinstance(config, dict) else None
    if limit is not None:
        yield f"limit {limit}"
