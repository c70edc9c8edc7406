"""Each sample is read by its own format alone, completely, into a valid card that says nothing of its own."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core import content as contents
from cardwright.core.errors import Invalid
from cardwright.interchange import FORMATS, ImportedFile, Outcome, ReadingOptions, SourceFile, read_file
from cardwright.interchange.source import Source
from cardwright.interchange.yaml_text import parsed_yaml
from tests.interchange.samples import SAMPLES, sample

JSON_SAMPLES = [name for name in SAMPLES if name.endswith(".json")]
OWN_WORDS = {"overall", "readme", "spdx", "metrics", "https", "huggingface", "co", "datasets", "ci", "lower", "upper"}
WORD = re.compile(r"[^\W_]+")


def leaves_of(name: str) -> list[str]:
    """The pointers of a sample's leaves; of a README, those of its YAML block."""
    text = sample(name).decode()
    if name.endswith(".md"):
        value = parsed_yaml(text.split("---\n")[1])
    else:
        value = json.loads(text) if name.endswith(".json") else parsed_yaml(text)
    return [leaf.pointer for leaf in Source("", value).leaves()]


def read(name: str, **options: bool) -> ImportedFile:
    return read_file(sample(name), name, None, ReadingOptions(**options))


def test_every_sample_is_here_and_every_format_has_one() -> None:
    files = {file.name for file in (Path(__file__).parent / "samples").iterdir() if file.suffix not in {".py", ".pyc"}}
    assert files - {"__pycache__"} == set(SAMPLES)
    assert set(SAMPLES.values()) == set(FORMATS)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_recognised_by_its_own_format_alone(name: str) -> None:
    source = SourceFile(sample(name), "other.bin")
    assert [key for key, row in FORMATS.items() if row.recognises(source) and key != "sagemaker"] == (
        [] if SAMPLES[name] == "sagemaker" else [SAMPLES[name]]
    )
    assert read(name).format.key == SAMPLES[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_one_line_for_each_leaf_and_valid_content(name: str) -> None:
    for card in read(name).cards:
        contents.check(card.content)
        lines = card.report.lines
        expected = leaves_of(name)
        assert [line.source for line in lines if not line.source.startswith("#")] == expected
        assert len({line.source for line in lines}) == len(lines)
        assert all((line.target is None) == (line.outcome is Outcome.DROPPED) for line in lines)
        assert all(line.detail for line in lines if line.outcome is not Outcome.KEPT)
        assert Outcome.INFERRED not in {line.outcome for line in lines}


@pytest.mark.parametrize("name", SAMPLES)
def test_targets_are_members_of_the_card(name: str) -> None:
    for card in read(name, infer=True).cards:
        root = Source("", json.loads(card.content))
        for line in card.report.lines:
            steps = [step.replace("~1", "/").replace("~0", "~") for step in (line.target or "").split("/")[1:]]
            assert root.find(*(int(step) if step.isdigit() else step for step in steps)).exists, line


@pytest.mark.parametrize("name", SAMPLES)
def test_a_card_has_no_word_that_its_source_lacks(name: str) -> None:
    words = set(WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", sample(name).decode()).replace("_", " ").casefold()))
    squeezed = "".join(WORD.findall(sample(name).decode().casefold()))
    for card in read(name).cards:
        for leaf in Source("", json.loads(card.content)).leaves():
            if not isinstance(leaf.value, str) or "/custom_details/cw.source." in leaf.pointer:
                continue
            if leaf.pointer.endswith(("cw.text_format", "/type", ".gco2eq", ".kwh", "/risk_rating")):
                continue  # the card's own words for what the source states
            for word in WORD.findall(leaf.value.casefold()):
                assert word in words | OWN_WORDS or word in squeezed, (leaf.pointer, word)


def test_no_risk_and_no_licence_is_invented() -> None:
    ratings = {
        name: json.loads(read(name).cards[0].content).get("intended_uses", {}).get("risk_rating") for name in SAMPLES
    }
    assert {name: rating for name, rating in ratings.items() if rating} == {
        "bom.cdx.json": "Low",  # its property cardwright:risk_rating
        "card.json": "Low",
        "model.spdx.json": "High",  # its safety risk assessment is serious
    }


@pytest.mark.parametrize("empty", [[], {}])
def test_an_spdx_document_with_an_empty_value_is_read(empty: object) -> None:
    document = json.loads(sample("model.spdx.json"))
    package = next(one for one in document["@graph"] if one.get("type") == "ai_AIPackage")
    package["software_attributionText"] = empty
    (card,) = read_file(json.dumps(document).encode(), "model.spdx.json", None, ReadingOptions()).cards
    assert any(line.source.endswith("/software_attributionText") for line in card.report.lines)


@given(st.data())
def test_a_damaged_document_is_read_completely_or_refused_in_one_sentence(data: st.DataObject) -> None:
    """Each change puts a value of another type, or nothing, at one place of a sample."""
    name = data.draw(st.sampled_from(JSON_SAMPLES))
    document = json.loads(sample(name))
    for _ in range(data.draw(st.integers(1, 3))):
        _damage(document, data)
    given_bytes = json.dumps(document).encode()
    try:
        file = read_file(given_bytes, "x.json", SAMPLES[name])
    except Invalid as error:
        fault = str(error)
        assert "\n" not in fault
        return
    expected = [leaf.pointer for leaf in Source("", json.loads(given_bytes)).leaves()]
    for card in file.cards:
        assert [line.source for line in card.report.lines] == expected
        if not file.format.is_exact:
            contents.check(card.content)


ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "N/A",
    "y" * 3000,
    [],
    {},
    [[]],
    [None],
    ["a", {"b": 1}],
    {"name": 5},
    [{"value": "é"}],
)


def _damage(value: Any, data: st.DataObject) -> None:
    while True:
        steps = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not steps:
            return
        step = data.draw(st.sampled_from(steps))
        below = value[step]
        if isinstance(below, (dict, list)) and below and data.draw(st.booleans()):
            value = below
            continue
        if data.draw(st.integers(0, 4)) == 0:
            del value[step]
        else:
            value[step] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        return
