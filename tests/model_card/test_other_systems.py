"""Cards from the Hugging Face Hub's cache, and evaluations from fairlearn."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate
from huggingface_hub import try_to_load_from_cache
from sklearn.metrics import accuracy_score

from cardwright.core.content import check
from cardwright.model_card import EvaluationJob, ModelCard
from tests.interchange.samples import sample

COMMIT = "a" * 40
TRUE, GUESS = [0, 1, 0, 1, 1, 0, 1, 0], [0, 1, 1, 1, 0, 0, 1, 0]
SEX, AGE = ["f", "m"] * 4, ["old", "old", "young", "young"] * 2


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of huggingface_hub with one model."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    model = tmp_path / "models--acme--fraud"
    snapshot = model / "snapshots" / COMMIT
    (snapshot / ".eval_results").mkdir(parents=True)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(COMMIT)
    (snapshot / "README.md").write_bytes(sample("README.md"))
    (snapshot / ".eval_results" / "results.yaml").write_bytes(sample("eval_results.yaml"))
    return snapshot


def test_a_repository_in_the_cache_gives_a_card_with_its_results(cache: Path) -> None:
    assert try_to_load_from_cache("acme/fraud", "README.md", cache_dir=cache.parents[2]) == str(cache / "README.md")
    card = ModelCard.from_huggingface("acme/fraud", name="fraud")
    document = card.to_dict()
    assert document["model_overview"]["model_id"] == "acme/fraud"
    alone = ModelCard.from_huggingface(cache / "README.md").to_dict()
    assert len(document["evaluation_details"]) > len(alone["evaluation_details"])
    assert card.import_report is not None
    assert any(line.source.startswith("/0/dataset") for line in card.import_report.lines)
    check(card.to_json())
    assert ModelCard.from_huggingface("acme/fraud", revision=COMMIT).to_dict() == document


def test_a_folder_gives_a_card_without_a_repository(cache: Path) -> None:
    card = ModelCard.from_huggingface(cache)
    assert card.name
    assert "a" * 40 not in card.to_json()


@pytest.mark.parametrize("words", ["../acme", "a/b/c", "acme/..", "https://huggingface.co/acme/fraud", ""])
def test_words_that_do_not_name_a_repository_are_refused(
    cache: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(cache)
    with pytest.raises((ValueError, FileNotFoundError)):
        ModelCard.from_huggingface(words)


def test_without_the_library_an_unknown_repository_names_the_ways(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(FileNotFoundError, match="pip install huggingface_hub"):
        ModelCard.from_huggingface("acme/other")


def test_with_the_library_the_hub_is_asked_and_its_fault_reported(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library: Any = ModuleType("huggingface_hub")
    asked: list[tuple[Any, ...]] = []

    def snapshot_download(repository: str, *, revision: str | None, allow_patterns: list[str]) -> str:
        asked.append((repository, revision, allow_patterns))
        if repository == "acme/private":
            raise PermissionError("401")
        return str(cache)

    library.snapshot_download = snapshot_download
    monkeypatch.setitem(sys.modules, "huggingface_hub", library)
    assert (
        ModelCard.from_huggingface("acme/other", revision="v1").to_dict()["model_overview"]["model_id"] == "acme/other"
    )
    assert asked == [("acme/other", "v1", ["README.md", ".eval_results/*"])]
    with pytest.raises(ConnectionError, match="PermissionError: 401"):
        ModelCard.from_huggingface("acme/private")


def groups(frame: Any) -> dict[str, dict[str, Any]]:
    job = EvaluationJob.from_fairlearn(frame)
    check(ModelCard("fair", evaluation_details=[job]).to_json())
    return {
        group["name"]: {metric["name"]: metric["value"] for metric in group["metric_data"]}
        for group in job.to_dict()["metric_groups"]
    }


def test_a_metric_frame_gives_metrics_by_group() -> None:
    metrics = {"accuracy": accuracy_score, "selection_rate": selection_rate}
    frame = MetricFrame(metrics=metrics, y_true=TRUE, y_pred=GUESS, sensitive_features={"sex": SEX})
    found = groups(frame)
    assert found["overall"] == dict(frame.overall)
    assert found["sex = f"] == dict(frame.by_group.loc["f"])
    assert found["by sex"]["accuracy"] == list(frame.by_group["accuracy"])
    assert found["by sex"]["accuracy_difference"] == frame.difference()["accuracy"]


def test_one_metric_several_features_and_control_features_are_read() -> None:
    single = MetricFrame(metrics=accuracy_score, y_true=TRUE, y_pred=GUESS, sensitive_features={"sex": SEX})
    assert groups(single)["overall"] == {"accuracy_score": single.overall}
    several = MetricFrame(
        metrics={"fpr": false_positive_rate},
        y_true=TRUE,
        y_pred=GUESS,
        sensitive_features={"sex": SEX},
        control_features={"age": AGE},
    )
    found = groups(several)
    assert {"by age and sex", "overall, age = old", "age and sex = old, f"} <= set(found)


def test_another_object_is_refused() -> None:
    with pytest.raises(TypeError, match="MetricFrame is expected"):
        EvaluationJob.from_fairlearn([1])
