"""Every value of a report is in a metric, in a fact, or in an omission."""

import copy
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.reports import ReportInvalid, Translation, read_report
from cardwright.reports.document import open_document
from cardwright.reports.metric import as_number
from cardwright.reports.translation import ROWS
from tests.reports.frames import LAYOUTS
from tests.reports.samples import REPORTS, TABLES, raw, sample, violations

Path = tuple[str | int, ...]

SAMPLES: dict[str, Any] = {name: sample(name) for name in REPORTS} | {
    f"frame {name}": layout for name, layout in LAYOUTS.items()
}
SAMPLES |= {name: open_document(raw(name))[ROWS] for name in TABLES}
SAMPLES["matrix by outcome"] = {
    "multiclass_classification_metrics": {
        "labels": ["cat", "dog"],
        "confusion_matrix": {"cat": {"tp": 1, "fp": 2, "fn": 3, "tn": 4}, "dog": {"tp": 5, "fp": 6, "fn": 7, "tn": 8}},
        "accuracy_per_class": {"cat": 0.5, "dog": 0.25},
        "roc_auc": [0.5, 0.75],
    }
}


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if steps is None:
        yield path, value
    else:
        for step, child in steps:
            yield from leaves(child, (*path, step))


def containers(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, (dict, list)):
        yield path
        for step, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from containers(child, (*path, step))


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def with_numbers_apart(report: Any) -> Any:
    """Return the report with unique numbers, so that each number can be traced."""
    apart = copy.deepcopy(report)
    counter = itertools.count(70_001)
    for path, value in list(leaves(apart)):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            at(apart, path[:-1])[path[-1]] = next(counter) if isinstance(value, int) else next(counter) + 0.5
    return apart


def shown(translation: Translation) -> tuple[set[Any], str]:
    """Return every scalar of the metrics, and all text of metrics and facts."""
    scalars = {value for _, value in leaves(translation.metric_groups)}
    texts = [value for value in scalars if isinstance(value, str)]
    return scalars, "\n".join([*texts, *map(str, translation.facts)])


def matches(omission: str, path: Path) -> bool:
    """Whether the omission names the path or a container of it."""
    given, wanted = omission.split("."), ".".join(map(str, path)).split(".")
    return len(given) <= len(wanted) and all(a in (b, "*") for a, b in zip(given, wanted, strict=False))


def lost(report: Any, translation: Translation) -> list[str]:
    scalars, text = shown(translation)
    named = [(omission.path, omission.message) for omission in translation.omissions]
    sketches = any("sketches" in message for _, message in named)
    missing = []
    for path, value in leaves({"(rows)": report} if isinstance(report, list) else report):
        exact = ".".join(map(str, path))
        found = (
            value is None
            or any(type(scalar) is type(value) and scalar == value for scalar in scalars)
            or (value in scalars and not isinstance(value, bool))
            or as_number(value) in scalars
            or str(value).strip() in text
            or any(omission == exact for omission, _ in named)
            or any(fact.path == exact for fact in translation.facts)
            or f"{path[-1]}: {str(value).lower()}" in text  # a fact that is repeated is listed once
            or any(
                "left out" in message and matches(omission, path)
                for omission, message in named
                if omission != "features"
            )
            or ("sketch" in path and sketches)
            or (path[0] == "higher_is_better" and "higher is better" in text)
            or any("values were left out" in message and str(value) in message for _, message in named)
        )
        if not found:
            missing.append(f"{exact} = {value!r}")
    return missing


@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_of_a_report_is_shown_or_named(name: str) -> None:
    report = with_numbers_apart(SAMPLES[name])
    assert lost(report, read_report(json.dumps(report))) == []


STRANGERS = st.recursive(
    st.sampled_from(["stranger one", 90_017, 90_018.25, True, "0.123456"]),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.sampled_from("pq"), inner, min_size=1),
    max_leaves=4,
)


@st.composite
def reports_with_strangers(draw: st.DrawFn) -> Any:
    """A real report with up to three unknown members or items."""
    report = with_numbers_apart(SAMPLES[draw(st.sampled_from(sorted(SAMPLES)))])
    for number in range(draw(st.integers(1, 3))):
        holder = at(report, draw(st.sampled_from(list(containers(report)))))
        stranger = draw(STRANGERS)
        if isinstance(holder, dict):
            holder[f"stranger {number}"] = stranger
        else:
            holder.insert(draw(st.integers(0, len(holder))), stranger)
    return report


@given(reports_with_strangers())
def test_no_unknown_member_is_silently_lost(report: Any) -> None:
    try:
        translation = read_report(json.dumps(report))
    except ReportInvalid:
        return
    assert violations(translation.metric_groups) == []
    assert lost(report, translation) == []


def test_the_same_unknown_member_in_many_places_is_one_omission() -> None:
    entries = [{"feature_name": f"f{n}", "constraint_check_type": "c", "where": {"shard": n}} for n in range(50)]
    translation = read_report({"violations": entries})
    assert [str(omission) for omission in translation.omissions] == [
        "violations.*.where: left out in 50 places: reports of this kind have no such value"
    ]
