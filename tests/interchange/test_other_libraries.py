"""The samples are valid for the libraries of their formats, and what these libraries write is read completely."""

import json

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from huggingface_hub import EvalResult, ModelCard, ModelCardData

from cardwright.interchange import Outcome, read_file
from tests.interchange.samples import sample


def test_the_bill_of_materials_is_valid_in_each_version_that_is_read() -> None:
    document = json.loads(sample("bom.cdx.json"))
    for version in (SchemaVersion.V1_6, SchemaVersion.V1_7):
        text = json.dumps(document | {"specVersion": version.to_version()})
        assert JsonStrictValidator(version).validate_str(text) is None
        assert read_file(text.encode()).cards[0].name == "invoice-ocr"


def test_a_card_that_huggingface_hub_writes_is_read() -> None:
    result = EvalResult("image-to-text", "acme/scans", "Scans", "cer", 0.031, dataset_split="test", metric_name="CER")
    data = ModelCardData(
        language=["en", "no"],
        license="mit",
        base_model="a/b",
        datasets=["x/y"],
        model_name="ocr",
        eval_results=[result],
    )
    card = ModelCard.from_template(
        data, model_id="ocr", model_summary="Short.", developers="Ana", direct_use="Read it.", hardware_type="CPU"
    )
    (found,) = read_file(str(card).encode()).cards
    content = json.loads(found.content)
    assert found.name == "ocr"
    assert content["model_overview"]["model_creator"] == "Ana"
    assert content["intended_uses"] == {"intended_uses": "Direct Use: Read it."}
    (job,) = content["evaluation_details"]
    assert job["metadata"] == {"task_type": "image-to-text", "dataset_type": "acme/scans", "split": "test"}
    assert job["metric_groups"][0]["metric_data"] == [
        {"name": "CER", "type": "number", "value": 0.031, "notes": "type: cer"}
    ]
    assert "More Information Needed" not in found.content
    dropped = found.report.of([Outcome.DROPPED])
    assert {line.detail.split(":")[0] for line in dropped} == {
        "A placeholder",
        "A sentence or placeholder of the template",
        "Code and instructions stay in the kept source",
    }
