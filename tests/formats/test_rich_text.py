"""Card texts in Markdown: what printers show, and what content cannot do."""

import json
from typing import Any

import pypdfium2
import pytest
from markdown_it import MarkdownIt

from cardwright.formats import FORMATS
from cardwright.formats.card import outline_of
from cardwright.formats.outline import RichProse
from cardwright.formats.rich_html import rich
from cardwright.formats.rich_text import Listing, Paragraph, plain_text, rich_text, words_of
from tests.formats.records import record

TEXT = """Ranks **applications** by *risk*, see `score` and the [policy](https://example.com/p?a=1&b=2).

- first
- second
  1. inner

| class | share |
|---|---|
| a \\| b | 0.5 |

> quoted

```
#let x = 1
```
"""
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,x) [d](vbscript:x) [e](/cards)",
    "![pixel](https://evil.example/p.png) ![x](data:image/png;base64,AAAA)",
    '[q](https://example.com/"onmouseover="alert(1)) <https://example.com/<b>>',
    '#strong[x] $x$ @ref #include "/etc/passwd" \\u{0} *#eval("1")*',
    "\u202eevil\u202c \x00 [\u202e](https://example.com)",
    "&lt;script&gt; &#60;script&#62;",
)


def of(text: str, **details: Any) -> str:
    custom = {"cw.text_format": "markdown"} | details
    return json.dumps(
        {
            "model_overview": {"model_description": text},
            "training_details": {"training_observations": text},
            "evaluation_details": [{"name": "Holdout", "evaluation_observation": text}],
            "additional_information": {"ethical_considerations": text, "custom_details": custom},
        }
    )


def test_markdown_becomes_parts_only_when_the_card_says_so() -> None:
    outline = outline_of(record(of(TEXT)))
    assert outline.lead == ()
    assert [type(part).__name__ for part in outline.rich_lead] == [
        "Paragraph", "Listing", "Grid", "Quotation", "CodeBlock",
    ]  # fmt: skip
    plain = outline_of(record(of(TEXT, **{"cw.text_format": "plain"})))
    assert plain.rich_lead == ()
    assert not any(isinstance(block, RichProse) for section in plain.sections for block in section.blocks)
    assert "**applications**" in plain.lead[0][0].text


def test_html_shows_the_parts_of_a_text() -> None:
    html = str(rich(rich_text(TEXT)))
    for wanted in (
        "<strong>applications</strong>", "<em>risk</em>", "<code>score</code>", "<ul><li>first</li>",
        '<a href="https://example.com/p?a=1&amp;b=2" rel="noopener noreferrer nofollow">policy</a>',
        "<td>a | b</td>", "<blockquote><p>quoted</p></blockquote>", "<code>#let x = 1</code>",
    ):  # fmt: skip
        assert wanted in html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_makes_no_element_address_or_attribute_of_its_own(text: str) -> None:
    html = str(rich(rich_text(text)))
    assert "<script" not in html
    assert "<img" not in html
    addresses = [part.split('"')[0] for part in html.split('href="')[1:]]
    assert all(address.startswith(("https://", "http://", "mailto:")) for address in addresses)
    assert "onmouseover=" not in html.replace("%22onmouseover=", "")
    assert "\u202e" not in html


@pytest.mark.parametrize("text", [TEXT, *HOSTILE])
def test_a_pdf_shows_the_words_of_a_text_and_runs_none_of_them(text: str) -> None:
    document = pypdfium2.PdfDocument(FORMATS["pdf"].print(record(of(text))))
    shown = "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
    for words in words_of(rich_text(text)):
        plain = "".join(character for character in words.text if character.isascii() and character.isalnum())
        assert plain in "".join(character for character in shown if character.isascii() and character.isalnum())


@pytest.mark.parametrize("text", [TEXT, *HOSTILE[:5]])
def test_the_markdown_export_reads_back_as_the_same_words_without_html(text: str) -> None:
    printed = FORMATS["md"].print(record(of(text))).decode().split("\n---\n", 1)[1]
    html = MarkdownIt("commonmark").enable("table").render(printed)
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("(javascript:", "")
    if text == TEXT:
        assert "<strong>applications</strong>" in html
        assert "<td>a | b</td>" in html
        assert "<p>second</p>\n<ol>" in html


@pytest.mark.parametrize("text", ["> " * 500 + "deep", "- " * 500 + "deep", "[" * 20_000, "**a" * 5_000, "", " \n "])
def test_deep_long_and_empty_texts_lose_no_word(text: str) -> None:
    shown = "".join(words.text for words in words_of(rich_text(text)))
    assert ("deep" in shown) is ("deep" in text)
    assert shown.count("[") == text.count("[")


def test_a_paragraph_has_the_direction_of_its_words() -> None:
    arabic, english = rich_text("مرحبا **نص**\n\nHello")
    assert isinstance(arabic, Paragraph)
    assert isinstance(english, Paragraph)
    assert (arabic.direction, english.direction) == ("rtl", "ltr")
    assert '<p dir="rtl">' in str(rich((arabic,)))


def test_numbered_lists_keep_their_first_number() -> None:
    (found,) = rich_text("7. seven\n8. eight")
    assert isinstance(found, Listing)
    assert found.start == 7
    assert '<ol start="7">' in str(rich((found,)))


def test_a_text_in_one_line_has_its_words_without_marks_of_markdown() -> None:
    assert plain_text(TEXT) == (
        "Ranks applications by risk, see score and the policy. first; second inner"
        " class, share; a | b, 0.5 quoted #let x = 1"
    )
    text = "# Head\n\nHard\\\nbreak and\nsoft break ![a picture](https://example.com/p.png)\n\n---\n\n![](https://example.com/q.png)"
    assert plain_text(text) == "Head Hard break and soft break a picture https://example.com/q.png"
