"""Cards from scikit-learn: class and parameters of an estimator, and metrics of predictions."""

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cardwright.model_card import EvaluationJob, ModelCard, TrainingDetails
from tests.reports.samples import by_name, violations

RANDOM = np.random.default_rng(7)


def metrics(job: EvaluationJob) -> dict[str, dict[str, Any]]:
    groups = job.to_dict()["metric_groups"]
    assert violations(groups) == []
    (found,) = by_name(groups).values()
    return found


def parameters(details: TrainingDetails) -> dict[str, str]:
    job = details.to_dict()["training_job_details"]
    return {item["name"]: item["value"] for item in job["user_provided_hyper_parameters"]}


def fitted(estimator: Any) -> Any:
    return estimator.fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])


def test_an_estimator_gives_its_class_and_parameters() -> None:
    details = TrainingDetails.from_estimator(
        fitted(LogisticRegression(C=0.25)), objective_function={"function": {"function": "Minimize", "facet": "Loss"}}
    )
    found = parameters(details)
    assert found["estimator"] == "sklearn.linear_model.LogisticRegression"
    assert (found["C"], found["max_iter"], found["class_weight"]) == ("0.25", "100", "None")
    assert "sklearn.linear_model.LogisticRegression" in str(details.training_observations)
    assert details.objective_function is not None
    assert [item for item in ModelCard("c", training_details=details).lint() if "required" in item.message] == []


def test_a_pipeline_gives_the_parameters_of_its_steps() -> None:
    found = parameters(TrainingDetails.from_estimator(fitted(make_pipeline(StandardScaler(), LogisticRegression()))))
    assert found["estimator"] == "sklearn.pipeline.Pipeline"
    assert found["logisticregression"] == "sklearn.linear_model.LogisticRegression"
    assert found["logisticregression__C"] == "1.0"
    assert found["standardscaler__with_mean"] == "True"


def test_unfitted_models_and_other_objects_are_refused() -> None:
    with pytest.raises(NotFittedError):
        TrainingDetails.from_estimator(LogisticRegression())
    for wrong in (LogisticRegression, "text", None):
        with pytest.raises(TypeError, match="A fitted scikit-learn estimator is expected"):
            TrainingDetails.from_estimator(wrong)


def test_two_classes_give_a_matrix_rates_and_curves() -> None:
    truth = RANDOM.integers(0, 2, 500)
    scores = truth * 0.4 + RANDOM.random(500) * 0.6
    job = EvaluationJob.from_predictions(truth, (scores > 0.5).astype(int), scores, datasets=["s3://test"])
    found = metrics(job)
    assert sum(map(sum, found["confusion_matrix"]["value"])) == 500
    assert found["confusion_matrix"]["x_axis_name"] == ["0", "1"]
    assert found["auc"]["value"] == pytest.approx(roc_auc_score(truth, scores))
    assert {"accuracy", "precision", "recall", "f1"} <= found.keys()
    for curve, first, last in (
        ("receiver_operating_characteristic_curve", [0, 0], [1, 1]),
        ("precision_recall_curve", None, [0, 1]),
    ):
        points = found[curve]["value"]
        assert len(points) <= 100
        assert first is None or points[0] == first
        assert points[-1] == last
    assert job.to_dict()["datasets"] == ["s3://test"]


def test_words_are_classes_and_the_last_of_two_is_the_positive_one() -> None:
    found = metrics(EvaluationJob.from_predictions(["no", "yes", "yes", "no"], ["no", "yes", "no", "no"]))
    assert found["recall"]["value"] == 0.5
    assert found["precision"]["value"] == 1.0
    assert found["confusion_matrix"]["value"] == [[2, 0], [1, 1]]
    assert "auc" not in found


def test_scores_of_both_classes_are_taken_too() -> None:
    truth, scores = [0, 1, 1, 0], np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.7, 0.3]])
    assert metrics(EvaluationJob.from_predictions(truth, truth, scores))["auc"]["value"] == 1.0


def test_many_classes_give_weighted_rates_and_a_curve_each() -> None:
    truth = RANDOM.integers(0, 3, 300)
    scores = RANDOM.dirichlet(np.ones(3), 300)
    found = metrics(EvaluationJob.from_predictions(truth, scores.argmax(axis=1), scores))
    assert {"weighted_precision", "weighted_recall", "weighted_f1", "auc"} <= found.keys()
    assert {f"receiver_operating_characteristic_curve - class={number}" for number in range(3)} <= found.keys()


def test_a_hundred_classes_fit_a_card_too() -> None:
    truth = np.arange(1000) % 100
    job = EvaluationJob.from_predictions(truth, truth, np.eye(100)[truth])
    assert len(metrics(job)["confusion_matrix"]["value"]) == 20
    assert len(ModelCard("c", evaluation_details=[job]).to_json()) < 100_000


def test_numbers_give_the_errors_of_regression() -> None:
    found = metrics(EvaluationJob.from_predictions([1.5, 2.5, 3.0], [1.0, 2.5, 4.0], name="regression"))
    assert found["mae"]["value"] == pytest.approx(0.5)
    assert found["rmse"]["value"] == pytest.approx((1.25 / 3) ** 0.5)
    assert {"mse", "r2"} <= found.keys()


WHOLE_NUMBERS = [3, 7, 9, 100, 25, 41, 33], [4, 7, 8, 90, 27, 40, 31]


def test_whole_numbers_may_be_a_regression() -> None:
    job = EvaluationJob.from_predictions(*WHOLE_NUMBERS, task="regression")
    assert metrics(job)["mae"]["value"] == pytest.approx(17 / 7)
    assert job.metadata == {"task": "regression"}
    classes = EvaluationJob.from_predictions(*WHOLE_NUMBERS, task="multiclass")
    assert metrics(classes)["accuracy"]["value"] == pytest.approx(1 / 7)


@pytest.mark.parametrize(
    ("truth", "guess", "task"),
    [
        (*WHOLE_NUMBERS, "regression"),
        ([1.5, 2.5], [1, 2], "regression"),
        ([0, 1, 1], [0, 1, 0], "binary"),
        ([0, 1, 2], [0, 2, 1], "multiclass"),
        (["a", "b", "c"], ["a", "d", "e"], "multiclass"),
    ],
)
def test_a_guessed_task_warns_that_it_is_guessed(
    truth: list[Any], guess: list[Any], task: str, caplog: pytest.LogCaptureFixture
) -> None:
    job = EvaluationJob.from_predictions(truth, guess, metadata={"split": "test"})
    note = f"{task}, guessed from the values"
    assert job.metadata == {"task": note, "split": "test"}
    assert f"{note}; set it with task=" in caplog.text


def test_two_classes_may_be_evaluated_as_many() -> None:
    found = metrics(EvaluationJob.from_predictions([0, 1, 1], [0, 1, 0], task="multiclass"))
    assert {"weighted_precision", "weighted_f1"} <= found.keys()
    with pytest.raises(ValueError, match="task='binary' is for two classes, and there are 3"):
        EvaluationJob.from_predictions([0, 1, 2], [0, 1, 2], task="binary")
    with pytest.raises(ValueError, match=r"y_true should be one number for each prediction"):
        EvaluationJob.from_predictions(["a"], ["b"], task="regression")
    with pytest.raises(ValueError, match="task should be one of binary, multiclass, regression or None"):
        EvaluationJob.from_predictions([0], [0], task="ranking")  # type: ignore[arg-type] # what is tested


@pytest.mark.parametrize("empty", [[], np.array([]), (), iter([])])
@pytest.mark.parametrize("task", [None, "binary", "multiclass", "regression"])
def test_empty_predictions_are_refused_by_name(empty: Any, task: Any) -> None:
    with pytest.raises(ValueError, match="y_true is empty: there are no predictions to evaluate"):
        EvaluationJob.from_predictions(empty, [], task=task)
    with pytest.raises(ValueError, match="y_pred is empty: there are no predictions to evaluate"):
        EvaluationJob.from_predictions([1], [], task=task)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_missing_predictions_are_refused_by_name(missing: Any) -> None:
    with pytest.raises(ValueError, match="y_pred has 1 missing values"):
        EvaluationJob.from_predictions(["a", "b"], ["a", missing])


def test_numbers_of_any_python_type_are_numbers() -> None:
    for kind in (Decimal, Fraction):
        found = metrics(EvaluationJob.from_predictions([kind("1.5"), kind("2.5")], [kind("1"), kind("2.5")]))
        assert found["mae"]["value"] == 0.25


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0, 1, 1]), "inconsistent numbers of samples"),
        (([0, 1, 0], [0.2, 0.7, 0.1]), "give predicted classes, scores as y_score"),
        (([0.5, 1.5], [0.5, 1.5], [1, 2]), "y_score is allowed for classes"),
        (([0, 1, 0], [0, 1, 0], [0.1, 0.9]), r"y_score should be of shape \(3,\) or \(3, 2\), not \(2,\)"),
        (([0, 1, 2], [0, 1, 2], [0.1, 0.9, 0.2]), r"y_score should be of shape \(3, 3\), not \(3,\)"),
        (([[0, 1], [1, 1]], [[0, 1], [1, 1]]), "should each be classes or numbers"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EvaluationJob.from_predictions(*arguments)


def test_without_scikit_learn_the_error_names_what_to_install() -> None:
    code = """
import sys
sys.modules["sklearn"] = None
from cardwright.model_card import EvaluationJob, TrainingDetails
for call in (lambda: EvaluationJob.from_predictions([0], [0]), lambda: TrainingDetails.from_estimator(object())):
    try:
        call()
    except ImportError as error:
        assert 'pip install "cardwright[scikit-learn]"' in str(error)
    else:
        raise SystemExit(1)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
