"""RenderModelCard: a card as a document in the answer, made while other requests are served."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cardwright.aws.model import own_model
from cardwright.aws.operations import OWN_OPERATIONS
from cardwright.client.answers.cards import RenderModelCardAnswer
from cardwright.client.own_client import own_client
from cardwright.formats import FORMATS
from tests import servers
from tests.formats.pdf_files import attachments_of, faults, title_of
from tests.jobs.calls import export, file_of, wait
from tests.servers import Server
from tests.waiting import DEADLINE
from tests.wire.calls import account, arn, create, fresh, post, refused

CONTENT = json.dumps({"intended_uses": {"purpose_of_model": "Grüße \u0f40\u0f40"}})


def render(client: Any, name: str, wanted: str, **members: Any) -> RenderModelCardAnswer:
    return own_client(client).render_model_card(ModelCardName=name, Format=wanted, **members)


def test_each_format_comes_with_its_media_type(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, document=CONTENT)
    for row in FORMATS.values():
        answer = render(client, name, row.name)
        assert (answer["MediaType"], answer["ModelCardArn"], answer["ModelCardVersion"]) == (
            row.media_type,
            arn(name),
            1,
        )
        assert answer["Document"]
        assert answer["UnprintableCharacters"] == (
            [{"CodePoint": 0x0F40, "Name": "tibetan letter ka", "Count": 2}] if row.name == "pdf" else []
        )
    assert render(client, name, "json")["Document"] == CONTENT.encode()
    pdf = render(client, arn(name), "pdf")["Document"]
    assert faults(pdf) == []
    assert attachments_of(pdf) == {"content.json": CONTENT.encode()}


def test_the_formats_offered_are_those_there_are() -> None:
    assert list(FORMATS) == own_model().shape("DocumentFormat")["enum"]
    assert not OWN_OPERATIONS["RenderModelCard"].quick


def test_a_version_is_the_same_bytes_here_from_an_export_job_and_from_the_console(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, document=CONTENT)
    job = file_of(open_server.home, wait(client, export(client, name)))
    client.update_model_card(ModelCardName=name, Content="{}")
    assert render(client, name, "pdf", ModelCardVersion=1)["Document"] == job
    for kind in ("pdf", "record"):
        with urllib.request.urlopen(
            f"{open_server.url}/cards/{name}/export/{kind}?version=1", timeout=DEADLINE
        ) as page:
            assert page.read() == render(client, name, kind, ModelCardVersion=1)["Document"]
    assert "version 2" in title_of(render(client, name, "pdf")["Document"])


def test_what_cannot_be_rendered_is_reported(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    with refused("ResourceNotFound", "does not exist"):
        render(client, "no-such-card", "html")
    with refused("ResourceNotFound", "version: 2 does not exist"):
        render(client, name, "html", ModelCardVersion=2)
    with refused("ValidationException", "[html, pdf, md, json, record, cloudformation, huggingface"):
        render(client, name, "docx")
    logged = post(open_server, "Cardwright.RenderModelCard", {"ModelCardName": "../x", "Format": "html"})
    assert logged.error[0] == "ValidationException"
    assert post(open_server, "SageMaker.RenderModelCard", {}).error[0] == "UnknownOperationException"


def test_a_viewer_may_and_another_account_may_not(signed_server: Server) -> None:
    number = account()
    author = signed_server.client(*signed_server.key(number, "ana", "author"))
    viewer = signed_server.client(*signed_server.key(number, "vic", "viewer"))
    other = signed_server.client(*signed_server.key(account(), "oda", "admin"))
    name = create(author, document=CONTENT)
    assert render(viewer, name, "json")["Document"] == CONTENT.encode()
    with refused("ResourceNotFound"):
        render(other, name, "json")
    with refused("AccessDeniedException"):
        render(other, arn(name, number), "json")


def test_others_are_served_while_a_long_card_is_printed(open_server: Server) -> None:
    client = open_server.client()
    details = {f"k{number}": "word " * 180 for number in range(90)}
    name = create(client, document=json.dumps({"additional_information": {"custom_details": details}}))
    with ThreadPoolExecutor(1) as pool:
        printing = pool.submit(render, client, name, "pdf")
        answered = 0
        while not printing.done():
            client.describe_model_card(ModelCardName=name)
            answered += 1
    assert printing.result()["Document"].startswith(b"%PDF")
    assert answered > 1


def test_a_server_without_the_printer_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "typst.py").write_text("raise ImportError('not here')")
    with servers.running(tmp_path / "home", environment={"PYTHONPATH": str(tmp_path)}) as server:
        client = server.client()
        name = create(client)
        with refused("ExtraMissing", "pip install 'cardwright[pdf]'"):
            render(client, name, "pdf")
        assert render(client, name, "html")["Document"]
        failed = wait(client, export(client, name, fresh("job")))
        assert failed["FailureReason"] == "PDF needs the package typst. Install it with: pip install 'cardwright[pdf]'"


def test_a_failing_printer_reports_why(tmp_path: Path) -> None:
    (tmp_path / "typst.py").write_text(
        "class TypstError(Exception):\n"
        "    def __init__(self): self.message = 'too deep at `secret words`'\n"
        "class Fonts:\n"
        "    def __init__(self, **how): pass\n"
        "class Compiler:\n"
        "    def __init__(self, *what, **how): pass\n"
        "    def compile(self, **how): raise TypstError()\n"
    )
    with servers.running(tmp_path / "home", environment={"PYTHONPATH": str(tmp_path)}) as server:
        client = server.client()
        name = create(client)
        sentence = "Typst refused the document: too deep at ..."
        with refused("PrintingFailed", sentence) as refusal:
            render(client, name, "pdf")
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
        assert wait(client, export(client, name))["FailureReason"] == sentence
        assert "secret words" not in server.log.read_text()


def test_the_log_of_a_job_names_what_could_not_be_drawn(open_server: Server) -> None:
    client = open_server.client()
    plain, special = create(client), create(client, document=CONTENT)
    before = open_server.log.read_text()
    wait(client, export(client, plain))
    wait(client, export(client, special))
    lines = open_server.log_after("by code point").removeprefix(before).splitlines()
    logged = [json.loads(line)["message"] for line in lines if "by code point" in line]
    assert [message.split(": ", 2)[2] for message in logged] == ["[U+0F40] tibetan letter ka x2"]
