"""``cardwright.record``: the facts of a training become a version of a card."""

import contextlib
import hashlib
import math
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import cardwright
from cardwright.core.content import check
from cardwright.model_card import ModelCard

X, Y = make_classification(120, 4, random_state=3)
SEX = ["female" if value > 0 else "male" for value in X[:, 0]]


def content(run: Any) -> dict[str, Any]:
    card = ModelCard.load(run.name)
    check(card.to_json())
    document: dict[str, Any] = card.to_dict()
    return document


def training(run: Any) -> dict[str, Any]:
    details: dict[str, Any] = content(run)["training_details"]["training_job_details"]
    return details


def evaluations(run: Any) -> dict[str, Any]:
    return {one["name"]: one for one in content(run)["evaluation_details"]}


def facts(run: Any) -> dict[str, str]:
    details: dict[str, str] = content(run)["additional_information"]["custom_details"]
    return {key.removeprefix("cw.run."): value for key, value in details.items()}


pytestmark = pytest.mark.usefixtures("cardwright_session")


def test_after_a_scikit_learn_training_people_add_the_rest() -> None:
    with cardwright.record("fraud") as run:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5)).fit(X, Y)
        run.evaluate(Y, model.predict(X), model.predict_proba(X), task="binary")
    gaps = {advice.path for advice in ModelCard.load("fraud").lint()}
    assert gaps == {
        "intended_uses.intended_uses",
        "intended_uses.factors_affecting_model_efficiency",
        "intended_uses.risk_rating",
        "intended_uses.explanations_for_risk_rating",
        "training_details.objective_function",
        "training_details.training_job_details.training_arn",
        "evaluation_details.0.datasets",
        "evaluation_details.0.evaluation_observation",
        "additional_information.ethical_considerations",
    }
    overview = content(run)["model_overview"]
    assert overview["algorithm_type"] == "LogisticRegression"
    assert overview["problem_type"] == "Binary Classification"
    parameters = {one["name"]: one["value"] for one in training(run)["user_provided_hyper_parameters"]}
    assert parameters["logisticregression__C"] == "0.5"
    assert "fits" not in facts(run)


def test_after_an_exception_nothing_is_saved(cardwright_session: cardwright.Session) -> None:
    with contextlib.suppress(KeyError), cardwright.record("fraud") as run:
        run.log_metric("loss", 1)
        raise KeyError
    assert run.card is None
    assert cardwright_session.sagemaker_client.list_model_cards()["ModelCardSummaries"] == []


def test_metrics_with_steps_become_curves() -> None:
    with cardwright.record("fraud") as run:
        for step, loss in enumerate([0.9, 0.5, 0.25]):
            run.log_metric("loss", float(np.float32(loss)), step=step * 10)
            run.log_metrics({"val_loss": loss * 2})
        run.log_metric("gini", 0.7)
    metrics = {one["name"]: one for one in training(run)["user_provided_training_metrics"]}
    assert metrics["loss"] == {"name": "loss", "value": 0.25, "notes": "last of 3 steps, step 20"}
    assert metrics["gini"] == {"name": "gini", "value": 0.7}
    assert "val_loss" not in metrics
    found = evaluations(run)
    (group,) = found["Training curves"]["metric_groups"]
    lines = {metric["name"]: metric["value"] for metric in group["metric_data"]}
    assert lines["loss"] == [[0, pytest.approx(0.9)], [10, 0.5], [20, 0.25]]
    assert lines["val_loss"] == [[0, 1.8], [1, 1.0], [2, 0.5]]
    assert found["Logged val metrics"]["metric_groups"][0]["metric_data"][0]["value"] == 0.5


def test_numbers_that_are_not_finite_are_left_out_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with cardwright.record("fraud") as run:
        run.log_metric("loss", math.nan, step=3)
        run.log_metric("loss", 0.5, step=4)
    assert "loss was left out at step 3" in caplog.text
    assert training(run)["user_provided_training_metrics"] == [{"name": "loss", "value": 0.5}]


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [("", 1, ValueError), ("x" * 256, 1, ValueError), ("a", "b", TypeError), ("a", True, TypeError)],
)
def test_a_wrong_metric_is_refused_at_once(name: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error), cardwright.record("fraud") as run:
        run.log_metric(name, value)


def test_datasets_are_named_by_their_digest(tmp_path: Path) -> None:
    file = tmp_path / "train.csv"
    file.write_bytes(b"a,b\n1,2\n")
    digest = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    with cardwright.record("fraud") as run:
        assert run.log_dataset(file, "train", uri="s3://data/train.csv") == digest
        first = run.log_dataset(pd.DataFrame({"a": [1, 2]}), "frame")
        assert run.log_dataset(pd.DataFrame({"a": [1, 3]}), "other") != first
        assert run.log_dataset(pd.DataFrame({"a": [1, 2]}), "again") == first
        run.log_dataset(np.zeros((3, 2)), "zeros", role="evaluation")
        assert run.log_dataset(iter([1]), "stream") is None
        run.evaluate([0, 1], [0, 1], task="binary")
    datasets = training(run)["training_datasets"]
    assert datasets[0] == f"s3://data/train.csv (train, 8 bytes, sha256:{digest})"
    assert datasets[1] == f"frame (2 rows x 1 columns, sha256:{first})"
    (evaluated,) = evaluations(run)["Evaluation of predictions"]["datasets"]
    assert evaluated.startswith("zeros (3 rows x 2 columns, sha256:")


def test_metrics_per_group_are_in_the_evaluation() -> None:
    predicted = LogisticRegression().fit(X, Y).predict(X)
    with cardwright.record("fraud") as run:
        run.evaluate(Y, predicted, task="binary", sensitive=pd.Series(SEX, name="sex"))
    groups = {
        group["name"]: group["metric_data"] for group in evaluations(run)["Evaluation of predictions"]["metric_groups"]
    }
    rows = np.array(SEX) == "female"
    found = {metric["name"]: metric["value"] for metric in groups["sex = female"]}
    assert found["count"] == rows.sum()
    assert found["accuracy"] == pytest.approx((Y[rows] == predicted[rows]).mean())
    assert found["selection_rate"] == pytest.approx(predicted[rows].mean())
    assert found["recall"] == pytest.approx(predicted[rows & (Y == 1)].mean())
    bars = {metric["name"]: metric for metric in groups["by sex"]}
    assert set(bars["accuracy"]["x_axis_name"]) == {"female", "male"}
    assert bars["accuracy_difference"]["value"] == pytest.approx(abs(np.subtract(*bars["accuracy"]["value"])))
    assert "2 groups of sex" in content(run)["additional_information"]["ethical_considerations"]


def test_a_sensitive_column_of_another_length_is_refused() -> None:
    with (
        pytest.raises(ValueError, match="sensitive 'sex' has 1 values for 2 predictions"),
        cardwright.record("c") as run,
    ):
        run.evaluate([0, 1], [0, 1], sensitive={"sex": ["f"]})


def test_regressions_and_several_features_have_groups_too() -> None:
    target = X[:, 1] * 3
    with cardwright.record("price") as run:
        guess = LinearRegression().fit(X, target).predict(X)
        run.evaluate(target, guess, sensitive={"sex": SEX, "age": [None] * 120})
    names = [group["name"] for group in evaluations(run)["Evaluation of predictions"]["metric_groups"]]
    assert {"by sex", "sex = male", "by age", "age = (missing)"} < set(names)
    assert content(run)["model_overview"]["problem_type"] == "Regression"


def test_texts_of_people_stay_and_texts_of_a_run_are_replaced() -> None:
    with cardwright.record("fraud") as run:
        LogisticRegression().fit(X, Y)
    card = ModelCard.load("fraud")
    card.model_overview.model_owner = "Risk team"  # type: ignore[union-attr]
    card.additional_information.custom_details["cost_centre"] = "7"  # type: ignore[union-attr,index]
    card.save()
    with cardwright.record("fraud") as run:
        RandomForestClassifier(3).fit(X, Y)
    overview = content(run)["model_overview"]
    assert overview["model_owner"] == "Risk team"
    assert overview["algorithm_type"] == "RandomForestClassifier"
    assert overview["model_description"].startswith("RandomForestClassifier of scikit-learn")
    assert content(run)["additional_information"]["custom_details"]["cost_centre"] == "7"
    assert ModelCard.load("fraud").version == 3


def test_evaluations_of_an_earlier_run_are_replaced() -> None:
    card = ModelCard("fraud", evaluation_details=[{"name": "By hand"}])
    card.create()
    with cardwright.record("fraud") as run:
        run.evaluate([0, 1], [0, 1], task="binary", name="First")
    with cardwright.record("fraud") as run:
        run.evaluate([0, 1], [0, 1], task="binary", name="Second")
    assert set(evaluations(run)) == {"By hand", "Second"}


def test_an_approved_card_becomes_a_draft_and_an_archived_one_is_refused() -> None:
    ModelCard("fraud", status="Approved").create()
    with cardwright.record("fraud") as run:
        run.log_param("C", 1)
    assert run.card is not None
    assert run.card.status.value == "Draft"
    ModelCard("old", status="Archived").create()
    with pytest.raises(ValueError, match="archived"), cardwright.record("old"):
        pytest.fail("the block started")


def test_an_invalid_name_is_refused_before_the_training() -> None:
    from botocore.exceptions import ClientError, ParamValidationError

    with pytest.raises((ClientError, ParamValidationError)), cardwright.record("not a name!"):
        pytest.fail("the block started")


def test_a_search_is_one_fit_with_its_cross_validation() -> None:
    with cardwright.record("fraud") as run:
        GridSearchCV(
            make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1]}, cv=3
        ).fit(X, Y)
    assert "fits" not in facts(run)
    (found,) = evaluations(run).values()
    (metric,) = found["metric_groups"][0]["metric_data"]
    assert 0.5 < metric["value"] <= 1
    assert metric["notes"].startswith("mean of 3 folds")
    assert content(run)["model_overview"]["algorithm_type"] == "LogisticRegression"


def test_a_score_is_an_evaluation_and_on_training_data_a_metric() -> None:
    with cardwright.record("fraud") as run:
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:80], Y[:80])
        score = model.score(X[80:], Y[80:])
        model.score(X[:80], Y[:80])
    (found,) = evaluations(run).values()
    assert found["metric_groups"][0]["metric_data"] == [{"name": "accuracy", "type": "number", "value": score}]
    assert found["datasets"][0].startswith("X of Pipeline.score (40 rows x 4 columns, sha256:")
    assert [one["name"] for one in training(run)["user_provided_training_metrics"]] == ["training_accuracy"]


def test_folds_of_a_cross_validation_are_not_fits_of_the_model() -> None:
    with cardwright.record("fraud") as run:
        model = LogisticRegression(C=0.5).fit(X, Y)
        cross_val_score(model, X, Y, cv=3)
    assert "fits" not in facts(run)
    assert "trained on 4 features" in content(run)["model_overview"]["model_description"]
    assert len(training(run)["training_datasets"]) == 2


def test_long_curves_are_thinned_to_fit_the_card() -> None:
    with cardwright.record("fraud") as run:
        for name in range(30):
            for step in range(1000):
                run.log_metric(f"loss {name}", step / 7)
    (group,) = evaluations(run)["Training curves"]["metric_groups"]
    assert len(group["metric_data"]) == 30
    first = group["metric_data"][0]
    assert (first["value"][0][0], first["value"][-1][0]) == (0, 999)
    assert first["notes"] == f"{len(first['value'])} of 1000 points"


def test_facts_above_the_limits_of_lists_are_custom_details() -> None:
    with cardwright.record("fraud") as run:
        run.log_params({f"p{number}": "v" * 40 for number in range(150)})
        run.log_metrics({f"m{number}": number for number in range(60)})
    assert len(training(run)["user_provided_hyper_parameters"]) == 100
    assert len(training(run)["user_provided_training_metrics"]) == 50
    found = facts(run)
    assert found["metrics"].startswith("m50=50.0, m51=51.0")
    whole = "".join(value for key, value in found.items() if key.startswith("parameters"))
    assert [part.partition("=")[0] for part in whole.split(", ")] == [f"p{number}" for number in range(100, 150)]


def test_a_model_of_several_outputs_names_no_classes() -> None:
    with cardwright.record("fraud") as run:
        MultiOutputClassifier(LogisticRegression()).fit(X, np.c_[Y, 1 - Y])
    assert content(run)["model_overview"]["problem_type"] == "Classification"


def test_two_runs_in_threads_each_have_their_own_fits() -> None:
    barrier = threading.Barrier(2)

    def train(name: str, strength: float) -> None:
        with cardwright.record(name):
            barrier.wait()
            LogisticRegression(C=strength).fit(X, Y)
            barrier.wait()

    threads = [threading.Thread(target=train, args=(f"card-{number}", float(number))) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in (1, 2):
        details = ModelCard.load(f"card-{number}").training_details
        assert details is not None
        listed = details.to_dict()["training_job_details"]["user_provided_hyper_parameters"]
        assert {"name": "C", "value": f"{number}.0"} in listed


SCRIPT = """
import sys, cardwright
assert not {"sklearn", "xgboost", "lightgbm", "numpy", "pandas"} & set(sys.modules), "a framework was imported"
with cardwright.record("fraud") as run:
    assert "sklearn" not in sys.modules
    if sys.argv[1:] == ["fit"]:
        from sklearn.linear_model import LogisticRegression
        LogisticRegression().fit([[0.0], [1.0]], [0, 1])
details = run.card.additional_information.custom_details
print(*(details[f"cw.run.{name}"] for name in ("script", "git_commit", "git_dirty", "git_branch")))
print(run.card.model_overview.algorithm_type)
"""


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    return subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_a_script_in_a_repository_records_its_commit_and_changes(tmp_path: Path) -> None:
    script = tmp_path / "jobs" / "train.py"
    script.parent.mkdir()
    script.write_text(SCRIPT)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Train")
    commit = git(tmp_path, "rev-parse", "HEAD")
    for dirty, words, algorithm in (("false", ["fit"], "LogisticRegression"), ("true", [], "None")):
        command = [sys.executable, str(script), *words]
        ran = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path)
        assert ran.stdout.splitlines() == [f"jobs/train.py {commit} {dirty} main", algorithm]
        script.write_text(SCRIPT + "# changed\n")


def test_duration_versions_and_machine_are_recorded() -> None:
    with cardwright.record("fraud") as run:
        run.log_params({"epochs": 3, "rate": 0.1})
    found = facts(run)
    assert float(found["duration_seconds"]) >= 0
    assert found["python"].endswith(".".join(map(str, sys.version_info[:3])))
    # The list is split over numbered details where many packages are imported.
    assert "numpy " in "".join(value for key, value in sorted(found.items()) if key.startswith("packages"))
    assert {"user", "architecture", "started"} <= found.keys()  # a worker of the tests runs no script
    listed = training(run)["user_provided_hyper_parameters"]
    assert listed == [{"name": "epochs", "value": "3"}, {"name": "rate", "value": "0.1"}]
