"""Each writer makes valid files of any card, the same bytes each time, with a complete report."""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from huggingface_hub import ModelCard, parse_eval_result_entries
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from spdx_python_model import v3_0_1 as spdx_model

from cardwright.core import content as contents
from cardwright.core.card import CardSource
from cardwright.core.json_value import object_at
from cardwright.examples import examples
from cardwright.formats import FORMATS, CardRecord, RenderedCard, VersionEntry
from cardwright.interchange import Outcome, read_file
from cardwright.interchange.source import Source
from cardwright.interchange.yaml_text import parsed_yaml
from tests.interchange.samples import SAMPLES, sample

CARD_FORMATS = [name for name, row in FORMATS.items() if row.is_card_file]
WHOLE = [name for name in CARD_FORMATS if name != "huggingface-results"]
"""The formats that hold a whole card."""
KINDS = {name: "cyclonedx" if name == "cyclonedx-1.7" else name for name in CARD_FORMATS}
OWN = {"huggingface": "README.md", "cyclonedx": "bom.cdx.json", "spdx": "model.spdx.json"}
OWN |= {"modelcard-toolkit": "mct_0_0_2.json"}
CREATED = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1000)


def record(content: str, source: CardSource | None = None) -> CardRecord:
    arn = "arn:aws:sagemaker:us-east-1:000000000000:model-card/churn"
    entry = VersionEntry(3, "Draft", CREATED, CREATED + 5)
    return CardRecord("churn", arn, 3, "Draft", content, CREATED - 9, CREATED + 5, versions=(entry,), source=source)


def render(kind: str, content: str, source: CardSource | None = None) -> RenderedCard:
    return FORMATS[kind].render(record(content, source))


def _contents() -> Iterator[tuple[str, str]]:
    for name in SAMPLES:
        file = read_file(sample(name), name)
        if not file.format.is_part:
            yield name, file.cards[0].content
    for example in examples():
        yield example.name, [step.content for step in example.steps if step.content is not None][-1]
    yield "empty", "{}"


CONTENTS = dict(_contents())


@cache
def schema(name: str) -> Any:
    return jsonschema_rs.validator_for(json.loads((Path(__file__).parent / "schemas" / name).read_text()))


def check_spdx(data: bytes) -> None:
    """The JSON Schema, and the bindings of SPDX, which check types and demanded members."""
    schema("spdx-3.0.1.schema.json").validate(json.loads(data))
    found = spdx_model.SHACLObjectSet()
    spdx_model.JSONLDDeserializer().read(BytesIO(data), found)
    (package,) = found.foreach_type(spdx_model.ai_AIPackage)
    kinds = [str(one.relationshipType).rpartition("/")[2] for one in found.foreach_type(spdx_model.Relationship)]
    assert package.suppliedBy is not None
    assert package.releaseTime is not None
    assert kinds.count("hasDeclaredLicense") == kinds.count("hasConcludedLicense") == 1
    assert not found.missing_ids - {"https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"}


def check_cyclonedx(version: SchemaVersion) -> Callable[[bytes], None]:
    validator = JsonStrictValidator(version)

    def check(data: bytes) -> None:
        assert validator.validate_str(data.decode()) is None

    return check


def check_readme(data: bytes) -> None:
    data_of: Any = ModelCard(data.decode(), ignore_metadata_errors=False).data  # huggingface_hub does not type it
    found = data_of.to_dict()
    (model,) = found.get("model-index", [{"results": []}])
    for result in model["results"]:
        assert result["task"]["type"]
        assert result["dataset"]["type"]
        assert result["dataset"]["name"]


def check_results(data: bytes) -> None:
    parse_eval_result_entries(yaml.safe_load(data))


CHECKS: dict[str, Callable[[bytes], None]] = {
    "huggingface": check_readme,
    "huggingface-results": check_results,
    "cyclonedx": check_cyclonedx(SchemaVersion.V1_6),
    "cyclonedx-1.7": check_cyclonedx(SchemaVersion.V1_7),
    "spdx": check_spdx,
    "modelcard-toolkit": lambda data: schema("model_card_toolkit-0.0.2.schema.json").validate(json.loads(data)),
}


@pytest.mark.parametrize("kind", CARD_FORMATS)
@pytest.mark.parametrize("name", CONTENTS)
def test_a_card_becomes_a_valid_file_with_a_line_for_each_value(kind: str, name: str) -> None:
    made = render(kind, CONTENTS[name])
    CHECKS[kind](made.data)
    assert made.data == render(kind, CONTENTS[name]).data
    assert made.report is not None
    root = Source("", json.loads(CONTENTS[name]))
    assert [line.source for line in made.report.lines] == [leaf.pointer for leaf in root.leaves()]
    assert all((line.target is None) == (line.outcome is Outcome.DROPPED) for line in made.report.lines)
    assert all(line.detail for line in made.report.lines if line.outcome is not Outcome.KEPT)


def _block(kind: str, data: bytes) -> Any:
    if kind == "huggingface-results":
        return parsed_yaml(data.decode())
    return parsed_yaml(data.decode().split("\n---\n")[0].removeprefix("---\n"))


@pytest.mark.parametrize("kind", CARD_FORMATS)
@pytest.mark.parametrize("name", CONTENTS)
def test_the_targets_of_a_report_have_the_values_that_it_names(kind: str, name: str) -> None:
    made = render(kind, CONTENTS[name])
    root = Source("", _block(kind, made.data) if kind.startswith("huggingface") else json.loads(made.data))
    card = Source("", json.loads(CONTENTS[name]))
    by_pointer = {leaf.pointer: leaf for leaf in card.leaves()}
    assert made.report is not None
    for line in made.report.lines:
        if line.target is None or line.target.startswith("#"):
            continue
        found = root.find(*(int(step) if step.isdigit() else step for step in Source(line.target).steps))
        is_list = Source(line.target).steps[:-1] and not found.exists  # a list of one value is the value in YAML
        assert found.exists or is_list, line
        if line.outcome is Outcome.KEPT and found.exists and not isinstance(found.value, (dict, list)):
            assert found.value == by_pointer[line.source].value or "type" in line.source, line


@pytest.mark.parametrize("kind", [kind for kind in CARD_FORMATS if kind in OWN])
def test_a_changed_card_of_a_format_returns_with_the_same_facts(kind: str) -> None:
    """The card has another description, so the file is made and not returned."""
    card = json.loads(read_file(sample(OWN[kind]), OWN[kind]).cards[0].content)
    card["model_overview"]["model_description"] = "Another description."
    made = render(kind, json.dumps(card))
    back = json.loads(read_file(made.data, OWN[kind]).cards[0].content)
    lost = _facts(card).items() - _facts(back).items()
    assert {pointer for pointer, _ in lost} <= _LOST[kind]


_CUSTOM = "/additional_information/custom_details/"
_LOST: dict[str, set[str]] = {
    "huggingface": {"/evaluation_details/2/evaluation_observation"},  # the same table in other white space
    "cyclonedx": set(),
    "spdx": {f"{_CUSTOM}spdx.dataset_name"},
    "modelcard-toolkit": {
        *(f"{_CUSTOM}mct.data.{key}" for key in ("0.name", "0.sensitive.sensitive_data.0", "1.description")),
        f"{_CUSTOM}mct.version_date",  # 30 February is not a date
    },
}


def _facts(card: dict[str, Any]) -> dict[str, object]:
    about_source = f"{_CUSTOM}cw.source."
    facts = {leaf.pointer: leaf.value for leaf in Source("", card).leaves()}
    return {
        pointer: value
        for pointer, value in facts.items()
        if not pointer.startswith(about_source) and not pointer.endswith(("cdx.serial_number", "cdx.bom_version"))
    }


@pytest.mark.parametrize("kind", WHOLE)
def test_a_card_of_sagemaker_returns_with_its_texts_and_numbers(kind: str) -> None:
    card = {
        "model_overview": {"model_name": "churn", "model_description": "Finds churn.", "model_owner": "Data team"},
        "intended_uses": {"intended_uses": "Call centre.", "risk_rating": "High"},
        "evaluation_details": [
            {
                "name": "Holdout",
                "metric_groups": [
                    {"name": "quality", "metric_data": [{"name": "auc", "type": "number", "value": 0.5}]},
                    {"name": "speed", "metric_data": [{"name": "ms", "type": "number", "value": 12}]},
                ],
            }
        ],
    }
    contents.check(json.dumps(card))
    made = render(kind, json.dumps(card))
    back = json.loads(read_file(made.data, "x").cards[0].content)
    overview, uses = back["model_overview"], back["intended_uses"]
    assert (overview["model_name"], overview["model_description"], overview["model_owner"]) == (
        "churn", "Finds churn.", "Data team"
    )  # fmt: skip
    assert "Call centre." in uses["intended_uses"]
    assert kind == "modelcard-toolkit" or uses["risk_rating"] == "High"
    found = {
        metric["name"].rpartition(": ")[2]: metric["value"]
        for job in back["evaluation_details"]
        for group in job["metric_groups"]
        for metric in group["metric_data"]
    }
    assert found == {"auc": 0.5, "ms": 12}


@pytest.mark.parametrize("kind", OWN)
def test_an_imported_card_is_written_byte_for_byte_until_it_changes(kind: str) -> None:
    data = sample(OWN[kind])
    file = read_file(data, OWN[kind])
    source = CardSource(
        3, KINDS[kind], OWN[kind], file.format.media_type, file.source.sha256, len(data), CREATED, "ana", data
    )
    made = render(kind, file.cards[0].content, source)
    assert made.data == data
    assert made.report is not None
    assert {line.target for line in made.report.lines} == {"#source"}
    changed = file.cards[0].content.replace("a", "e", 1)
    assert render(kind, changed, source).data != data
    others = [other for other in CARD_FORMATS if KINDS[other] != KINDS[kind]]
    assert all(render(other, file.cards[0].content, source).data != data for other in others)


def test_a_bill_of_another_version_is_not_returned() -> None:
    data = sample("bom.cdx.json")
    file = read_file(data, "bom.cdx.json")
    version = json.loads(data)["specVersion"]
    source = CardSource(1, "cyclonedx", "bom.cdx.json", "", "", len(data), CREATED, "ana", data)
    made = json.loads(render("cyclonedx-1.7", file.cards[0].content, source).data)
    assert version != "1.7"
    assert made["specVersion"] == "1.7"


def test_demanded_members_without_a_source_are_named() -> None:
    stated = {kind: {one.target: one.value for one in render(kind, "{}").unstated} for kind in CARD_FORMATS}
    no_licence = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
    assert stated == {
        "huggingface": {},
        "huggingface-results": {},
        "cyclonedx": {"/components/0/name": "churn"},
        "cyclonedx-1.7": {"/components/0/name": "churn"},
        "spdx": {
            "/@graph/3/name": "churn",
            "/@graph/3/software_packageVersion": "NOASSERTION",
            "/@graph/3/software_downloadLocation": "NOASSERTION",
            "/@graph/3/releaseTime": "2026-03-01T12:00:00Z",
            "/@graph/4/name": "NOASSERTION",
            "/@graph/5/to/0": no_licence,
            "/@graph/6/to/0": no_licence,
        },
        "modelcard-toolkit": {},
    }


@pytest.mark.parametrize("kind", WHOLE)
def test_unknown_words_of_a_format_do_not_become_facts(kind: str) -> None:
    back = read_file(render(kind, "{}").data, "x").cards[0].content
    assert not re.search(r"(?i)noassertion|unknown", back)


_HOSTILE = st.lists(
    st.sampled_from([
        "---", "\n---\n", "\n...\n", "# Heading", "\n## Evaluation\n", "no", "0o17", "1e5", "on", ": ", "- ", "&a",
        "*a", "<script>", "-->", "<!--", "```", "\n```\n", "|", "\u2028", "\x85", "\x07", "\ufeff", "\U0001f600",
        "'", '"', "\\", "!!python/object:os.system", "%YAML 1.1", "a", " ", "\t", "\r\n", "[x](javascript:y)",
        "Users: ", "\n\nBias: ",
    ])
    | st.text(max_size=8),
    max_size=6,
).map("".join)  # fmt: skip


@settings(max_examples=25, derandomize=True, deadline=None, phases=[Phase.generate])
@given(_HOSTILE, _HOSTILE)
def test_hostile_texts_stay_texts(text: str, key: str) -> None:
    card = {
        "model_overview": {
            "model_name": text[:60], "model_owner": text, "algorithm_type": text, "model_artifact": [text]
        },
        "intended_uses": {"intended_uses": text, "purpose_of_model": text},
        "training_details": {
            "training_job_details": {
                "training_datasets": [text],
                "user_provided_hyper_parameters": [{"name": key, "value": text}],
            }
        },
        "evaluation_details": [
            {
                "name": key[:60] or "x",
                "metric_groups": [{"name": "g", "metric_data": [{"name": text, "type": "string", "value": key[:60]}]}],
            }
        ],
        "additional_information": {
            "ethical_considerations": text,
            "custom_details": {key: text, "cw.license": text, "cw.base_model.0": text, "hf.tags": text},
        },
    }  # fmt: skip
    for kind in CARD_FORMATS:
        data = render(kind, json.dumps(card)).data
        CHECKS[kind](data)
        if kind == "huggingface":
            _check_block(data, card, text, key)


def _check_block(data: bytes, card: dict[str, Any], text: str, key: str) -> None:
    """The block has its members only, with the texts of the card; below it are only the writer's headings."""
    head, _, body = data.decode().partition("\n---\n")
    block = object_at(parsed_yaml(head.removeprefix("---\n")))
    assert block.keys() <= {
        "language", "license", "license_name", "datasets", "tags", "base_model", "pipeline_tag", "model-index",
        "cardwright",
    }  # fmt: skip
    if text.strip():
        assert block["base_model"] == text
    headings = [line for line in re.split("\n", body) if re.match(r" {0,3}#{1,6}(\s|$)", line)]
    assert len([line for line in headings if line.startswith("# ")]) == 1
    own = {"Model Details", "Model Description", "Model Sources", "Uses", "Bias, Risks, and Limitations", "Bias"}
    own |= {"Purpose of the model", "Training Details", "Training Hyperparameters", "Model Card Contact"}
    assert {line.lstrip("# ") for line in headings if not line.startswith("# ")} <= own


def test_results_of_benchmarks_return_and_others_stay_away() -> None:
    """A job that an import made, and one whose task its metadata names; a job without a task is in the README only."""
    (part,) = read_file(sample("eval_results.yaml")).cards
    card = json.loads(part.content)
    hub = "https://huggingface.co/datasets/"
    metric = {"name": "accuracy", "type": "number", "value": 0.5}
    card["evaluation_details"] += [
        {"name": "GPQA", "datasets": [f"{hub}Idavidrein/gpqa@abc"], "metadata": {"task_id": "diamond"},
         "metric_groups": [{"name": "all", "metric_data": [metric]}]},
        {"name": "No task", "datasets": [f"{hub}a/b"], "metric_groups": [{"name": "all", "metric_data": [metric]}]},
        {"name": "Two", "datasets": [f"{hub}a/b"], "metadata": {"task_id": "t"},
         "metric_groups": [{"name": "all", "metric_data": [metric, {**metric, "name": "f1"}]}]},
        {"name": "x t", "datasets": ["s3://x"],
         "metric_groups": [{"name": "t", "metric_data": [{**metric, "name": "t"}]}]},
    ]  # fmt: skip
    contents.check(json.dumps(card))
    made = render("huggingface-results", json.dumps(card))
    first, *others = parse_eval_result_entries(yaml.safe_load(made.data))
    assert (first.dataset_id, first.task_id, first.value, first.dataset_revision) == (
        "acme/bank-benchmark", "intents", 91.4, "4f2a"
    )  # fmt: skip
    assert (first.date, first.notes, first.source_url, first.verify_token) == (
        "2026-05-01", "three shots", "https://example.org/run", "eyJhbGciOi"
    )  # fmt: skip
    assert [(one.dataset_id, one.task_id, one.value, one.dataset_revision) for one in others] == [
        ("acme/bank-benchmark", "slots", "n/a today", None),
        ("Idavidrein/gpqa", "diamond", 0.5, "abc"),
    ]
    back = json.loads(read_file(made.data).cards[0].content)
    assert back["evaluation_details"][:2] == json.loads(part.content)["evaluation_details"]


_CHARTS: list[dict[str, Any]] = [
    {"name": "loss", "type": "linear_graph", "value": [[0, 1.5], [1, 0.5]], "x_axis_name": "step", "y_axis_name": "l"},
    {"name": "shares", "type": "bar_chart", "value": [1, -2.5], "x_axis_name": ['a<b>&"', "b"], "y_axis_name": "y"},
    {"name": "confusion ]]>", "type": "matrix", "value": [[5, 1], [0, 4]], "x_axis_name": ["no", "yes"]},
    {"name": "flat", "type": "linear_graph", "value": [[3, 3]]},
]


def _with_charts(charts: list[dict[str, Any]]) -> str:
    job = {"name": "Test", "metric_groups": [{"name": "curves", "metric_data": charts}]}
    return json.dumps({"evaluation_details": [job]})


def _pictures(kind: str, content: str) -> list[dict[str, Any]]:
    made = render(kind, content)
    CHECKS[kind](made.data)
    document = json.loads(made.data)
    analysis = document.get("quantitative_analysis") or document["components"][0]["modelCard"]["quantitativeAnalysis"]
    found: list[dict[str, Any]] = analysis["graphics"]["collection"]
    return found


def test_charts_become_pictures_without_anything_from_outside() -> None:
    content = _with_charts(_CHARTS)
    contents.check(content)
    drawn = _pictures("cyclonedx", content)
    assert [one["name"] for one in drawn][:2] == ["Test / curves / loss", "Test / curves / shares"]
    for one, chart in zip(drawn, _CHARTS, strict=True):
        assert one["image"]["contentType"] == "image/svg+xml"
        root = ElementTree.fromstring(b64decode(one["image"]["content"]))  # noqa: S314 - made above
        texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert texts[0] == chart["name"]
        named = chart.get("x_axis_name", [])
        assert {named} <= {*texts} if isinstance(named, str) else {*named} <= {*texts}
        assert not [
            name for element in root.iter() for name in element.attrib if "href" in name or name.startswith("on")
        ]
    for one in _pictures("modelcard-toolkit", content):
        picture = Image.open(BytesIO(b64decode(one["image"])))
        assert (picture.format, picture.size) == ("PNG", (960, 600))
        assert len(picture.convert("RGB").getcolors(100_000) or ()) > 20, "the texts are drawn with their smooth edges"
    report = render("cyclonedx", content).report
    assert report is not None
    assert {line.outcome for line in report.lines if "/metric_data/" in line.source} == {Outcome.CHANGED}


def test_charts_that_cannot_be_drawn_and_those_beyond_the_limit_are_reported() -> None:
    many = [{"name": f"c{number}", "type": "bar_chart", "value": [number]} for number in range(52)]
    long = {"name": "long", "type": "bar_chart", "value": [1.0] * 61}
    made = render("cyclonedx", _with_charts([long, *many]))
    assert made.report is not None
    dropped = {line.source.split("/")[6]: line.detail for line in made.report.of([Outcome.DROPPED])}
    assert set(dropped) == {"0", "51", "52"}
    assert "cannot be drawn" in dropped["0"]
    assert "at most 50 pictures" in dropped["51"]
    assert len(_pictures("cyclonedx", _with_charts(many[:50]))) == 50
