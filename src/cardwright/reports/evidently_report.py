"""Reports and test suites of Evidently as JSON (``report.json()``), before and since version 0.7.

https://docs.evidentlyai.com/docs/library/report

Before 0.7, each metric has a result with parts, such as ``current`` and ``reference``: one group for each part. Since
0.7, each metric has one value: one group for all. Values by column or label become bar charts, confusion matrices
become matrices. Tests are a group with their status, and with the description as notes. Distributions are left out.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from cardwright.reports.confusion_matrix import confusion_matrix
from cardwright.reports.cursor import Cursor, clean, shortened
from cardwright.reports.metric import NOTES_LIMIT, as_number, bar_chart, group, number, simple, string
from cardwright.reports.translation import Document, Metric, MetricGroup

_PARTS = ("current", "reference")
_OF_VALUE = {"count", "share", "mean", "std", "median", "min", "max", "values", "value"}
_MATRIX = ("labels", "values")
_DEEPEST = 4


def recognises(document: Document) -> bool:
    """Whether the file has metrics with results or values, or tests with a status, under Evidently's names."""
    return _has(document, "metrics", _is_metric) or _has(document, "tests", _is_test)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the groups of the metrics, then one group of tests."""
    groups: list[MetricGroup] = []
    values: list[Metric] = []
    names = _short_names(document.get("metrics"))
    if document.get("metrics"):
        for metric, here in cursor.at("metrics").objects(document["metrics"]):
            if "metric" in metric:
                groups += _of_result(str(metric["metric"]), metric.get("result"), here)
            else:
                values += _of_value(metric, names, here)
    if values:
        groups.append(group("metrics", values, cursor))
    if document.get("tests"):
        tests = [one for test, here in cursor.at("tests").objects(document["tests"]) for one in _test(test, here)]
        groups += [group("tests", tests, cursor.at("tests"))] if tests else []
    for name in ("version", "timestamp", "summary"):
        if document.get(name) is not None:
            cursor.at(name).add_fact(document[name])
    return groups


def _has(document: Document, section: str, test: Callable[[Document], bool]) -> bool:
    items = document.get(section)
    return isinstance(items, list) and any(
        isinstance(item, dict) and test(cast(Document, item)) for item in cast(list[object], items)
    )


def _is_metric(item: Document) -> bool:
    of_results = isinstance(item.get("metric"), str) and isinstance(item.get("result"), dict)
    named = any(isinstance(item.get(name), str) for name in ("metric_name", "metric_id"))
    return of_results or (named and "value" in item)


def _is_test(item: Document) -> bool:
    about = "parameters" in item or "metric_config" in item or "test_config" in item
    return isinstance(item.get("status"), str) and "name" in item and "description" in item and about


def _of_result(name: str, result: object, cursor: Cursor) -> list[MetricGroup]:
    cursor.at("metric").mark_used()
    here = cursor.at("result")
    if not isinstance(result, dict):
        here.omit("left out: an object was expected here")
        return []
    members = cast(Document, result)
    if isinstance(members.get("column_name"), str):
        name = f"{name} - {members['column_name']}"
    whole = {key: value for key, value in members.items() if key not in _PARTS}
    groups = [group(name, list(_metrics(whole, here)), here)]
    for part in _PARTS:
        if isinstance(members.get(part), dict):
            metric_data = list(_metrics(cast(Document, members[part]), here.at(part)))
            groups.append(group(f"{name} - {part}", metric_data, here.at(part)))
    found = [one for one in groups if one["metric_data"]]
    if not found:
        cursor.omit("left out: its result holds no number and no matrix")
    return found


def _metrics(members: Document, cursor: Cursor, prefix: str = "", depth: int = 0) -> Iterator[Metric]:
    for key, value, here in cursor.members(members):
        name = f"{prefix}{key}{_method(key, members)}"
        if isinstance(value, dict):
            inner = cast(Document, value)
            if all(isinstance(inner.get(part), list) for part in _MATRIX):
                yield from confusion_matrix(name, inner, here)
            elif _is_rows(inner):
                yield from _bars(name, inner, here)
            elif depth < _DEEPEST:
                yield from _metrics(inner, here, f"{name} - ", depth + 1)
        elif isinstance(value, str):
            here.add_fact(value)
        elif value is not None and not isinstance(value, list):
            yield from simple(name, value, here)
        elif value is None:
            here.omit("left out: the value is null")


def _method(key: str, members: Document) -> str:
    """Return the test behind a drift score, since a p-value and a distance improve in opposite directions."""
    method = members.get("stattest_name")
    return f" ({method})" if key == "drift_score" and isinstance(method, str) else ""


def _is_rows(inner: Document) -> bool:
    """Whether this is ``{name: {measure: number}}``, such as the drift of every column."""
    rows = [cast(Document, row) for row in inner.values() if isinstance(row, dict)]
    if len(rows) < len(inner) or not rows or set(inner) & {*_PARTS}:
        return False
    return any(all(as_number(row.get(key)) is not None for row in rows) for key in rows[0])


def _bars(name: str, rows: Document, cursor: Cursor) -> Iterator[Metric]:
    series: dict[str, list[tuple[object, object]]] = {}
    for label, row, place in cursor.members(rows):
        for key, value, here in place.members(row):
            if isinstance(value, (str, bool)):
                here.add_fact(value)
            elif value is None or as_number(value) is not None:
                here.mark_used()
                series.setdefault(key, []).append((label, value))
    for key, values in series.items():
        if any(value is not None for _, value in values):
            yield from bar_chart(f"{name} - {key}", values, key, cursor.at(f"[every item].{key}"))


def _of_value(metric: Document, names: Mapping[str, str], cursor: Cursor) -> Iterator[Metric]:
    full = _full_name(metric)
    name, notes = names.get(full, full), {"notes": shortened(clean(full), NOTES_LIMIT)}
    cursor.at("metric_name").mark_used()
    _account_config(metric, full, cursor)
    value, here = metric.get("value"), cursor.at("value")
    if not isinstance(value, dict):
        made = number(name, value, here) if value is None or as_number(value) is not None else simple(name, value, here)
    elif value.keys() <= _OF_VALUE:
        parts = here.members(cast(Document, value))
        made = [one for part, inner, there in parts for one in number(f"{name} - {part}", inner, there)]
    else:
        made = _by_label(name, cast(Document, value), here)
        for part, inner, there in here.members(cast(Document, value)):
            if isinstance(inner, dict):
                made += _by_label(f"{name} - {part}", cast(Document, inner), there)
    yield from (one | notes for one in made)


def _by_label(name: str, values: Document, cursor: Cursor) -> list[Metric]:
    scalars = [(key, value) for key, value in values.items() if not isinstance(value, (dict, list))]
    for key, _ in scalars:
        cursor.at(key).mark_used()
    return bar_chart(name, scalars, name, cursor) if scalars else []


def _full_name(metric: Document) -> str:
    return str(metric.get("metric_name") or metric.get("metric_id") or "metric")


def _short_names(metrics: object) -> Mapping[str, str]:
    """Return the class of each metric with its column and test, if that is unique; the notes hold the full name."""
    items = cast(list[object], metrics) if isinstance(metrics, list) else []
    short = {_full_name(item): _short_name(cast(Document, item)) for item in items if isinstance(item, dict)}
    count = Counter(short.values())
    return {full: name if count[name] == 1 else full for full, name in short.items()}


def _short_name(metric: Document) -> str:
    full = _full_name(metric)
    config = metric.get("config")
    column, method = (config.get(key) if isinstance(config, dict) else None for key in ("column", "method"))
    name = full.partition("(")[0] or full
    name = f"{name} - {column}" if isinstance(column, str) else name
    return f"{name} ({method})" if isinstance(method, str) else name


def _account_config(metric: Document, full: str, cursor: Cursor) -> None:
    config = metric.get("config")
    if not isinstance(config, dict):
        return
    for _, value, here in cursor.at("config").members(cast(Document, config)):
        if not isinstance(value, (dict, list)) and str(value) in full:
            here.mark_used()
        else:
            here.add_fact(value)


def _test(test: Document, cursor: Cursor) -> Iterator[Metric]:
    name, status = test.get("name", test.get("id", "test")), test.get("status")
    if not isinstance(status, str):
        cursor.at("status").omit("left out: the status of a test must be a text")
        return
    cursor.at("name" if "name" in test else "id").mark_used()
    if isinstance(test.get("group"), str):
        cursor.at("group").add_fact(test["group"])
    description = test.get("description")
    for metric in string(name, status, cursor.at("status")):
        if isinstance(description, str) and description.strip():
            cursor.at("description").mark_used()
            if len(description) > NOTES_LIMIT:
                cursor.at("description").note(f"the description is longer than {NOTES_LIMIT} characters; cut there")
            yield metric | {"notes": shortened(clean(description), NOTES_LIMIT)}
        else:
            yield metric
