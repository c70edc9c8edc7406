"""The values of key metrics in the last versions."""

from typing import Any

from cardwright.console.readings import spark
from cardwright.core.key_metrics import summaries
from cardwright.core.trends import with_trends


def content(job: str, **values: float) -> dict[str, Any]:
    metrics = [{"name": name, "type": "number", "value": value} for name, value in values.items()]
    return {"evaluation_details": [{"name": job, "metric_groups": [{"name": "g", "metric_data": metrics}]}]}


def trends(*contents: Any) -> dict[str, tuple[float | None, ...]]:
    *earlier, last = contents
    (job,) = with_trends(summaries(last), last, earlier)
    return {metric.name: metric.trend for metric in job.metrics}


def test_a_metric_has_its_values_in_paired_jobs_of_earlier_versions() -> None:
    first, second = content("Holdout 2025 Q3", auc=0.7), content("Holdout 2025 Q4", auc=0.8, recall=0.5)
    last = content("Holdout 2026 Q1", auc=0.9, recall=0.6)
    assert trends(first, second, last) == {"auc": (0.7, 0.8, 0.9), "recall": (None, 0.5, 0.6)}


def test_an_earlier_version_of_any_shape_gives_no_value() -> None:
    last = content("Holdout", auc=0.9)
    shapes: list[Any] = [None, [], {"evaluation_details": "none"}, content("Another", auc=0.1), content("Holdout", b=1)]
    for odd in shapes:
        assert trends(odd, last) == {"auc": (None, 0.9)}


def test_a_line_needs_two_values_and_keeps_the_places_of_missing_ones() -> None:
    assert spark((None, None, 0.9)) is None
    assert spark(()) is None
    assert spark((1.0, None, 3.0)) == ("M2.0 15.0L52.0 3.0", 52.0, 3.0)
    assert spark((5, 5)) == ("M2.0 9.0L52.0 9.0", 52.0, 9.0)
