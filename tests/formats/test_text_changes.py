"""Changed Markdown is compared as people read it."""

from typing import Any

import pytest

from cardwright.core.comparison import Comparison, Word, compare
from cardwright.core.text_format import KEY
from cardwright.formats.text_changes import as_read, reading_text


def card(text: str, *, markdown: bool = True, job: str = "") -> dict[str, Any]:
    details = {KEY: "markdown"} if markdown else {}
    return {
        "intended_uses": {"purpose_of_model": text},
        "evaluation_details": [{"name": "Holdout", "evaluation_observation": job}],
        "additional_information": {"custom_details": details | {"note": f"**{text}**"}},
    }


def compared(before: dict[str, Any], after: dict[str, Any], *, markdown: bool = False) -> Comparison:
    return as_read(compare(before, after), before, after, markdown=markdown)


@pytest.mark.parametrize(
    ("stored", "lines"),
    [
        ("One **bold** word\nand `code`.\n\nTwo.", ["One bold word and code.", "", "Two."]),
        ("# Head\n\n- a\n- b\n  - c", ["Head", "", "• a", "• b", "  • c"]),
        ("3. a\n4. b", ["3. a", "4. b"]),
        ("| a | b |\n| - | - |\n| 1 | *2* |", ["a | b", "1 | 2"]),
        ("[the form](https://a.example/f)", ["the form (https://a.example/f)"]),
        ("<https://a.example> <a@b.example>", ["https://a.example a@b.example"]),
        ("> quoted\n\n```\nx = 1\n\ny\n```", ["“quoted”", "", "x = 1", "", "y"]),
    ],
)
def test_markdown_reads_as_lines_without_marks(stored: str, lines: list[str]) -> None:
    assert reading_text(stored) == "\n".join(lines)


OLD = "Scores **card payments** in real time, see [the guide](https://a.example/1), for the review of payments."


def test_changed_words_of_markdown_have_no_marks() -> None:
    new = OLD.replace("**card payments**", "**cheque payments**")
    (change, detail) = compared(card(OLD), card(new)).texts
    assert [(kind, text) for kind, text in change.words if kind is not Word.KEPT] == [
        (Word.DELETED, "card"),
        (Word.INSERTED, "cheque"),
    ]
    assert "**" not in "".join(text for _, text in change.words)
    assert detail.after == f"**{new}**", "custom details are shown as written"


def test_a_new_address_of_a_link_is_a_change_and_bold_type_is_not() -> None:
    moved = compared(card(OLD), card(OLD.replace("example/1", "example/2"))).texts[0]
    assert {kind for kind, _ in moved.words} == set(Word)
    marked = compared(card(OLD), card(OLD.replace("**", "*"))).texts[0]
    assert {kind for kind, _ in marked.words} == {Word.KEPT}


def test_observations_of_a_job_and_unchanged_texts_are_read_too() -> None:
    long = "The **recall** of small merchants is lower than that of large ones in both of the quarters."
    found = compared(card(OLD, job=long), card(OLD, job=long.replace("small", "new")))
    assert "**" not in str(found.texts[0].after)
    assert dict(found.same_texts)["intended_uses", "purpose_of_model"] == reading_text(OLD)


def test_plain_text_is_compared_as_written_unless_the_account_says_markdown() -> None:
    before, after = card(OLD, markdown=False), card(f"{OLD} *New*.", markdown=False)
    assert compared(before, after) == compare(before, after)
    assert "*" not in str(compared(before, after, markdown=True).texts[0].after)
    turned = compared(card(OLD, markdown=False), card(OLD)).texts
    assert not turned, "a text that is equal as stored has not changed"
