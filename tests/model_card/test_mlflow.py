"""Cards, training details and evaluations from an MLflow server."""

import base64
import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardwright.core.content import check
from cardwright.model_card import EvaluationJob, ModelCard, TrainingDetails
from tests.model_card.mlflow_answers import MlflowAnswers, mlflow_answers
from tests.model_card.sessions import ServerSession
from tests.servers import free_port
from tests.waiting import DEADLINE

RUN = "a560be0f318b47e6a2fe09a2672101dc"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[MlflowAnswers]:
    for name in (
        "MLFLOW_TRACKING_URI",
        "MLFLOW_TRACKING_USERNAME",
        "MLFLOW_TRACKING_PASSWORD",
        "MLFLOW_TRACKING_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    with mlflow_answers() as server:
        yield server


def test_a_registered_model_gives_a_card_in_one_call(answers: MlflowAnswers, session: ServerSession, name: str) -> None:
    card = ModelCard.from_mlflow(
        model="fraud classifier@champion", tracking_uri=answers.url, name=name, sagemaker_session=session
    )
    document = card.to_dict()
    overview = document["model_overview"]
    assert overview["model_id"] == "models:/fraud classifier/1"
    assert overview["model_name"] == "fraud classifier"
    assert overview["model_version"] == 1
    assert overview["model_description"] == "First version, trained on 2025 data."
    assert (overview["model_creator"], overview["model_owner"]) == ("ada", "Risk team")
    training = document["training_details"]["training_job_details"]
    assert training["training_datasets"] == ["s3://data/train.csv (train, digest 4102a11c)"]
    assert {"name": "C", "value": "0.5"} in training["user_provided_hyper_parameters"]
    assert {one["name"]: one["value"] for one in training["user_provided_training_metrics"]} == {
        "train_loss": 0.25,
        "auc": 0.8,
        "recall": 0.75,
    }
    jobs = {job["name"]: job for job in document["evaluation_details"]}
    assert jobs["test"]["datasets"] == ["s3://data/test.csv (test, digest 204f64ae)"]
    curves = {metric["name"]: metric["value"] for metric in jobs["metrics"]["metric_groups"][0]["metric_data"]}
    assert curves["val_loss"] == [[0, 1.2], [1, 0.6], [2, pytest.approx(0.4)], [3, 0.3]]
    assert card.status.value == "Draft"
    assert card.create()


def test_the_report_names_what_was_left_out(answers: MlflowAnswers) -> None:
    card = ModelCard.from_mlflow(model="fraud classifier/1", tracking_uri=answers.url)
    assert card.name == "fraud-classifier"
    assert card.import_report is not None
    lines = {line.source: line for line in card.import_report.lines}
    assert lines["/run/data/metrics/4/value"].detail == "NaN is not a finite number"
    assert lines["/model_version/aliases/0"].target is not None
    check(card.to_json())


def test_the_newest_version_and_the_prefix_of_mlflow_are_understood(answers: MlflowAnswers) -> None:
    for words in ("fraud classifier", "models:/fraud classifier/1", "models:/fraud classifier@champion"):
        card = ModelCard.from_mlflow(model=words, tracking_uri=answers.url)
        assert card.model_overview is not None
        assert card.model_overview.model_version == 1


def test_a_run_gives_training_details_and_an_evaluation(answers: MlflowAnswers) -> None:
    details = TrainingDetails.from_mlflow_run(RUN, tracking_uri=answers.url, training_observations="Nightly.")
    assert details.training_observations == "Nightly."
    assert details.training_job_details is not None
    assert [one.name for one in details.training_job_details.user_provided_hyper_parameters] == ["C", "solver"]
    job = EvaluationJob.from_mlflow_run(RUN, tracking_uri=answers.url, name="Offline")
    names = {metric.name for group in job.metric_groups for metric in group.metric_data}
    assert {"val_loss", "test_accuracy"} <= names
    assert "auc" not in names
    card = ModelCard.from_mlflow(run_id=RUN, tracking_uri=answers.url)
    assert card.name == "first"
    check(ModelCard("x", training_details=details, evaluation_details=[job]).to_json())


def test_the_address_and_credentials_come_from_the_environment(
    answers: MlflowAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", answers.url)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "secret")
    ModelCard.from_mlflow(run_id=RUN)
    assert {headers["Authorization"] for _, headers in answers.requests} == {"Bearer secret"}
    answers.requests.clear()
    ModelCard.from_mlflow(run_id=RUN, tracking_uri=answers.url.replace("http://", "http://ada:pw@"))
    expected = "Basic " + base64.b64encode(b"ada:pw").decode()
    assert {headers["Authorization"] for _, headers in answers.requests} == {expected}


def test_missing_models_and_wrong_words_are_refused_with_the_reason(answers: MlflowAnswers) -> None:
    with pytest.raises(ValueError, match="Registered Model with name=missing not found"):
        ModelCard.from_mlflow(model="missing", tracking_uri=answers.url)
    with pytest.raises(ValueError, match="Run with id=missing not found"):
        ModelCard.from_mlflow(run_id="missing", tracking_uri=answers.url)
    with pytest.raises(ValueError, match="Name either a run"):
        ModelCard.from_mlflow(tracking_uri=answers.url)
    with pytest.raises(ValueError, match="MLFLOW_TRACKING_URI"):
        ModelCard.from_mlflow(run_id=RUN)


@pytest.mark.parametrize("uri", ["sqlite:///mlflow.db", "file:///etc", "mlruns", "ftp://host", "http://"])
def test_addresses_without_a_server_are_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="mlflow server"):
        ModelCard.from_mlflow(run_id=RUN, tracking_uri=uri)


def test_a_redirect_to_another_host_is_refused(answers: MlflowAnswers) -> None:
    with mlflow_answers() as other:
        answers.instead = lambda path: (302, {"Location": other.url + path}, b"")
        with pytest.raises(ConnectionError, match="sends requests on to another address"):
            ModelCard.from_mlflow(run_id=RUN, tracking_uri=answers.url)
        assert other.requests == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "its answer is not JSON"),
        (b"[]", "its answer is not an object"),
        (b"{}", "its answer lacks 'run'"),
        (b'{"run": 5}', "its answer lacks 'run'"),
        (b" " * 20_000_001, "larger than 20 MB"),
    ],
)
def test_an_answer_that_is_not_of_mlflow_is_refused(answers: MlflowAnswers, body: bytes, words: str) -> None:
    answers.instead = lambda _: (200, {}, body)
    with pytest.raises(ConnectionError, match=words):
        ModelCard.from_mlflow(run_id=RUN, tracking_uri=answers.url)


def test_a_server_that_does_not_answer_is_a_connection_error() -> None:
    with pytest.raises(ConnectionError, match="did not answer"):
        ModelCard.from_mlflow(run_id=RUN, tracking_uri=f"http://127.0.0.1:{free_port()}")


TRAINING = """
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
from sklearn.linear_model import LogisticRegression
with mlflow.start_run() as run:
    model = LogisticRegression(C=0.5).fit([[0.0], [1.0]], [0, 1])
    mlflow.log_params({"C": 0.5})
    for step in range(3):
        mlflow.log_metric("val_loss", 1 / (step + 1), step=step)
    mlflow.sklearn.log_model(model, name="model", registered_model_name="fraud")
mlflow.MlflowClient().set_registered_model_alias("fraud", "champion", "1")
"""


@pytest.mark.long
def test_a_real_mlflow_server_gives_a_card(tmp_path: Path) -> None:
    """Needs `mlflow` on the PATH: its own environment is best, because it has many packages."""
    program = shutil.which("mlflow")
    if program is None:
        pytest.skip("mlflow is not installed")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    store = [
        "--backend-store-uri",
        f"sqlite:///{tmp_path}/mlflow.db",
        "--default-artifact-root",
        str(tmp_path / "files"),
    ]
    with (tmp_path / "log").open("wb") as log:
        command = [program, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *store]
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, cwd=tmp_path)
    try:
        _wait_for(url)
        python = str(Path(program).with_name("python"))
        subprocess.run([python, "-c", TRAINING, url], check=True, capture_output=True, cwd=tmp_path)
        card = ModelCard.from_mlflow(model="fraud@champion", tracking_uri=url)
    finally:
        process.terminate()
        process.wait(DEADLINE)
    document: dict[str, Any] = card.to_dict()
    assert document["model_overview"]["model_id"] == "models:/fraud/1"
    assert {"name": "C", "value": "0.5"} in document["training_details"]["training_job_details"][
        "user_provided_hyper_parameters"
    ]
    check(json.dumps(document))


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=DEADLINE):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"MLflow did not start, with {sys.executable}")
