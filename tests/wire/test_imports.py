"""ImportModelCard: the cards of a file are created or changed, and the file is kept byte for byte."""

import gzip
import json
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

from cardwright.aws.model import own_model
from cardwright.client.answers.cards import DescribeModelCardSourceAnswer, ImportModelCardAnswer
from cardwright.client.own_client import own_client
from cardwright.interchange import FORMATS, Outcome
from tests.cli.commands import run_text
from tests.interchange.samples import sample
from tests.servers import Server
from tests.wire.calls import account, arn, create, fresh, post, refused
from tests.wire.test_concurrency import outcomes

BOM = json.loads(sample("bom.cdx.json"))


def take(client: Any, data: bytes, **members: Any) -> ImportModelCardAnswer:
    return own_client(client).import_model_card(SourceData=data, **members)


def source_of(client: Any, name: str, **members: Any) -> DescribeModelCardSourceAnswer:
    return own_client(client).describe_model_card_source(ModelCardName=name, **members)


def model(name: str, model_id: str = "") -> bytes:
    """A bill of materials with one model."""
    component = {"type": "machine-learning-model", "name": name, "purl": model_id}
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}).encode()


def test_a_file_becomes_a_card_and_is_kept_byte_for_byte(open_server: Server) -> None:
    client, name = open_server.client(), fresh("imported")
    data = sample("mct_0_0_2.json")
    answer = take(client, data, SourceName="card.json", ModelCardName=name)
    (card,) = answer["ImportedModelCards"]
    assert (card["ModelCardArn"], card["ModelCardVersion"], card["Step"]) == (arn(name), 1, "Create")
    assert {"Source": "/model_details/name", "Target": "/model_overview/model_name", "Outcome": "kept"} in card[
        "LossReport"
    ]
    described = client.describe_model_card(ModelCardName=name)
    assert described["ModelCardStatus"] == "Draft"
    details = json.loads(described["Content"])["additional_information"]["custom_details"]
    assert details["cw.source.sha256"] == answer["SourceSha256"]
    found = source_of(client, name)
    assert (found["SourceData"], found["SourceName"], found["SourceFormat"]) == (
        data,
        "card.json",
        "modelcard-toolkit",
    )
    client.update_model_card(ModelCardName=name, Content="{}")
    assert source_of(client, arn(name))["ModelCardVersion"] == 1
    client.delete_model_card(ModelCardName=name)
    create(client, name)
    with refused("ResourceNotFound", "was not imported"):
        source_of(client, name)
    verified = run_text("verify", *open_server.store_options, "--json")
    assert json.loads(verified.stdout)["faults"] == []


def test_facts_are_added_to_an_existing_card_and_others_stay(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, document='{"model_overview": {"model_owner": "Ana", "model_version": 1.50}}')
    with refused("ValidationException", "name the card that it is added to"):
        take(client, sample("croissant.json"))
    for evaluation in (False, True):
        take(client, sample("croissant.json"), ExistingModelCardName=arn(name), Evaluation=evaluation)
    text = client.describe_model_card(ModelCardName=name)["Content"]
    assert '"model_version":1.50' in text
    content = json.loads(text)
    entry = "https://example.org/tickets (Bank tickets 1.2.0)"
    assert content["model_overview"]["model_owner"] == "Ana"
    assert content["training_details"]["training_job_details"]["training_datasets"] == [entry]
    assert content["evaluation_details"] == [{"name": "Croissant", "datasets": [entry]}]
    assert client.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 3
    again = take(client, sample("croissant.json"), ExistingModelCardName=name, Evaluation=True)
    assert again["ImportedModelCards"][0]["Step"] == "Equal"
    assert client.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 3


def test_a_taken_name_is_a_conflict_unless_the_content_is_equal(open_server: Server) -> None:
    client, name = open_server.client(), fresh("taken")
    data = json.dumps({"ModelCardName": name, "Content": "{}", "Tags": [{"Key": "team", "Value": "red"}]}).encode()
    assert take(client, data)["ImportedModelCards"][0]["Step"] == "Create"
    assert client.list_tags(ResourceArn=arn(name))["Tags"] == [{"Key": "team", "Value": "red"}]
    assert take(client, data, ModelCardStatus="Approved")["ImportedModelCards"][0]["Step"] == "Equal"
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Draft"
    with refused("ConflictException", "choose another name"):
        take(client, model(name))


def test_a_trial_reports_and_stores_nothing(open_server: Server) -> None:
    client, name = open_server.client(), fresh("trial")
    answer = take(client, sample("README.md"), ModelCardName=name, DryRun=True, Infer=True)
    (card,) = answer["ImportedModelCards"]
    assert (card["ModelCardName"], card["Step"]) == (name, "Create")
    assert "inferred" in {line["Outcome"] for line in card["LossReport"]}
    with refused("ResourceNotFound"):
        client.describe_model_card(ModelCardName=name)


def test_all_cards_of_a_file_are_stored_or_none(open_server: Server) -> None:
    client, one, two = open_server.client(), fresh("one"), fresh("two")
    models = [{"type": "machine-learning-model", "name": name, "version": "1"} for name in (one, two)]
    data = json.dumps(BOM | {"components": models}).encode()
    create(client, two)
    with refused("ConflictException", two):
        take(client, data)
    with refused("ResourceNotFound"):
        client.describe_model_card(ModelCardName=one)
    assert [card["ModelCardName"] for card in take(client, data, SourceCardName=one)["ImportedModelCards"]] == [one]
    with refused("ValidationException", "2 cards"):
        take(client, data, ModelCardName="x")
    client.delete_model_card(ModelCardName=two)
    client.delete_model_card(ModelCardName=one)
    report = {card["ModelCardName"]: card["LossReport"] for card in take(client, data)["ImportedModelCards"]}
    assert list(report) == [one, two]
    of_other = next(line for line in report[one] if line["Source"] == "/components/1/name")
    assert of_other == {
        "Source": "/components/1/name",
        "Outcome": "dropped",
        "Detail": "It belongs to another model of the file",
    }


def test_the_rules_of_cards_hold_for_imports(signed_server: Server) -> None:
    holder = account()
    clients = {
        role: signed_server.client(*signed_server.key(holder, role, role)) for role in ("viewer", "author", "approver")
    }
    name = fresh("ruled")
    with refused("AccessDeniedException"):
        take(clients["viewer"], model(name))
    with refused("AccessDeniedException"):
        take(clients["viewer"], model(name), DryRun=True)
    with refused("AccessDeniedException"):
        take(clients["author"], model(name), ModelCardStatus="Approved")
    take(clients["approver"], model(name, "pkg:a/b"), ModelCardStatus="Approved")
    with refused("AccessDeniedException"):
        take(clients["author"], sample("croissant.json"), ExistingModelCardName=name)
    take(clients["author"], sample("croissant.json"), ExistingModelCardName=name, ModelCardStatus="Draft")
    with refused("ConflictException", "has a model card already"):
        take(clients["author"], model(fresh("second"), "pkg:a/b"))
    with refused("ResourceNotFound"):
        source_of(signed_server.client(*signed_server.key(account(), "eve", "admin")), name)


def test_a_compressed_file_is_read_and_a_bomb_is_refused(open_server: Server) -> None:
    client, name = open_server.client(), fresh("packed")
    take(client, gzip.compress(model(name)), SourceEncoding="gzip")
    assert source_of(client, name)["SourceData"] == model(name)
    with refused("ValidationException", "larger than 20 MB"):
        take(client, gzip.compress(bytes(50_000_000)), SourceEncoding="gzip")
    with refused("ValidationException", "not gzip data"):
        take(client, b"{}", SourceEncoding="gzip")
    raw = post(open_server, "Cardwright.ImportModelCard", {"SourceData": "%%"})
    assert raw.error == ("SerializationException", "The text at 'sourceData' is not Base64")


def test_a_broken_file_gets_one_sentence_and_no_content_in_the_log(open_server: Server) -> None:
    client = open_server.client()
    with refused("ValidationException", "not JSON"):
        take(client, b'{"secretword": ')
    with refused("ValidationException", "choose a name"):
        take(client, b'{"model_overview": {}}')
    with refused("ValidationException", "model_overview.model_owner"):
        take(client, b'{"model_overview": {"model_owner": 1}}', ModelCardName=fresh("bad"))
    assert "secretword" not in open_server.log.read_text()


def test_formats_and_outcomes_are_those_there_are() -> None:
    assert own_model().shape("CardFormat")["enum"] == list(FORMATS)
    assert own_model().shape("Outcome")["enum"] == [outcome.value for outcome in Outcome]


def test_an_unchanged_card_is_rendered_as_the_file_it_came_from(open_server: Server) -> None:
    client, name = open_server.client(), fresh("unchanged")
    data = sample("README.md")
    take(client, data, SourceName="README.md", ModelCardName=name)
    own = own_client(client)
    first = own.render_model_card(ModelCardName=name, Format="huggingface")
    assert (first["Document"], first["UnstatedMembers"]) == (data, [])
    assert {(line["Target"], line["Outcome"]) for line in first["LossReport"]} == {("#source", "kept")}
    card = json.loads(client.describe_model_card(ModelCardName=name)["Content"])
    card["model_overview"]["model_description"] = "Changed."
    client.update_model_card(ModelCardName=name, Content=json.dumps(card))
    second = own.render_model_card(ModelCardName=name, Format="huggingface")
    assert b"Changed." in second["Document"]
    assert b"Finds what a customer wants." not in second["Document"]
    assert {
        "Source": "/model_overview/model_description",
        "Target": "#Model Details/Model Description",
        "Outcome": "kept",
    } in second["LossReport"]
    assert {"Target": "/model-index/0/results/1/dataset/type", "Value": "unknown"} in second["UnstatedMembers"]
    assert own.render_model_card(ModelCardName=name, Format="huggingface", ModelCardVersion=1)["Document"] == data


def test_an_import_is_an_event_with_the_digest_of_the_file(open_server: Server) -> None:
    client, name = open_server.client(), fresh("chained")
    data = sample("mct_0_0_2.json")
    take(client, data, SourceName="card.json", ModelCardName=name)
    take(client, sample("croissant.json"), ExistingModelCardName=name)
    listed = own_client(client).list_model_card_events(ModelCardName=name)["ModelCardEvents"]
    assert [event["EventType"] for event in reversed(listed)] == ["Created", "Imported", "ContentChanged", "Imported"]
    first = listed[2]
    assert (first["SourceFormat"], first["SourceName"], first["ModelCardVersion"]) == (
        "modelcard-toolkit",
        "card.json",
        1,
    )
    assert first["SourceSha256"] == sha256(data).hexdigest()
    assert first["SourceLocation"] == "card_sources/1"
    assert listed[0]["SourceLocation"] == "card_sources/2"
    shown = run_text("card", "events", name, "--endpoint-url", open_server.url).stdout
    assert "version 1 imported from a modelcard-toolkit file" in shown
    query = ("audit", "list", "--kind", "import", "--card", name, "--endpoint-url", open_server.url)
    assert run_text(*query).stdout.count("from a file") == 2


def test_imports_into_one_card_at_once_are_versions_in_order_without_a_lost_fact(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    datasets = [f"https://example.org/{number}" for number in range(12)]
    document = json.loads(sample("croissant.json"))

    def into(url: str) -> Callable[[], Any]:
        data = json.dumps(document | {"url": url}).encode()
        return lambda: take(client, data, ExistingModelCardName=name)

    assert outcomes([into(url) for url in datasets]) == {"OK": 12}
    content = json.loads(client.describe_model_card(ModelCardName=name)["Content"])
    listed = content["training_details"]["training_job_details"]["training_datasets"]
    assert sorted(entry.split()[0] for entry in listed) == sorted(datasets)
    for number in range(1, 14):
        version = json.loads(client.describe_model_card(ModelCardName=name, ModelCardVersion=number)["Content"])
        count = len(version.get("training_details", {}).get("training_job_details", {}).get("training_datasets", []))
        assert count == number - 1
    verified = run_text("verify", *open_server.store_options, "--json")
    assert json.loads(verified.stdout)["faults"] == []


def test_one_of_many_imports_that_create_a_card_wins(open_server: Server) -> None:
    client, name = open_server.client(), fresh("raced")
    files = [json.dumps({"model_overview": {"model_description": str(number)}}).encode() for number in range(12)]
    calls = [partial(take, client, data, ModelCardName=name) for data in files]
    assert outcomes([*calls]) == {"OK": 1, "ConflictException": 11}
    assert client.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 1
    stored = json.loads(client.describe_model_card(ModelCardName=name)["Content"])
    assert json.loads(source_of(client, name)["SourceData"]) == stored
