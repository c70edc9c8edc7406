"""A file that cannot be imported gets one sentence that names the problem."""

import json
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from cardwright.core.errors import Invalid
from cardwright.interchange import SourceFile, read_file
from cardwright.interchange.source_file import parsed_json
from cardwright.interchange.yaml_text import parsed_yaml
from tests.interchange.samples import SAMPLES, sample


def readme(block: str) -> bytes:
    return f"---\n{block}\n---\n# Model Card for x\n".encode()


def spdx(**members: object) -> bytes:
    return json.dumps({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"} | members).encode()


def bom(**members: object) -> bytes:
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6"} | members).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b" " * 20_000_001, "larger than 20 MB"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b'{"a": "\xff"}', "not UTF-8 text (byte 8)"),
        (b"---\na: \xff\n---\n", "not UTF-8 text (byte 8)"),
        (b"\x00\x01\x02", "binary"),
        (b"<?xml version='1.0'?><bom/>", "XML"),
        (b"just words", "no known card format"),
        (b'{"bomFormat": "CycloneDX", "a": 1, "a": 2}', "“a” occurs twice"),
        (b'{"model_overview": {"model_owner": "a", "model_owner": "b"}}', "twice"),
        (b"[" * 200_000, "levels deep"),
        (b'{"a": ' * 300 + b"1" + b"}" * 300, "levels deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"a": ', "line 1 column 7"),
        (b"[" + b"1," * 300_000 + b"1]", "more than 200,000 values"),
        (b"[" + b"{}," * 5_000_000 + b"1]", "more than 200,000 values"),
        (readme("a: [" + "1," * 300_000 + "1]"), "more than 200,000 values"),
        (readme("a: 1") + b"# a\n" * 20_000, "more than 10,000 headings"),
        (readme("a: 1") + b"a\n" * 200_001, "more than 200,000 lines"),
        (readme("license: mit").replace(b"# Model", b"# Dataset"), "a data set"),
        (readme("license: mit\nlicense: gpl"), "“license” occurs twice"),
        (readme("a: &x [1]\nb: *x"), "an alias, *x at line 2"),
        (
            readme("\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" if n else "a0: &a0 [1]" for n in range(30))),
            "an alias",
        ),
        (readme("a: [" + "[" * 260 + "]" * 260 + "]"), "levels deep"),
        (readme("a: b: c"), "This is not YAML"),
        (readme("- a"), "not an object"),
        (readme("? [a]\n: b"), "is not a text"),
        (b"---\nlicense: mit\n# Model Card for x\n## Uses\nx\n## Evaluation\nx\n", "does not end"),
        (readme("task_categories: [text-classification]"), "a data set"),
        (readme("sdk: gradio\nemoji: x"), "a Space"),
        (bom(components=[{"type": "library", "name": "x"}]), "none of its components is a model"),
        (bom(specVersion="1.4"), "CycloneDX 1.4"),
        (bom(specVersion="2.0"), "CycloneDX 2.0"),
        (b'{"spdxVersion": "SPDX-2.3", "packages": []}', "SPDX-2.3"),
        (spdx(**{"@graph": []}), "none of them is an AI package"),
        (b'{"format": "cardwright-record-9"}', "cardwright-record-9"),
        (b'{"format": "cardwright-record-1", "content": "{}", "content_sha256": "00"}', "one of them was changed"),
        (b'{"name": "package", "dependencies": {}}', "not a model card"),
        (b"[]", "is an object"),
        (bom(components=[{"type": "machine-learning-model", "name": "x"}] * 600), "600 models, too many"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_file(data)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "line",
    [
        "# a" + " " * 200_000 + "b",
        "# " + "1" * 200_000 + "!",
        "|" + " " * 200_000 + "x\n" + " " * 200_000 + "x",
        "#" * 200_000,
    ],
)
def test_long_lines_take_no_long_time(line: str) -> None:
    (card,) = read_file(readme("license: mit") + f"\n## Evaluation\n\n{line}\n".encode()).cards
    assert card.report.lines


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("1:30", "1:30"),
        ("2026-05-01", "2026-05-01"),
        ("1e3", 1000.0),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        (".nan", "NaN"),
        ("-.Inf", "-Infinity"),
        ("TRUE", True),
        ("tRue", "tRue"),
        ("~", None),
        ("'no'", "no"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("<<", "<<"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: Any) -> None:
    assert parsed_yaml(f"a: {text}") == {"a": value}


def test_every_prefix_of_a_readme_is_read_or_refused() -> None:
    data = readme("license: mit\nmodel-index:\n- name: é\n  results: []") + "## Uses\n\nFür alle.\n".encode()
    for end in range(1, len(data)):
        try:
            read_file(data[:end])
        except Invalid as error:
            assert str(error)  # noqa: PT017 - most prefixes can be read


def test_a_file_of_20_mb_is_read_in_reasonable_memory() -> None:
    text = json.dumps({"model_overview": {"model_description": "x" * 19_000_000}}).encode()
    (card,) = read_file(text).cards
    assert len(card.report.lines) == 1
    assert SourceFile(text).sha256 == read_file(text).source.sha256


JSON_FORMATS = {SAMPLES[name]: name for name in SAMPLES if name.endswith(".json")}
"""A sample of each format that is JSON."""
YAML_FORMATS = {"huggingface": "README.md", "huggingface-results": "eval_results.yaml"}
NESTED = "[" * 300 + "]" * 300


def inside(name: str, members: str) -> bytes:
    """A sample with more members at its beginning."""
    text = sample(name).decode().lstrip()
    if name.endswith(".json"):
        return f"{{{members}, {text[1:]}".encode()
    if name.endswith(".md"):
        return f"---\n{members}\n{text[4:]}".encode()
    return ("- " + members.replace("\n", "\n  ") + "\n" + text).encode()


EVERYWHERE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "20 MB": (lambda data: data + b" " * 20_000_001, "larger than 20 MB"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), "UTF-16"),
    "another encoding": (lambda data: data + b"\xff", "not UTF-8 text"),
    "a null character": (lambda data: data[:9] + b"\x00" + data[9:], "binary"),
    "nothing": (lambda _: b" \n", "is empty"),
}
IN_JSON: dict[str, tuple[Callable[[str], bytes], str]] = {
    "a key twice": (lambda name: inside(name, '"a": 1, "a": 2'), "“a” occurs twice"),
    "too deep": (lambda name: inside(name, f'"a": {NESTED}'), "levels deep"),
    "a long number": (lambda name: inside(name, f'"a": {"9" * 5000}'), "too many digits"),
    "too many values": (lambda name: inside(name, f'"a": [{"1, " * 250_000}1]'), "more than 200,000 values"),
    "cut off": (lambda name: sample(name)[: len(sample(name)) // 2], "This is not JSON: "),
    "a list of documents": (
        lambda name: b"[" + sample(name) + b"," + sample(name) + b"]",
        "a list of 2 documents: import each from a file of its own",
    ),
    "one document after another": (lambda name: sample(name).strip() + b"\n" + sample(name), "a file has one document"),
}
IN_YAML: dict[str, tuple[Callable[[str], bytes], str]] = {
    "a key twice": (lambda name: inside(name, "a: 1\na: 2"), "“a” occurs twice"),
    "an alias": (lambda name: inside(name, "a: &x [1]\nb: *x"), "an alias, *x"),
    "a merged key": (lambda name: inside(name, "a: &x {b: 1}\nc: {<<: *x}"), "an alias, *x"),
    "too deep": (lambda name: inside(name, f"a: {NESTED}"), "levels deep"),
    "too many values": (lambda name: inside(name, f"a: [{'1, ' * 250_000}1]"), "more than 200,000 values"),
    "a broken line": (lambda name: inside(name, "a: b: c"), "This is not YAML"),
}


def changed(change: Callable[[bytes], bytes], name: str) -> bytes:
    return change(sample(name))


MAKERS: dict[tuple[str, str], tuple[Callable[[str], bytes], str]] = {
    **{(name, case): (partial(changed, change), words)
       for name in SAMPLES for case, (change, words) in EVERYWHERE.items()},
    **{(name, case): row for name in JSON_FORMATS.values() for case, row in IN_JSON.items()},
    **{(name, case): row for name in YAML_FORMATS.values() for case, row in IN_YAML.items()},
}  # fmt: skip
"""By sample and case: what makes the file from the sample's name, and words of the fault."""


def fault_of(data: bytes, kind: str | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        read_file(data, "", kind)
    return str(caught.value)


@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize(("name", "case"), MAKERS)
def test_each_format_names_what_is_wrong_with_a_file(name: str, case: str, is_named: bool) -> None:
    """Whether the format is found or named by the user, one sentence says what is wrong."""
    make, words = MAKERS[name, case]
    data = make(name)
    fault = fault_of(data, SAMPLES[name] if is_named else None)
    assert words in fault, case
    assert "\n" not in fault
    assert len(fault) < 300


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("record", b"{}", "not a Cardwright record"),
        ("mlflow", b'{"registered_models": []}', "no model and no run"),
        ("cyclonedx", bom(), "none of its components is a model"),
        ("spdx", spdx(**{"@graph": []}), "none of them is an AI package"),
        ("spdx", b"{}", "not an SPDX document"),
        ("spdx", bom(), "not an SPDX document"),
        ("croissant", b'{"conformsTo": "http://mlcommons.org/croissant/1.0"}', "names no data set"),
        ("modelcard-toolkit", b'{"other": 1}', "no model_details"),
        ("huggingface-results", b"- task_id: 1", "no evaluation result"),
        ("huggingface", b"---\n---\n", "This README is empty"),
        ("sagemaker", b'{"other": 1}', "not a model card"),
        *((kind, b'"only a text"', "JSON object") for kind in JSON_FORMATS if kind != "sagemaker"),
        *((kind, b"[]", "JSON object") for kind in JSON_FORMATS if kind != "sagemaker"),
    ],
)
def test_a_document_without_a_model_is_refused_by_its_format(kind: str, data: bytes, words: str) -> None:
    assert words in fault_of(data, kind)


@pytest.mark.parametrize("kind", ["cyclonedx", "spdx", "mlflow", "huggingface"])
def test_several_models_in_one_document_are_several_cards(kind: str) -> None:
    model = {"type": "ai_AIPackage", "spdxId": "urn:a", "name": "a"}
    documents = {
        "cyclonedx": bom(components=[{"type": "machine-learning-model", "name": name} for name in "ab"]),
        "spdx": spdx(**{"@graph": [model, model | {"spdxId": "urn:b", "name": "b"}]}),
        "mlflow": json.dumps(
            {"registered_models": [{"name": name, "creation_timestamp": 1} for name in "ab"]}
        ).encode(),
        "huggingface": readme("model-index:\n- name: a\n  results: []\n- name: b\n  results: []"),
    }
    assert [card.name for card in read_file(documents[kind]).cards] == ["a", "b"]


def test_a_file_of_millions_of_objects_is_refused_before_it_is_parsed() -> None:
    text = "[" + "{}," * 1_500_000 + "1]"
    tracemalloc.start()
    try:
        with pytest.raises(Invalid, match="more than 200,000 values"):
            parsed_json(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
