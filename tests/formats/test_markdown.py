"""Markdown as GitHub parses it."""

import html as entities
import json
import re

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cardwright.formats import FORMATS
from tests.formats.pages import text_of_html
from tests.formats.records import evaluated, record

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def markdown(content: object, status: str = "Approved") -> str:
    return FORMATS["md"].print(record(content, status=status)).decode()


def body(text: str) -> str:
    return text.split("\n---\n", 1)[1]


def test_the_front_matter_is_yaml_that_json_can_read() -> None:
    content = {"model_overview": {"model_name": 'a "quoted": name\n---\nx'}, "intended_uses": {"risk_rating": "High"}}
    lines = markdown(content).split("\n---\n", 1)[0].splitlines()
    assert lines[0] == "---"
    facts = {name: json.loads(fact) for name, _, fact in (line.partition(": ") for line in lines[1:])}
    assert facts["model"] == 'a "quoted": name\n---\nx'
    assert (facts["version"], facts["status"], facts["risk_rating"]) == (2, "Approved", "High")


@pytest.mark.parametrize(
    "text",
    ["# a", "- a", "+ a", "1. a", "1) a", "> a", "***", "---", "===", "    code", "| a | b |", "<b>a</b>", "[a](b)",
     "`a`", "&amp;", "a\\", "*a* **b** _c_", "~~a~~", "```", ":smile:", "$x$", "@me", "#12", "a  \nb", "<!-- x -->",
     "[^1]", "![a](b)", "www.a.example", "me@a.example", "C #"],
)  # fmt: skip
def test_a_text_that_looks_like_markup_stays_text_in_prose_tables_and_headings(text: str) -> None:
    content = {
        "intended_uses": {"purpose_of_model": text},
        "additional_information": {"custom_details": {text: text}},
        "evaluation_details": [{"name": text}],
    }
    html = GITHUB.render(body(markdown(content)))
    shown = " ".join(text_of_html(html).split())
    assert shown.count(" ".join(text.split())) >= 4
    for tag in ("<b>", "<em>", "<li>", "<s>", "<pre>", "<img", "<hr", "<blockquote>"):
        assert tag not in html
    assert "<a " not in html


def test_a_table_has_as_many_cells_in_every_row() -> None:
    values = ["a|b", "c\\|d", "`e|f`", "g\nh"]
    content = {"additional_information": {"custom_details": dict(zip(values, values, strict=True))}}
    html = GITHUB.render(body(markdown(content)))
    rows = [row for row in html.split("<tr>") if "</td>" in row]
    assert {row.count("<td") for row in rows} <= {2, 5}


def test_a_matrix_shows_counts_and_shares_and_a_long_curve_folds() -> None:
    matrix = {"name": "confusion_matrix", "type": "matrix", "value": [[9, 1], [2, 6]], "x_axis_name": ["n", "y"], "y_axis_name": ["n", "y"]}  # fmt: skip # noqa: E501
    long = {"name": "long", "type": "linear_graph", "value": [[n, n] for n in range(100)]}
    text = markdown(evaluated(matrix, long))
    assert "| n | 9 (90.0%) | 1 (10.0%) | 10 |" in text
    assert "<details><summary>The 100 points</summary>\n\n|" in text
    assert text.count("| 99 | 99 |") == 1


def test_status_and_missing_fields_are_shown() -> None:
    text = markdown("{}", status="Archived")
    assert "> [!WARNING]\n> This card is archived." in text
    assert "Not provided in this card: Model overview, Intended uses," in text


_LAID_OUT = "First\nSecond\n\n    indented  apart\r\n\tlast"
_LINES = ["First", "Second", "", "    indented  apart", "    last"]


def test_line_breaks_and_indentation_survive_in_cells() -> None:
    rows = [{"name": _LAID_OUT, "value": _LAID_OUT}]
    metric = {"name": "m", "type": "number", "value": 1, "notes": _LAID_OUT}
    content = evaluated(metric) | {
        "additional_information": {"custom_details": {_LAID_OUT: _LAID_OUT}},
        "training_details": {"training_job_details": {"hyper_parameters": rows}},
    }
    html = GITHUB.render(body(markdown(content)))
    cells = [cell for cell in re.findall(r"<td[^>]*>(.*?)</td>", html) if "First" in cell]
    assert len(cells) == 5
    for cell in cells:
        lines = [re.sub("^ ", "", line) for line in cell.split("<br>")]
        assert [entities.unescape(line).replace("\xa0", " ") for line in lines] == _LINES


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example('<script>alert(1)</script> [a](b) ![c](d) `e` *f* _g_ ~~h~~ | i & $j$ \\ "')
@example("\x00\x7f\x85\u2028\u202e\ufeff\ufffe\ufdd0\U0001fffe 👩🏽‍🔬 'a': #b\n---\n")
def test_the_front_matter_holds_any_name_without_markup(name: str) -> None:
    matter = markdown({"model_overview": {"model_name": name}}).split("\n---\n", 1)[0]
    [line] = [line for line in matter.splitlines() if line.startswith("model: ")]
    assert not set("<>&[]`*~|$\x7f\u202e") & set(line)
    assert yaml.safe_load(matter.removeprefix("---\n"))["model"] == name
    assert not re.search("<(?!/?(p|hr|h2)[ />])", GITHUB.render(line))
