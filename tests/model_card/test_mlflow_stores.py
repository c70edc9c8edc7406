"""Cards from MLflow's stores and exports, without a server and without the package mlflow."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cardwright.client.card_folders import OrderedFile, files_in_order
from cardwright.client.mlflow_records import record_of
from cardwright.client.mlflow_tracking import open_tracking
from cardwright.core.content import check
from cardwright.core.errors import CardwrightError
from cardwright.interchange import ReadingOptions
from cardwright.model_card import EvaluationJob, ModelCard, TrainingDetails
from tests.model_card.mlflow_stores import MODEL, make_database, make_export, make_folder

STORES: dict[str, Callable[[Path], Path]] = {"folder": make_folder, "database": make_database}
SCHEMES = {"folder": "file:{}", "database": "sqlite:///{}"}


@pytest.fixture(params=STORES)
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return SCHEMES[request.param].format(STORES[request.param](tmp_path))


def read(folder: Path) -> list[dict[str, Any]]:
    """The contents of the cards that an import of a folder makes."""
    found = list(files_in_order(folder, ReadingOptions()))
    files = [one.file for one in found if isinstance(one, OrderedFile)]
    assert len(files) == len(found), found
    for file in files:
        check(file.cards[0].content)
    return [json.loads(file.cards[0].content) for file in files]


def test_a_model_of_a_store_gives_a_card_with_its_run(uri: str) -> None:
    card = ModelCard.from_mlflow(model=f"{MODEL}@champion", tracking_uri=uri)
    document = card.to_dict()
    overview = document["model_overview"]
    assert (overview["model_id"], overview["model_version"]) == ("models:/fraud classifier/1", 1)
    assert (overview["model_description"], overview["model_owner"]) == ("First version.", "Risk team")
    training = document["training_details"]["training_job_details"]
    assert {one["name"]: one["value"] for one in training["user_provided_hyper_parameters"]} == {
        "C": "0.5",
        "solver/kind": "lbfgs",
        "note": "multi\nline é",
    }
    assert training["training_datasets"] == ["s3://data/train.csv (train, digest 4102a11c)"]
    jobs = {job["name"]: job for job in document["evaluation_details"]}
    assert jobs["test"]["datasets"] == ["s3://data/test.csv (test, digest 204f64ae)"]
    curves = {one["name"]: one["value"] for one in jobs["metrics"]["metric_groups"][0]["metric_data"]}
    assert curves["val/loss"] == [[0, 1.2], [1, 0.6], [2, pytest.approx(0.4)], [3, 0.3]]
    assert ModelCard.from_mlflow(model=MODEL, tracking_uri=uri).to_dict()["model_overview"]["model_version"] == 2
    assert ModelCard.from_mlflow(model=f"models:/{MODEL}/1", tracking_uri=uri).to_dict()["model_overview"] == overview
    check(card.to_json())


def test_a_run_of_a_store_gives_a_card_training_details_and_evaluations(uri: str) -> None:
    run_id = str(record_of(record_of(open_tracking(uri).model_document(MODEL)["run"])["info"])["run_id"])
    assert ModelCard.from_mlflow(run_id, tracking_uri=uri).name == "second"
    assert TrainingDetails.from_mlflow_run(run_id, tracking_uri=uri) is not None
    job = EvaluationJob.from_mlflow_run(run_id, tracking_uri=uri)
    assert "s3://data/test.csv (test, digest 204f64ae)" in job.datasets


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("nothing", "has no registered model 'nothing'"),
        ("../models", "has no registered model"),
        (f"{MODEL}/9", "has no version 9"),
        (f"{MODEL}@none", "has no alias 'none'"),
    ],
)
def test_what_a_store_does_not_have_is_named(uri: str, model: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ModelCard.from_mlflow(model=model, tracking_uri=uri)


@pytest.mark.parametrize("run_id", ["none", "../../models", ""])
def test_a_run_that_a_store_does_not_have_is_refused(uri: str, run_id: str) -> None:
    with pytest.raises(ValueError, match="has no run"):
        ModelCard.from_mlflow(run_id, tracking_uri=uri)


@pytest.mark.parametrize("make", [*STORES.values(), make_export])
def test_an_import_reads_the_newest_version_of_each_model_with_its_run(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    (card,) = read(make(tmp_path))
    overview, training = card["model_overview"], card["training_details"]["training_job_details"]
    assert (overview["model_name"], overview["model_version"]) == (MODEL, 2)
    assert (overview["model_description"], overview["model_creator"]) == ("Second version.", "ada")
    assert {"name": "C", "value": "0.7"} in training["user_provided_hyper_parameters"]
    assert {job["name"] for job in card["evaluation_details"]} >= {"test", "metrics"}


@pytest.mark.parametrize("kind", STORES)
def test_a_folder_with_a_store_in_it_is_read_as_the_store(kind: str, tmp_path: Path) -> None:
    STORES[kind](tmp_path)
    (tmp_path / "notes.json").write_text("{}")
    assert [card["model_overview"]["model_name"] for card in read(tmp_path)] == [MODEL]


def test_a_store_without_models_gives_its_runs_without_the_deleted_ones(tmp_path: Path) -> None:
    folder, database = make_folder(tmp_path), make_database(tmp_path / "mlruns")
    for file in sorted((folder / "models").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript("DELETE FROM registered_models; DELETE FROM model_versions;")
    for place in (folder, database):
        creators = [card["training_details"]["training_job_details"] for card in read(place)]
        assert sorted(job["user_provided_hyper_parameters"][0]["value"] for job in creators) == ["0.5", "0.7"]


def test_a_model_and_a_run_of_another_version_stay_two_cards(tmp_path: Path) -> None:
    """The run of a model is found by its identifier only."""
    export = make_export(tmp_path)
    for file in export.rglob("run.json"):
        document = json.loads(file.read_text())
        document["mlflow"]["info"]["run_id"] = "0" * 30 + document["mlflow"]["info"]["run_id"][:2]
        file.write_text(json.dumps(document))
    cards = read(export)
    assert sorted(card["model_overview"].get("model_name", "") for card in cards) == ["", "", MODEL]
    assert not any("training_details" in card for card in cards if card["model_overview"].get("model_name"))


def test_a_version_alone_is_read_with_its_model_and_run(tmp_path: Path) -> None:
    """As export-model-version writes them: model.json, version.json, and the run in a folder."""
    export = make_export(tmp_path)
    model = json.loads((export / "models" / MODEL / "model.json").read_text())
    version = model["mlflow"]["registered_model"].pop("versions")[0]
    folder = tmp_path / "version"
    (folder / "run").mkdir(parents=True)
    (folder / "model.json").write_text(json.dumps(model))
    (folder / "version.json").write_text(json.dumps({**model, "mlflow": {"model_version": version}}))
    (run,) = (export / "experiments").rglob(f"{version['run_id']}/run.json")
    (folder / "run" / "run.json").write_bytes(run.read_bytes())
    (folder / "experiment.json").write_text("{}")
    (card,) = read(folder)
    assert card["model_overview"]["model_version"] == 1
    assert card["training_details"]["training_job_details"]["user_provided_hyper_parameters"][0]["value"] == "0.5"
    (folder / "model.json").unlink()
    run_card, card = read(folder)
    assert card["model_overview"]["model_id"] == "models:/fraud classifier/1"
    assert "training_details" in run_card


def test_symbolic_links_of_a_store_are_not_followed(tmp_path: Path) -> None:
    folder, secret = make_folder(tmp_path), tmp_path / "secret"
    secret.write_text("hidden")
    for params in folder.rglob("params"):
        (params / "stolen").symlink_to(secret)
    assert "hidden" not in json.dumps(read(folder))


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("meta.yaml", b"a: [", "meta.yaml cannot be imported. This is not YAML"),
        ("meta.yaml", b"a: &x 1\nb: *x", "an alias"),
        ("params/large", b"x" * 1_000_001, "is larger than 1 MB"),
    ],
)
def test_a_broken_file_of_a_store_is_named(path: str, data: bytes, words: str, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    for run in folder.glob("*/*/params"):
        (run.parent / path).write_bytes(data)
    faults: list[object] = []
    try:
        faults = [str(one) for one in files_in_order(folder, ReadingOptions()) if isinstance(one, CardwrightError)]
    except CardwrightError as error:
        faults = [str(error)]
    assert words in str(faults)


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("file:{}/none", "is neither a folder nor an SQLite database of MLflow"),
        ("sqlite:///{}/none.db", "is neither a folder nor an SQLite database of MLflow"),
        ("postgresql://host/mlflow", "is a store without a server"),
        ("file://host/mlruns", "is a store without a server"),
    ],
)
def test_a_uri_without_a_store_is_refused(uri: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        ModelCard.from_mlflow("x", tracking_uri=uri.format(tmp_path))


def test_a_database_of_another_tool_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.executescript("CREATE TABLE t (a);")
    with pytest.raises(CardwrightError, match="is not one of MLflow"):
        open_tracking(f"sqlite:///{tmp_path}/other.db")
