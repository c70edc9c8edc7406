"""Files that are not reports are refused in one sentence, and no input crashes the reader."""

from typing import Any

import pytest

from cardwright.reports import ReportInvalid, document, read_report
from cardwright.reports.cursor import MAX_OMISSIONS
from cardwright.reports.document import MAX_BYTES
from tests.reports.samples import raw, violations


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"", "is not JSON"),
        (b"accuracy,0.9\n", "is not JSON"),
        (b'{"metric_groups": [', "line 1 column"),
        (b'{\n "a": 1,\n "b": x\n}', "line 3 column 7"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b"\x1f\x8b\x08\x00", "is not JSON"),
        ("[1, 2]", "JSON object at the top"),
        ("null", "JSON object at the top"),
        ("NaN", "JSON object at the top"),
        ("1" * 5000, "JSON object at the top"),
        (b'{"metric_groups": ' + b"[" * 200 + b"]" * 200 + b"}", "nested deeper than 100"),
        (b'{"metric_groups": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper than 100"),
        (b" " * (MAX_BYTES + 1), "larger than 50 MB"),
        (" " * (MAX_BYTES + 1), "larger than 50 MB"),
        (b'{"violations": [' + b"[]," * 5_000_001 + b"[]]}", "more than 5,000,000 values"),
    ],
    ids=range(15),
)
def test_a_file_that_cannot_be_a_report_is_refused_with_the_reason(source: bytes | str, sentence: str) -> None:
    with pytest.raises(ReportInvalid, match=sentence):
        read_report(source)


def test_a_refusal_quotes_no_content_of_the_file() -> None:
    with pytest.raises(ReportInvalid) as refusal:
        read_report('{"secret": "hunter2",}')
    assert "hunter2" not in refusal.value.message
    with pytest.raises(ReportInvalid) as refusal:
        read_report('{"secret": "hunter2"}')
    assert "hunter2" not in refusal.value.message


@pytest.mark.parametrize("source", [None, 5, ["a"], object()])
def test_sources_other_than_bytes_text_or_mappings_are_refused(source: Any) -> None:
    with pytest.raises(ReportInvalid, match="bytes, text or a mapping"):
        read_report(source)


def test_a_recursive_mapping_is_refused() -> None:
    loop: dict[str, object] = {"metric_groups": []}
    loop["again"] = loop
    with pytest.raises(ReportInvalid, match="nested deeper"):
        read_report(loop)


def test_a_mapping_that_unfolds_to_billions_of_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_VALUES", 50_000)  # counting to the real one takes ten seconds
    leaf: list[object] = [0] * 100
    for _ in range(8):
        leaf = [leaf] * 100
    with pytest.raises(ReportInvalid, match="more than 50,000 values"):
        read_report({"metric_groups": leaf})


def test_a_mapping_that_holds_what_json_cannot_is_refused_with_the_type() -> None:
    with pytest.raises(ReportInvalid, match="type object"):
        read_report({"metric_groups": object()})


def test_a_byte_order_mark_is_accepted() -> None:
    assert read_report(b"\xef\xbb\xbf" + raw("clarify_bias.json")) == read_report(raw("clarify_bias.json"))
    assert read_report("\ufeff" + raw("clarify_bias.json").decode()) == read_report(raw("clarify_bias.json"))


def test_a_lone_surrogate_does_not_reach_the_card() -> None:
    translation = read_report(b'{"regression_metrics": {"m\\ud800": 1, "n\\ud800": "\\ud800"}}')
    assert violations(translation.metric_groups) == []
    for omission in translation.omissions:
        str(omission).encode("utf-8")


@pytest.mark.parametrize("digits", [18, 19, 20, 40, 400, 5000])
def test_integers_of_any_length_are_read_or_left_out(digits: int) -> None:
    translation = read_report('{"regression_metrics": {"m": ' + "9" * digits + ', "n": NaN, "o": 1}}')
    assert violations(translation.metric_groups) == []


def test_a_million_broken_values_do_not_become_a_million_sentences() -> None:
    metrics = {f"m{index}": None for index in range(MAX_OMISSIONS + 500)}
    translation = read_report({"regression_metrics": {**metrics, "mae": 1}})
    assert len(translation.omissions) == MAX_OMISSIONS + 1
    assert translation.omissions[-1].message == "500 further omissions are not listed"


def test_a_long_key_does_not_make_a_long_path() -> None:
    translation = read_report({"regression_metrics": {"k" * 100_000: None, "mae": 1}})
    assert len(translation.omissions[0].path) < 100
