"""The table of formats, and JSON."""

import hashlib
import json
import subprocess
import sys

import pytest

from cardwright.core.errors import Invalid
from cardwright.formats import FORMATS, format_named, format_of_file
from tests.formats.records import record


def test_the_content_is_written_byte_for_byte() -> None:
    content = '{ "model_overview":\n {"model_version": 1.0, "model_name": "\\u00fc é", "model_name": "x"}}\n\n'
    printed = FORMATS["json"].print(record(content))
    assert printed == content.encode()
    assert hashlib.sha256(printed).hexdigest() == record(content).content_digest


def test_the_record_holds_the_content_the_versions_and_the_digests() -> None:
    card = record('{"a": 1}')
    document = json.loads(FORMATS["record"].print(card))
    assert (document["content"], document["content_sha256"]) == (card.content, card.content_digest)
    assert [entry["version"] for entry in document["versions"]] == [2, 1]
    assert set(document["versions"][0]) == {
        "version", "status", "created_at", "modified_at", "author", "note", "content_sha256",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a.html", "html"),
        ("a.pdf", "pdf"),
        ("A.MD", "md"),
        ("x/a.json", "json"),
        ("a.record.json", "record"),
        ("a.b.html", "html"),
    ],
)
def test_the_file_extension_selects_the_format(file: str, name: str) -> None:
    assert format_of_file(file).name == name


def test_an_unknown_format_error_lists_the_known_formats() -> None:
    with pytest.raises(Invalid, match=r"extension must be one of: \.html, \.pdf, \.md, \.json, \.record\.json"):
        format_of_file("card.docx")
    with pytest.raises(Invalid, match="The formats are: html, pdf, md, json, record"):
        format_named("docx")


def test_a_printer_is_loaded_when_it_is_first_used() -> None:
    code = "import sys, cardwright.formats; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
