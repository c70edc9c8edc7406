"""Every input gives a translation that fits the schema, or a refusal."""

import copy
import json
from collections.abc import Mapping
from random import Random
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from cardwright.reports import KINDS, ReportInvalid, read_report
from tests.reports.samples import REPORTS, sample, violations


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for step, child in steps for place in places(child, (*path, step)))]


SAMPLES = {name: sample(name) for name in REPORTS}
STEPS = {step for report in SAMPLES.values() for place in places(report) for step in place}
WORDS = sorted({step for step in STEPS if isinstance(step, str)} | {"error", "notes"})
TYPES = ["number", "string", "boolean", "linear_graph", "bar_chart", "matrix", "numerical", "categorical"]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=80)
    | st.sampled_from(["NaN", "NA", "0", "1e999", "-0.5", "", "\n", "\ud800", "x" * 300])
)
KEYS = st.sampled_from(WORDS) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS | st.sampled_from(WORDS) | st.sampled_from(TYPES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
NAMED = st.none() | st.sampled_from(sorted(KINDS))


def read_or_refuse(source: bytes | str | Mapping[str, object], kind: str | None) -> None:
    try:
        translation = read_report(source, kind=kind, content_type="text/csv")
    except ReportInvalid as refusal:
        refusal.message.encode("utf-8")
        return
    assert violations(translation.metric_groups) == []
    for omission in translation.omissions:
        str(omission).encode("utf-8")


@given(st.dictionaries(KEYS, VALUES, max_size=6), NAMED)
def test_any_object_is_translated_or_refused(document: dict[str, object], kind: str | None) -> None:
    read_or_refuse(document, kind)
    read_or_refuse(json.dumps(document), kind)


@given(st.binary(max_size=200) | st.text(max_size=200), NAMED)
@example("9" * 5000, None)
def test_any_bytes_and_any_text_are_translated_or_refused(source: bytes | str, kind: str | None) -> None:
    read_or_refuse(source, kind)


@st.composite
def mutated_reports(draw: st.DrawFn) -> dict[str, object]:
    """A real report with up to four values removed, replaced, renamed or doubled."""
    report: Any = copy.deepcopy(SAMPLES[draw(st.sampled_from(REPORTS))])
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(report)))
        if not path:
            continue
        holder = report
        for step in path[:-1]:
            holder = holder[step]
        step = path[-1]
        change = draw(st.sampled_from(["take out", "replace", "rename", "double"]))
        if change == "replace":
            holder[step] = draw(VALUES)
        elif change == "double" and isinstance(holder, list):
            holder.insert(int(step), holder[int(step)])
        elif change == "rename" and isinstance(holder, dict):
            holder[draw(KEYS)] = holder.pop(str(step))
        else:
            del holder[step]
    result: dict[str, object] = report
    return result


@given(mutated_reports(), NAMED)
def test_any_mutation_of_a_real_report_is_translated_or_refused(report: dict[str, object], kind: str | None) -> None:
    read_or_refuse(report, kind)
    read_or_refuse(json.dumps(report), None)


LABELS = st.lists(st.text(max_size=3), min_size=15, max_size=40, unique=True)
CHANCE = st.randoms(use_true_random=True)  # a thousand cells that Hypothesis draws one by one take a second


@given(LABELS, LABELS, st.lists(SCALARS, min_size=1, max_size=9), CHANCE)
def test_any_confusion_matrix_fits_a_card_or_is_left_out(
    actual: list[str], predicted: list[str], values: list[object], chance: Random
) -> None:
    columns = [chance.sample(predicted, chance.randint(15, len(predicted))) for _ in actual]
    matrix = {
        label: {other: chance.choice(values) for other in row} for label, row in zip(actual, columns, strict=True)
    }
    read_or_refuse({"multiclass_classification_metrics": {"confusion_matrix": matrix}}, None)


@given(st.integers(1, 45), CHANCE)
def test_folding_a_matrix_of_counts_loses_no_count(classes: int, chance: Random) -> None:
    rows = [[chance.randint(0, 10**6) for _ in range(classes)] for _ in range(classes)]
    matrix = {
        str(actual): {str(predicted): count for predicted, count in enumerate(row)} for actual, row in enumerate(rows)
    }
    (group,) = read_report({"multiclass_classification_metrics": {"confusion_matrix": matrix}}).metric_groups
    metric_data: Any = group["metric_data"]
    assert sum(map(sum, metric_data[0]["value"])) == sum(map(sum, rows))
    assert len(metric_data[0]["value"]) == len(metric_data[0]["x_axis_name"]) == min(classes, 20)
