"""Every document prints the known limitations of a card, and equal input gives equal bytes."""

import dataclasses
import json

import pytest

from cardwright.formats import format_named
from cardwright.formats.record import PrintedLimitation
from tests.formats.pdf_files import text_of
from tests.formats.records import record

LIMITATIONS = (
    PrintedLimitation(
        "Not for <b>minors</b> & *others*", "No one under 18 is in the data.\n\nنص", 1_800_000_000_000, 2
    ),
    PrintedLimitation("Only Iberia", None, 1_800_000_000_000, 1),
)


@pytest.mark.parametrize("name", ["html", "md", "record"])
def test_text_documents_print_the_limitations(name: str) -> None:
    printed = format_named(name).render(dataclasses.replace(record({}), limitations=LIMITATIONS)).data.decode()
    assert "Only Iberia" in printed
    assert "No one under 18 is in the data." in printed
    assert "<b>minors</b>" not in printed or name == "record"
    if name == "record":
        assert json.loads(printed)["limitations"][1]["title"] == "Only Iberia"
    else:
        assert "Known limitations" in printed
        assert "Found 2027-01-15 in version 2." in printed


def test_the_pdf_prints_the_limitations_and_is_the_same_each_time() -> None:
    pdf = format_named("pdf")
    limited = dataclasses.replace(record({}), limitations=LIMITATIONS)
    first = pdf.render(limited).data
    assert first == pdf.render(limited).data
    assert first != pdf.render(record({})).data
    assert "Only Iberia" in text_of(first)
    assert "Known limitations" in text_of(first)
