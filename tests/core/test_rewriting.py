"""A changed document keeps the text of all unchanged parts."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core.rewriting import rewritten, same
from tests.console.schema_contents import written
from tests.formats.contents import ANYTHING


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ('{"a": 1e3, "b": 1}', {"a": 1000.0, "b": 2}, '{"a":1e3,"b":2}'),
        ('{"a": 1, "b": 1.0}', {"a": 1.0, "b": 1.0}, '{"a":1.0,"b":1.0}'),
        ('{"a": true}', {"a": 1}, '{"a":1}'),
        (
            '[123456789012345678901234567890, 1, "é \\u00e9"]',
            [1.2345678901234568e29, "é é"],
            '[123456789012345678901234567890,"é \\u00e9"]',
        ),
        ('[[0.10], [2.50]]', [[2.5], [0.1, 3]], "[[2.50],[0.1,3]]"),
        ('{"a": {"b": 1E+2, "c": " , : { \\" "}}', {"a": {"b": 100.0}}, '{"a":{"b":1E+2}}'),
        ('{"a": 1.50}', {"z": 1, "a": 1.5}, '{"z":1,"a":1.50}'),
        ('{"a": 1, "a": 2.50, "b": []}', {"a": 2.5, "b": {}}, '{"a":2.50,"b":{}}'),
        (' {"b": 1e0, "a": 2} \n', {"a": 2, "b": 1.0}, ' {"b": 1e0, "a": 2} \n'),
        ('{"b": 1, "a": 2, "c": 3}', {"a": 2, "b": 4, "c": 3}, '{"b":4,"a":2,"c":3}'),
        ('{"b": 1, "a": 2, "c": 3}', {"c": 3, "new": 0, "b": 1}, '{"b":1,"new":0,"c":3}'),
        ("{}", {"a": {"b": [1]}}, '{"a":{"b":[1]}}'),
    ],
)  # fmt: skip
def test_equal_parts_keep_their_text(text: str, value: object, expected: str) -> None:
    assert rewritten(text, value) == expected


@given(ANYTHING, ANYTHING, st.sampled_from([(":", ","), (" : ", ",\n\t")]), st.booleans())
def test_any_document_is_written_as_the_value_that_it_should_have(
    before: object, after: object, spaces: tuple[str, str], escaped: bool
) -> None:
    text, value = (
        written({"x": before, "y": [before]}, *spaces, escaped=escaped),
        _parsed({"x": after, "y": [before, 1]}),
    )
    assert same(orjson.loads(rewritten(text, value)), value)
    assert rewritten(text, orjson.loads(text)) == text


def _parsed(value: object) -> object:
    return orjson.loads(json.dumps(value))
