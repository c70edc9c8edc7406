"""A file of evidence is downloaded, and never shown by the browser."""

import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from cardwright.client.own_client import own_client
from tests.servers import Server
from tests.wire.calls import create

PAGE = b"<script>alert(document.cookie)</script>"


@pytest.fixture
def address(open_server: Server) -> str:
    client = open_server.client()
    added = own_client(client).add_evidence(
        ModelCardName=create(client), Kind="test", Document=PAGE, FileName='a "b" é.html', MediaType="text/html"
    )
    return f"{open_server.url}/evidence/{added['Evidence']['EvidenceId']}/file"


def read(url: str) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_a_page_with_a_script_is_sent_as_an_inert_attachment(address: str) -> None:
    status, headers, body = read(address)
    assert (status, body) == (200, PAGE)
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''a%20%22b%22%20%C3%A9.html"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["cache-control"] == "private, no-store"


def test_unknown_and_damaged_files_are_reported(address: str, open_server: Server) -> None:
    assert read(f"{open_server.url}/evidence/{'0' * 36}/file")[0] == 404
    folder = Path(open_server.home) / "objects" / "cardwright-evidence-000000000000"
    for stored in folder.glob("*/*"):
        if stored.read_bytes() == PAGE:
            stored.write_bytes(b"forged")
    status, _, body = read(address)
    assert status == 502
    assert b"was changed in the object store" in body
