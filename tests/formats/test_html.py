"""The HTML page as a document: complete, safe, and readable without its drawings."""

import base64
import hashlib
import re

import pytest

from cardwright import reports
from cardwright.examples import examples
from cardwright.formats import FORMATS
from tests.formats.pages import leaves, squeezed, tags_and_attributes, text_of_html
from tests.formats.records import evaluated, record
from tests.reports.samples import REPORTS, raw

CONTENTS = {example.name: [step.content for step in example.steps if step.content][-1] for example in examples()}


def page(content: object, status: str = "Approved") -> str:
    return FORMATS["html"].print(record(content, status=status)).decode()


@pytest.mark.parametrize("name", CONTENTS)
def test_an_example_card_is_one_file_without_scripts_or_external_files(name: str) -> None:
    text = page(CONTENTS[name])
    tags, attributes = tags_and_attributes(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(tags)
    assert not {"style", "src", "srcset", "action"} & attributes
    assert "url(" not in text
    assert "@import" not in text


def test_the_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    text = page("{}")
    style = re.search(r"<style>(.*?)</style>", text, re.S)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in text


@pytest.mark.parametrize("name", CONTENTS)
def test_ids_are_unique_and_every_reference_has_a_target(name: str) -> None:
    text = page(CONTENTS[name])
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"', text)
    labels = [one for many in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', text) for one in many.split()]
    assert links
    assert set(links) | set(labels) <= set(ids)


def test_every_drawing_has_a_name_a_description_and_its_numbers() -> None:
    text = page(CONTENTS["fraud-classifier"])
    described = r'<svg class="ch-s" viewBox="0 0 360 252" role="img" aria-labelledby="(\S+) (\S+)">'
    named = described + r'<title id="\1">.+?</title><desc id="\2">.+?</desc>'
    assert len(re.findall(named, text)) == text.count('class="ch-s"') > 0
    assert text.count("Show the numbers") == text.count("<figure") > 0
    others = [tag for tag in re.findall(r"<svg[^>]*>", text) if 'class="ch-s"' not in tag]
    assert not [tag for tag in others if 'aria-hidden="true"' not in tag and not tag.startswith("<svg y=")]


@pytest.mark.parametrize(
    ("status", "word"),
    [("Draft", "Draft"), ("PendingReview", "Pending review"), ("Approved", "Approved"), ("Archived", "Archived")],
)
def test_the_status_is_plain_to_see_and_a_warning_unless_approved(status: str, word: str) -> None:
    text = page("{}", status=status)
    assert f"cw-status-{status.lower()}" in text
    assert word in text_of_html(text)
    assert ('class="cw-warning' in text) is (status != "Approved")


def test_each_text_has_its_language_and_direction() -> None:
    text = page({"intended_uses": {"purpose_of_model": "مرحبا\n\n审批人员"}, "model_overview": {"model_owner": "خطر"}})
    assert '<p class="cw-prose" lang="ar" dir="rtl">' in text
    assert '<p class="cw-prose" lang="zh">' in text
    assert '<bdi lang="ar" dir="rtl">خطر</bdi>' in text


UNSEEN = {
    "intended_uses": {
        "purpose_of_model": "null \x00, turned \u202eabc\u2066, mark \ufffe, far \U0001ffff, line\x85end, [U+0000]"
    },
    "additional_information": {"custom_details": {"a\x00b": "tab\there\r\nnew line"}},
} | evaluated({"name": "chart \x7f", "type": "bar_chart", "value": [1, 2], "x_axis_name": ["l\x01", "r"]})
SHOWN = (
    *("null [U+0000], turned [U+202E]abc[U+2066], mark [U+FFFE], far [U+1FFFF], line[U+0085]end", "a[U+0000]b"),
    *("chart [U+007F]", "Characters shown by code point"),
)


@pytest.mark.parametrize("name", ["html", "md"])
def test_invisible_characters_are_shown_by_code_point_and_listed(name: str) -> None:
    printed = FORMATS[name].render(record(UNSEEN))
    assert {one.shown: one.count for one in printed.unprintable} == {
        "[U+0000]": 2, "[U+0001]": 1, "[U+007F]": 1, "[U+0085]": 1,
        "[U+202E]": 1, "[U+2066]": 1, "[U+FFFE]": 1, "[U+1FFFF]": 1,
    }  # fmt: skip
    source = printed.data.decode().split("\n---\n")[-1]
    # attributes and drawings too
    assert not re.search("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202e\u2066\ufffe\U0001ffff]", source)
    shown = text_of_html(source) if name == "html" else source.replace("\\", "")
    for text in SHOWN:
        assert text in shown
    kinds = {"control character", "noncharacter", "right-to-left override", "left-to-right isolate"}
    assert {one.name for one in printed.unprintable} == kinds
    assert "noncharacter" in shown
    assert "Characters shown by code point" not in FORMATS[name].print(record({})).decode()


def test_all_points_of_a_long_curve_are_in_the_numbers() -> None:
    points = [[n, n / 7] for n in range(10_000)]
    text = page(evaluated({"name": "long", "type": "linear_graph", "value": points}))
    shown = text_of_html(text)
    assert all(repr(y) in shown for _, y in points)
    assert len(text) < 2_500_000


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_reads_as_a_page_with_all_its_texts(name: str) -> None:
    groups = reports.read_report(raw(name)).metric_groups
    content = {"evaluation_details": [{"name": name, "metric_groups": groups}]}
    shown = squeezed(text_of_html(page(content)))
    assert [leaf for leaf in leaves(content) if squeezed(leaf) not in shown] == []


def test_the_same_card_is_the_same_bytes() -> None:
    content = CONTENTS["waste-sorter-vision"]
    for row in FORMATS.values():
        assert row.print(record(content)) == row.print(record(content))
