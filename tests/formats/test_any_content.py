"""Every content can be printed, and no value is lost."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cardwright.core.errors import ContentInvalid
from cardwright.core.fields import SECTIONS
from cardwright.formats import FORMATS
from tests.formats.contents import ANYTHING, CONTENTS
from tests.formats.pages import leaves, squeezed, tags_and_attributes, text_of_html
from tests.formats.records import evaluated, record

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)')


def numbers_in(text: str) -> list[str]:
    """The number literals of a JSON text."""
    return [match[1] for match in _NUMBER.finditer(text) if match[1]]


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def lost(content: object, text: str, shown: str) -> list[str]:
    seen = squeezed(shown)
    texts = [leaf for leaf in leaves(content) if squeezed(leaf) not in seen]
    return texts + [number for number in numbers_in(text) if number not in seen]


@given(CONTENTS)
@example({"evaluation_details": [{"name": "0", "evaluation_observation": "\x1f"}]})
def test_every_text_and_number_of_a_content_is_in_every_format(content: dict[str, object]) -> None:
    text = json.dumps(content, ensure_ascii=False)
    printed = {name: FORMATS[name].print(record(text)) for name in ("html", "md", "json", "record")}
    page = printed["html"].decode()
    assert not lost(content, text, text_of_html(page))
    markdown = printed["md"].decode().split("\n---\n", 1)[1]
    assert not lost(content, text, text_of_html(_MARKDOWN.render(markdown)))
    assert printed["json"] == text.encode()
    assert json.loads(printed["record"])["content"] == text


@given(CONTENTS)
@example(evaluated({"name": "a", "type": "linear_graph", "value": [[1, 2]], "notes": "    four spaces"}))
def test_no_text_of_a_content_becomes_markup(content: dict[str, object]) -> None:
    text = json.dumps(content, ensure_ascii=False)
    tags, attributes = tags_and_attributes(FORMATS["html"].print(record(text)).decode())
    assert not {"script", "img", "iframe", "object", "form"} & set(tags)
    assert not [name for name in attributes if name.startswith("on") or name == "style"]
    markdown = FORMATS["md"].print(record(text)).decode().split("\n---\n", 1)[1]
    tags, _ = tags_and_attributes(_MARKDOWN.render(markdown))
    assert not set(tags) - {
        "h1", "h2", "h3", "h4", "h5", "p", "strong", "em", "blockquote", "table", "thead", "tbody", "tr", "th", "td",
        "code", "a", "br", "details", "summary",
    }  # fmt: skip


@given(ANYTHING)
@example({rule.name: 1 for rule in SECTIONS})
@example({rule.name: [[{}], None, {"name": "x", "metric_groups": 3}] for rule in SECTIONS})
@example({rule.name: {field.name: [{"a": [1]}] for field in rule.fields} for rule in SECTIONS})
@example(evaluated({"name": "a", "type": "linear_graph", "value": [[1, 2], [3]]}, 7, {"type": "matrix", "value": [[]]}))
@example(evaluated({"name": "a", "type": "unheard of", "value": {"x": [1, "deep"]}, "more": True}))
def test_any_json_prints_and_nothing_of_it_is_lost(content: object) -> None:
    text = json.dumps(content, ensure_ascii=False)
    page = FORMATS["html"].print(record(text)).decode()
    assert not lost(content, text, text_of_html(page))
    FORMATS["md"].print(record(text))


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not is_json(text)))
def test_invalid_json_is_reported_without_its_text(text: str) -> None:
    for name in ("html", "md"):
        with pytest.raises(ContentInvalid, match=r"^The document is not valid \(root\): Invalid JSON: "):
            FORMATS[name].print(record(text))
    assert FORMATS["json"].print(record(text)) == text.encode()
