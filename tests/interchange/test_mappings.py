"""Where the facts of each format go."""

import json
from typing import Any

import pytest

from cardwright.interchange import Outcome, ReadingOptions, read_file
from cardwright.interchange.merging import merged
from tests.interchange.samples import sample


def content_of(data: bytes, **options: bool) -> Any:
    (card,) = read_file(data, options=ReadingOptions(**options)).cards
    return json.loads(card.content)


def details_of(content: Any) -> dict[str, str]:
    found: dict[str, str] = content["additional_information"]["custom_details"]
    return {key: value for key, value in found.items() if not key.startswith("cw.source.")}


@pytest.mark.parametrize(
    ("block", "title", "name"),
    [
        ("model_name: sft", "Model Card for Model ID", "sft"),
        ("model_name: sft", "Model Card for sft", "sft"),
        ("model-index: [{name: a, results: []}]", "Model Card for Model ID", "a"),
        ("license: mit", "Model Card for Model ID", ""),
        ("license: mit", "Model Card for {{ model_id }}", ""),
        ("license: mit", "Model Card for Model-Identifier-7", "Model-Identifier-7"),
    ],
)
def test_a_placeholder_in_the_title_of_a_readme_is_not_a_name(block: str, title: str, name: str) -> None:
    (card,) = read_file(f"---\n{block}\n---\n# {title}\n\n## Uses\n\nMail.\n".encode()).cards
    assert (card.name, json.loads(card.content).get("model_overview", {}).get("model_name", "")) == (name, name)
    sources = [line.source for line in card.report.lines]
    assert len(sources) == len(set(sources))


def test_metadata_and_results_of_a_readme() -> None:
    content = content_of(sample("README.md"))
    assert content["model_overview"] == {
        "model_name": "support-intent-pt",
        "problem_type": "text-classification",
        "model_description": "Finds what a customer wants.\n\nIt was trained on tickets of a bank.",
        "model_creator": "ACME Research",
        "algorithm_type": "BERT encoder",
        "model_artifact": ["https://example.org/repo"],
        "model_owner": "cards@acme.example",
    }
    details = details_of(content)
    assert details["cw.language"] == "no, pt"
    assert (details["cw.license"], details["hf.license"]) == ("Apache-2.0", "apache-2.0")
    assert (details["cw.base_model.0"], details["cw.base_model.0.relation"]) == (
        "neuralmind/bert-base-portuguese-cased",
        "finetune",
    )
    assert (details["cw.energy.training.gco2eq"], details["hf.new_version"]) == ("1240", "on")
    assert details["cw.text_format"] == "markdown"
    assert not any(key.startswith("hf.widget") for key in details)
    first, second, readme = content["evaluation_details"]
    assert first["metadata"]["args"] == '{"lang": "pt"}'
    assert first["metric_groups"][0]["metric_data"] == [
        {"name": "Accuracy", "type": "number", "value": 91.4, "notes": "%; type: accuracy; verified: true"},
        {"name": "f1", "type": "number", "value": 0.902, "notes": "± 0.011"},
    ]
    assert second["name"] == "text-classification"
    assert "metric_groups" not in readme
    parameters = content["training_details"]["training_job_details"]["user_provided_hyper_parameters"]
    assert parameters[2] == {"name": "seed", "value": "010"}


def test_tables_in_prose_are_read_only_when_asked() -> None:
    *_, readme = content_of(sample("README.md"), infer=True)["evaluation_details"]
    assert [metric["value"] for metric in readme["metric_groups"][0]["metric_data"]] == [0.93, 0.95]


def test_each_model_of_a_readme_becomes_a_card_with_its_own_results() -> None:
    block = "".join(
        f"- name: {name}\n  results:\n  - task: {{type: t}}\n    dataset: {{type: d, name: D}}\n"
        f"    metrics: [{{type: m, value: {value}}}]\n"
        for name, value in (("one", 1), ("two", 2))
    )
    data = f"---\nlicense: mit\nmodel-index:\n{block}---\n# Both\n".encode()
    cards = read_file(data).cards
    assert [card.name for card in cards] == ["one", "two"]
    for number, card in enumerate(cards, start=1):
        (job,) = json.loads(card.content)["evaluation_details"]
        assert job["metric_groups"][0]["metric_data"][0]["value"] == number
        others = [line for line in card.report.lines if line.source.startswith(f"/model-index/{2 - number}/")]
        assert {line.outcome for line in others} == {Outcome.DROPPED}


def test_results_of_one_data_set_and_other_splits_stay_apart() -> None:
    results = "".join(
        f"  - task: {{type: t}}\n    dataset: {{type: d, name: D, split: {split}}}\n"
        "    metrics: [{type: m, value: 1}]\n"
        for split in ("test", "validation", "test")
    )
    content = content_of(f"---\nmodel-index:\n- name: x\n  results:\n{results}---\n".encode())
    assert [(job["name"], len(job["metric_groups"][0]["metric_data"])) for job in content["evaluation_details"]] == [
        ("t: D", 2),
        ("t: D validation", 1),
    ]


def test_facts_of_a_bill_of_materials() -> None:
    content = content_of(sample("bom.cdx.json"))
    assert content["model_overview"]["model_version"] == 3
    assert content["model_overview"]["algorithm_type"] == "TrOCR (transformer)"
    assert content["intended_uses"] == {
        "intended_uses": "Users: Clerks\n\nUse cases: Read totals",
        "risk_rating": "Low",
    }
    details = details_of(content)
    assert (details["cw.energy.training.kwh"], details["cw.energy.training.gco2eq"]) == ("120.5", "31200")
    assert (details["cw.license"], details["cdx.license.1"]) == ("MIT", "House licence")
    assert details["cdx.prop.acme.cost_center.name"] == "acme:Cost Center"
    assert content["training_details"]["training_job_details"]["training_datasets"] == ["s3://data/invoices"]
    (job,) = content["evaluation_details"]
    assert job["datasets"] == ["test invoices"]
    assert [group["name"] for group in job["metric_groups"]] == ["handwritten", "printed"]
    assert job["metric_groups"][0]["metric_data"][1] == {"name": "cer_ci_lower", "type": "number", "value": 0.02}


def test_facts_of_an_spdx_document() -> None:
    content = content_of(sample("model.spdx.json"))
    overview = content["model_overview"]
    assert (overview["model_owner"], overview["model_creator"]) == ("ACME", "Ana")
    assert overview["algorithm_type"] == "gradient boosting, trees"
    assert "model_version" not in overview
    assert content["intended_uses"]["risk_rating"] == "High"
    details = details_of(content)
    assert (details["spdx.version"], details["spdx.safety_risk"]) == ("1.10", "serious")
    assert (details["cw.license"], details["cw.base_model.0"]) == ("MIT OR Apache-2.0", "https://spdx.org/base-model")
    assert details["cw.energy.training.kwh"] == "1"
    assert content["training_details"]["training_job_details"]["training_datasets"] == ["s3://data/crm"]
    assert content["evaluation_details"][0]["metric_groups"][0]["metric_data"] == [
        {"name": "auc", "type": "number", "value": 0.87, "notes": "threshold=0.8"}
    ]


def test_facts_of_both_versions_of_the_model_card_toolkit() -> None:
    first, second = content_of(sample("mct_0_0_1.json")), content_of(sample("mct_0_0_2.json"))
    assert details_of(first)["mct.version"] == "v3-final"
    assert second["model_overview"]["model_version"] == 1.2
    assert second["model_overview"]["model_owner"] == "Ana <ana@acme.example>; Bo"
    assert details_of(first)["mct.license.0"] == "Proprietary"
    assert details_of(second)["cw.license"] == "Apache-2.0"
    assert first["evaluation_details"][0]["datasets"] == ["s3://wiki/eval"]
    assert (
        second["additional_information"]["caveats_and_recommendations"] == "Limitations: Old data\n\nTradeoffs: Speed"
    )
    assert "iVBOR" not in json.dumps(second)


def test_a_merge_keeps_what_the_file_does_not_name() -> None:
    overview = '{"model_name": "a", "model_version": 1.50}'
    before = f'{{"model_overview": {overview}, "evaluation_details": [{{"name": "x"}}, {{"name": "y"}}]}}'
    added = '{"model_overview":{"model_name":"b"},"evaluation_details":[{"name":"y","datasets":["d"]},{"name":"z"}]}'
    assert merged(before, added) == (
        '{"model_overview":{"model_name":"b","model_version":1.50},"evaluation_details":'
        '[{"name":"x"},{"name":"y","datasets":["d"]},{"name":"z"}]}'
    )
    assert merged(before, "{}") == before
