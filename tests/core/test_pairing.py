"""Promises of ``core.pairing``: the jobs that measure the same thing are compared, and doubt is shown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core.content import parse
from cardwright.core.measures import measures_of
from cardwright.core.pairing import Choice, How, Job, JobPair, pair_jobs
from cardwright.core.periods import without_period
from cardwright.examples import examples

BINARY = "binary_classification_metrics"


def job(name: str, *metrics: str, dataset: str = "", group: str = BINARY) -> dict[str, Any]:
    values = [{"name": metric, "type": "number", "value": 1} for metric in metrics or ("auc",)]
    found: dict[str, Any] = {"name": name, "metric_groups": [{"name": group, "metric_data": values}]}
    return {**found, "datasets": [dataset]} if dataset else found


def content(*jobs: dict[str, Any]) -> dict[str, Any]:
    return {"evaluation_details": list(jobs)}


def summary(pairs: list[JobPair]) -> list[tuple[str | None, str | None, How | None]]:
    return [(name(pair.before), name(pair.after), pair.how) for pair in pairs]


def name(found: Job | None) -> str | None:
    return found.name if found else None


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        (job("Holdout"), job("Holdout", "f1", group="other"), How.NAME),
        (job("Gender", dataset="s3://a/x"), job("Men and women", dataset="s3://a/x"), How.DATASET),
        (job("Holdout 2025 Q4", dataset="s3://a/1"), job("Holdout 2026 Q1", dataset="s3://a/2"), How.PERIOD),
        (job("Holdout 2025 Q4"), job("Stress test 2026 Q1"), None),
        (job("Holdout 2025 Q4"), job("Holdout 2026 Q1", group="regression_metrics"), None),
        (job("Speed v1", "p99", group="own"), job("Speed v2", "toxicity", group="own"), None),
    ],
)
def test_a_pair_says_how_it_was_found(before: dict[str, Any], after: dict[str, Any], how: How | None) -> None:
    pairs = pair_jobs(content(before), content(after))
    assert [pair.how for pair in pairs] == ([how] if how else [None, None])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Holdout 2025 Q4", "holdout_2026_q1"),
        ("Model quality, September 2025 sample", "Model quality, first quarter of 2026"),
        ("Backtest, second half of 2024", "Backtest, 2025"),
        ("eval-v1.2", "eval version 2"),
        ("nightly 2025-12-31", "nightly (1 January 2026)"),
    ],
)
def test_names_that_differ_only_in_date_quarter_or_version_are_equal(one: str, other: str) -> None:
    assert without_period(one) == without_period(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Fold 1", "Fold 2"), ("Plant A 2025", "Plant B 2025"), ("F0.5 holdout", "F2 holdout"), ("Maya", "June")],
)
def test_other_differences_of_names_count(one: str, other: str) -> None:
    assert without_period(one) != without_period(other)


def test_two_equally_good_candidates_form_no_pair_and_both_are_offered() -> None:
    before, after = content(job("Holdout 2025 Q3"), job("Holdout 2025 Q4")), content(job("Holdout 2026 Q1"))
    new, *old = pair_jobs(before, after)
    assert (new.before, new.candidates) == (None, ("Holdout 2025 Q3", "Holdout 2025 Q4"))
    assert [(pair.after, pair.candidates) for pair in old] == [(None, ("Holdout 2026 Q1",))] * 2


def test_jobs_of_one_name_are_paired_by_order_if_both_sides_have_as_many() -> None:
    two, three = [job("Holdout", "auc"), job("Holdout", "f1")], [job("Holdout")] * 3
    assert summary(pair_jobs(content(*two), content(*two[::-1]))) == [
        ("Holdout (2)", "Holdout", How.NAME),
        ("Holdout", "Holdout (2)", How.NAME),
    ]
    changed = [job("Holdout", "auc", "mae"), job("Holdout", "f1", "mae")]
    assert [pair.how for pair in pair_jobs(content(*two), content(*changed))] == [How.NAME, How.NAME]
    assert not [pair.how for pair in pair_jobs(content(*changed), content(*three)) if pair.how]


def test_a_candidate_that_agrees_in_more_wins() -> None:
    before = content(job("Spain 2025", dataset="s3://a/all"), job("Portugal 2025", dataset="s3://a/all"))
    after = content(job("Portugal 2026", dataset="s3://a/all"), job("Spain 2026", dataset="s3://a/all"))
    assert summary(pair_jobs(before, after)) == [
        ("Portugal 2025", "Portugal 2026", How.DATASET),
        ("Spain 2025", "Spain 2026", How.DATASET),
    ]


def test_a_choice_wins_over_every_rule_and_applies_in_both_directions() -> None:
    before, after = content(job("Old"), job("Holdout")), content(job("Holdout"), job("New"))
    choice = [Choice("Old", "New")]
    assert ("Old", "New", How.CHOICE) in summary(pair_jobs(before, after, stored=choice))
    assert ("New", "Old", How.CHOICE) in summary(pair_jobs(after, before, stored=choice))
    assert ("Old", "Holdout", How.HAND) in summary(pair_jobs(before, after, [Choice("Old", "Holdout")], choice))


def test_a_kept_choice_leaves_jobs_alone_that_exist_side_by_side() -> None:
    both = content(job("Old", "auc"), job("New", "f1"))
    pairs = summary(pair_jobs(both, both, stored=[Choice("Old", "New")]))
    assert pairs == [("Old", "Old", How.NAME), ("New", "New", How.NAME)]


def test_a_job_left_alone_by_choice_is_not_guessed_a_partner() -> None:
    before, after = content(job("Holdout 2025")), content(job("Holdout 2026"))
    assert len(pair_jobs(before, after, stored=[Choice("Holdout 2026", None)])) == 2
    assert len(pair_jobs(before, after, [Choice("Holdout 2025", None)])) == 2


def test_the_quality_jobs_of_the_demo_pair_although_their_names_carry_the_quarter() -> None:
    card = next(example for example in examples() if example.name == "fraud-classifier")
    versions = [parse(step.content) for step in card.steps if step.content]
    old, new = "Model quality, September 2025 sample", "Model quality, first quarter of 2026"
    assert (old, new, How.PERIOD) in summary(pair_jobs(versions[0], versions[2]))


_JOBS = st.lists(
    st.builds(
        job,
        st.sampled_from(["Holdout", "Holdout 2025", "Holdout 2026", "Bias v1", "Bias v2", "Speed"]),
        st.sampled_from(["auc", "f1"]),
        dataset=st.sampled_from(["", "s3://a/1", "s3://a/2"]),
        group=st.sampled_from([BINARY, "own"]),
    ),
    max_size=6,
)


@given(_JOBS, _JOBS)
def test_every_job_is_listed_once_and_the_sides_can_be_swapped(one: list[Any], other: list[Any]) -> None:
    pairs = pair_jobs(content(*one), content(*other))
    assert sorted(pair.before.position for pair in pairs if pair.before) == list(range(len(one)))
    assert sorted(pair.after.position for pair in pairs if pair.after) == list(range(len(other)))
    swapped = summary(pair_jobs(content(*other), content(*one)))
    assert sorted(map(str, summary(pairs))) == sorted(str((old, new, how)) for new, old, how in swapped)
    assert all(pair.how and not pair.candidates for pair in pairs if pair.before and pair.after)


@given(_JOBS)
def test_a_content_pairs_with_itself_completely(jobs: list[Any]) -> None:
    pairs = pair_jobs(content(*jobs), content(*jobs))
    assert all(pair.before and pair.after and pair.before.value == pair.after.value for pair in pairs)


@pytest.mark.parametrize("broken", [None, [], {"evaluation_details": 3}, {"evaluation_details": [1, {"name": None}]}])
def test_contents_of_any_shape_are_read(broken: Any) -> None:
    assert len(pair_jobs(broken, broken)) <= 1
    assert not [pair for pair in pair_jobs(broken, content(job("Holdout"))) if pair.how]


@pytest.mark.parametrize(
    "ending", [" - standard_deviation", "_std", "_stddev", "_stderr", " - standard_error", " (std)", " std"]
)
def test_a_deviation_belongs_to_its_metric(ending: str) -> None:
    (measure,) = measures_of(job("Holdout", "auc", f"auc{ending}"))
    assert (measure.name, measure.deviation) == ("auc", 1)


def test_a_deviation_keeps_the_filter_of_its_metric() -> None:
    found = measures_of(job("Harness", "em (strict)", "em - standard_error (strict)", "em (flexible)"))
    assert [(measure.name, measure.deviation) for measure in found] == [("em (strict)", 1), ("em (flexible)", None)]


@pytest.mark.parametrize("names", [("auc_std",), ("auc", "auc", "auc_std"), ("auc", "std"), ("auc", "gold_std")])
def test_a_deviation_without_its_metric_is_a_metric(names: tuple[str, ...]) -> None:
    assert [measure.name for measure in measures_of(job("Holdout", *names))] == list(names)
