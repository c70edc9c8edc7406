"""Random contents made from the schema of card content, with texts and numbers that forms tend to change."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cardwright.core.content import schema
from tests.formats.contents import ANYTHING, NUMBERS, TEXTS

FORM_TEXTS = st.one_of(
    TEXTS,
    st.text(st.sampled_from(" \t\n\r\x0b\x0c\x1c\x85\xa0\u2028\u2029\u3000\ufeff\x00ab\"'<&>\\;,é"), max_size=12),
    st.sampled_from(
        [
            "", " ", "\n", "\r", "\r\n", "\n\n", "  padded  ", "\nfirst line empty", "a\nb", "a\r\nb", "a\rb", "a\n\rb",
            "trailing\n", "    indented\n        more", "1.0", "1", "1e3", "true", "false", "null", "007", "+5", "−5",
            "&amp;&#10;&lt;", "</textarea>", '" onfocus="x', "\x00", "\x01\x08\x7f", "\x80\x9f", "\ufffd", "x" * 60,
        ]
    ),
)  # fmt: skip
_LITERALS = {1000.0: "1e3", 100.0: "1E+2", 0.5: "0.50"}
FORM_NUMBERS = st.one_of(NUMBERS, st.sampled_from([0, -0.0, 1, 1.0, *_LITERALS, 2**53 + 1, 2**64, 10**40, 1e300]))
_FLAT = st.fixed_dictionaries(
    {"function": st.sampled_from(["Maximize", "Minimize"])},
    optional={"facet": FORM_TEXTS, "condition": FORM_TEXTS, "notes": FORM_TEXTS, "more": ANYTHING},
)


def _of(part: Mapping[str, Any]) -> SearchStrategy[Any]:
    if "$ref" in part:
        return _of(schema()["definitions"][part["$ref"].removeprefix("#/definitions/")])
    if "x-intended-schema" in part:
        return st.one_of(_of(part["x-intended-schema"]), _FLAT, ANYTHING)
    if "anyOf" in part:
        return st.one_of(*map(_of, part["anyOf"]))
    if "enum" in part:
        return st.sampled_from(part["enum"])
    strategy: SearchStrategy[Any] = _KINDS[part.get("type", "anything")](part)
    return strategy


def _object(part: Mapping[str, Any]) -> SearchStrategy[Any]:
    members, required = part.get("properties", {}), part.get("required", ())
    others = part.get("additionalProperties", True)
    if not members:
        return st.dictionaries(FORM_TEXTS, _of(others), max_size=3)
    known = st.fixed_dictionaries(
        {name: _of(members[name]) for name in required},
        optional={name: _of(member) for name, member in members.items() if name not in required},
    )
    if others is False:
        return known
    more = st.dictionaries(FORM_TEXTS.filter(lambda name: name not in members), ANYTHING, max_size=1)
    return st.builds(lambda one, other: {**one, **other}, known, more)


def _text(part: Mapping[str, Any]) -> SearchStrategy[str]:
    minimum, maximum = part.get("minLength", 0), part.get("maxLength", 10**6)
    return FORM_TEXTS.filter(lambda text: minimum <= len(text) <= maximum)


def _number(part: Mapping[str, Any]) -> SearchStrategy[Any]:
    minimum = part.get("minimum")
    return FORM_NUMBERS if minimum is None else FORM_NUMBERS.map(lambda number: max(abs(number), minimum))


_KINDS: Mapping[str, Any] = {
    "object": _object,
    "string": _text,
    "number": _number,
    "boolean": lambda _: st.booleans(),
    "array": lambda part: st.lists(
        _of(part["items"]), min_size=part.get("minItems", 0), max_size=min(part.get("maxItems", 3), 3)
    ),
    "anything": lambda _: ANYTHING,
}
FORM_CONTENTS: SearchStrategy[dict[str, Any]] = _of(schema())


def written(value: Any, colon: str, comma: str, *, escaped: bool) -> str:
    """JSON with numbers in any of their forms, spaces of a writer's own, and letters as they are or escaped."""
    if isinstance(value, dict):
        members = (
            f"{json.dumps(name, ensure_ascii=escaped)}{colon}{written(item, colon, comma, escaped=escaped)}"
            for name, item in value.items()
        )
        return "{" + comma.join(members) + "}"
    if isinstance(value, list):
        return "[" + comma.join(written(item, colon, comma, escaped=escaped) for item in value) + "]"
    if isinstance(value, float) and value in _LITERALS:
        return _LITERALS[value]
    return json.dumps(value, ensure_ascii=escaped)


FORM_DOCUMENTS: SearchStrategy[str] = st.builds(
    lambda value, spaces, escaped: written(value, *spaces, escaped=escaped),
    FORM_CONTENTS,
    st.sampled_from([(":", ","), (": ", ", "), (" :\n\t", " ,\r\n")]),
    st.booleans(),
)
"""JSON texts of contents that SageMaker accepts."""
