"""Cards over the wire: what each operation promises of names, contents, versions and statuses."""

import json
from typing import Any

import pytest

from tests.servers import Server
from tests.wire.calls import arn, content, create, fresh, refused


def versions(client: Any, name: str) -> list[tuple[int, str]]:
    summaries = client.list_model_card_versions(ModelCardName=name)["ModelCardVersionSummaryList"]
    return [(item["ModelCardVersion"], item["ModelCardStatus"]) for item in summaries]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        " {}\n",
        '{"model_overview":\r\n\t{"model_name": "zwei\\nZeilen"}}',
        '{"model_overview": {"model_name": "Grüße 模型 🧪 \\u00e9 \\ud83e\\uddea"}}',
        '{"model_overview": {"model_description": "nul \\u0000 inside", "model_name": "a\\u0000b"}}',
        '{"model_overview": {"model_version": 1.50, "model_name": "x", "model_name": "y"}}',
    ],
)
def test_content_comes_back_byte_for_byte(open_server: Server, text: str) -> None:
    client = open_server.client()
    name = create(client, document=text)
    assert client.describe_model_card(ModelCardName=name)["Content"] == text
    client.update_model_card(ModelCardName=name, Content=text + " ")
    assert client.describe_model_card(ModelCardName=name)["Content"] == text + " "


def test_content_of_100_000_characters_fits_and_one_more_does_not(open_server: Server) -> None:
    client = open_server.client()
    largest = "{" + "\U0001f9ea"[:0] + " " * 99_998 + "}"
    name = create(client, document=largest)
    assert client.describe_model_card(ModelCardName=name)["Content"] == largest
    with refused(
        "ValidationException", "'content' failed to satisfy constraint", "length less than or equal to 100000"
    ):
        create(client, document=largest + " ")
    with refused("ValidationException", "length less than or equal to 100000"):
        client.update_model_card(ModelCardName=name, Content=largest + " ")


def test_characters_are_counted_and_not_bytes(open_server: Server) -> None:
    text = json.dumps(
        {"additional_information": {"custom_details": {f"{n}": "🧪" * 1000 for n in range(98)}}},
        ensure_ascii=False,
    )
    text += " " * (100_000 - len(text))
    client = open_server.client()
    name = create(client, document=text)
    assert client.describe_model_card(ModelCardName=name)["Content"] == text


@pytest.mark.parametrize("status", ["Draft", "PendingReview", "Approved", "Archived"])
def test_a_card_may_begin_with_any_status(open_server: Server, status: str) -> None:
    client = open_server.client()
    name = create(client, ModelCardStatus=status)
    described = client.describe_model_card(ModelCardName=name)
    assert (described["ModelCardVersion"], described["ModelCardStatus"]) == (1, status)
    assert "NextToken" not in client.list_model_card_versions(ModelCardName=name)


def test_create_answers_the_arn_and_both_names_mean_the_card(open_server: Server) -> None:
    client = open_server.client("grace")
    name = fresh("arn")
    made = client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Draft")
    assert made["ModelCardArn"] == arn(name)
    by_arn = client.describe_model_card(ModelCardName=arn(name))
    by_name = client.describe_model_card(ModelCardName=name)
    del by_arn["ResponseMetadata"], by_name["ResponseMetadata"]
    assert by_arn == by_name
    assert by_name["CreatedBy"]["IamIdentity"]["Arn"] == "arn:aws:iam::000000000000:user/grace"
    assert client.update_model_card(ModelCardName=arn(name), Content=" {}")["ModelCardArn"] == arn(name)
    assert versions(client, arn(name)) == [(1, "Draft"), (2, "Draft")]


def test_an_arn_of_elsewhere_is_refused(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    for call in (client.describe_model_card, client.update_model_card, client.list_model_card_versions):
        with refused("ValidationException", "the region of this server is us-east-1"):
            call(ModelCardName=arn(name, region="eu-west-1"))
        with refused("AccessDeniedException"):
            call(ModelCardName=arn(name, account_id="999999999999"))
        with refused("ValidationException"):
            call(ModelCardName=arn(name) + "/export-job/x")
    with refused("ValidationException"):
        client.delete_model_card(ModelCardName=arn(name))


def test_a_content_update_makes_a_version_that_starts_with_the_cards_status(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, ModelCardStatus="PendingReview")
    client.update_model_card(ModelCardName=name, Content=" {}")
    client.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    client.update_model_card(ModelCardName=name, Content="  {}")
    assert versions(client, name) == [(1, "PendingReview"), (2, "Approved"), (3, "Approved")]
    assert [client.describe_model_card(ModelCardName=name, ModelCardVersion=n)["Content"] for n in (1, 2, 3)] == [
        "{}",
        " {}",
        "  {}",
    ]
    with refused("ResourceNotFound", f"Modelcard with name {name} and version: 4 does not exist"):
        client.describe_model_card(ModelCardName=name, ModelCardVersion=4)


def test_a_status_update_changes_the_newest_version_alone(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    client.update_model_card(ModelCardName=name, Content=" {}")
    client.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    assert versions(client, name) == [(1, "Draft"), (2, "Approved")]
    assert client.describe_model_card(ModelCardName=name, ModelCardVersion=1)["ModelCardStatus"] == "Draft"


def test_equal_content_and_no_change_at_all_are_accepted_and_change_nothing(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    before = client.describe_model_card(ModelCardName=name)
    client.update_model_card(ModelCardName=name, Content="{}")
    client.update_model_card(ModelCardName=name, ModelCardStatus="Draft")
    client.update_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Draft")
    client.update_model_card(ModelCardName=name)
    after = client.describe_model_card(ModelCardName=name)
    assert before | {"ResponseMetadata": 0} == after | {"ResponseMetadata": 0}
    assert versions(client, name) == [(1, "Draft")]


def test_both_fields_at_once_are_one_version_with_the_new_status(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    client.update_model_card(ModelCardName=name, Content=" {}", ModelCardStatus="PendingReview")
    assert versions(client, name) == [(1, "Draft"), (2, "PendingReview")]
    client.update_model_card(ModelCardName=name, Content=" {}", ModelCardStatus="Approved")
    assert versions(client, name) == [(1, "Draft"), (2, "Approved")]


def test_an_earlier_content_again_is_a_new_version(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    for text in (" {}", "{}"):
        client.update_model_card(ModelCardName=name, Content=text)
    assert [number for number, _ in versions(client, name)] == [1, 2, 3]


def test_an_archived_card_keeps_its_content_until_it_leaves_the_archive(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, ModelCardStatus="Archived")
    for more in ({}, {"ModelCardStatus": "Archived"}):
        with refused("ValidationException", "Model Card is in Archived state"):
            client.update_model_card(ModelCardName=name, Content=" {}", **more)
    client.update_model_card(ModelCardName=name, Content="{}")
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Archived"
    client.update_model_card(ModelCardName=name, Content=" {}", ModelCardStatus="Draft")
    assert versions(client, name) == [(1, "Archived"), (2, "Draft")]
    client.update_model_card(ModelCardName=name, Content="  {}", ModelCardStatus="Archived")
    assert versions(client, name) == [(1, "Archived"), (2, "Draft"), (3, "Archived")]


def test_a_refused_update_changes_nothing(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    with refused("ValidationException", "The document is not valid"):
        client.update_model_card(ModelCardName=name, Content="[]", ModelCardStatus="Approved")
    assert versions(client, name) == [(1, "Draft")]


def test_a_model_has_one_card(open_server: Server) -> None:
    client = open_server.client()
    model, package = fresh("model"), f"arn:aws:sagemaker:us-east-1:000000000000:model-package/{fresh('g')}/1"
    packaged = json.dumps({"model_package_details": {"model_package_arn": package}})
    first = create(client, document=content(model_id=model))
    second = create(client, document=packaged)
    for other in (content(model_id=model, model_name="x"), packaged + " ", content(model_id=package)):
        with refused("ConflictException", "one model card"):
            create(client, document=other)
    third = create(client)
    for other, holder in ((content(model_id=model), first), (packaged, second)):
        with refused("ConflictException", holder):
            client.update_model_card(ModelCardName=third, Content=other)
    client.update_model_card(ModelCardName=first, Content=content(model_id=model, model_name="same card"))
    client.update_model_card(ModelCardName=first, Content="{}")
    client.update_model_card(ModelCardName=third, Content=content(model_id=model))
    client.delete_model_card(ModelCardName=second)
    create(client, document=packaged)


def test_cards_without_a_model_do_not_meet(open_server: Server) -> None:
    client = open_server.client()
    for document in (content(model_id=""), content(model_name="the same name")):
        names = [create(client, document=document) for _ in range(2)]
        assert [client.describe_model_card(ModelCardName=name)["Content"] for name in names] == [document] * 2


def test_a_model_id_with_nul_characters_is_a_model_id(open_server: Server) -> None:
    client = open_server.client()
    model = fresh("m") + "\0nul"
    create(client, document=content(model_id=model))
    with refused("ConflictException"):
        create(client, document=content(model_id=model))


def test_delete_takes_everything_and_frees_the_name(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, Tags=[{"Key": "a", "Value": "b"}])
    client.update_model_card(ModelCardName=name, Content=" {}")
    client.delete_model_card(ModelCardName=name)
    for call in (client.describe_model_card, client.list_model_card_versions, client.delete_model_card):
        with refused("ResourceNotFound", f"Modelcard {name} does not exist"):
            call(ModelCardName=name)
    with refused("ResourceNotFound", "does not exist"):
        client.update_model_card(ModelCardName=name, Content="{}")
    with refused("ValidationException", "does not exist"):
        client.list_tags(ResourceArn=arn(name))
    assert not client.list_model_cards(NameContains=name)["ModelCardSummaries"]
    create(client, name)
    assert versions(client, name) == [(1, "Draft")]
    assert client.list_tags(ResourceArn=arn(name))["Tags"] == []


def test_metadata_only_leaves_five_paths(open_server: Server) -> None:
    client = open_server.client()
    kept = {
        "model_overview": {"model_id": fresh("m"), "model_name": "n"},
        "intended_uses": {"risk_rating": "High"},
        "model_package_details": {"model_package_group_name": "g", "model_package_arn": fresh("p")},
    }
    whole = {section: members | {} for section, members in kept.items()} | {
        "business_details": {"line_of_business": "x"}
    }
    whole["intended_uses"]["purpose_of_model"] = "secret"
    name = create(client, document=json.dumps(whole))
    reduced = client.describe_model_card(ModelCardName=name, IncludedData="MetadataOnly")["Content"]
    assert json.loads(reduced) == kept
    assert json.loads(client.describe_model_card(ModelCardName=name, IncludedData="AllData")["Content"]) == whole
    assert client.describe_model_card(ModelCardName=create(client), IncludedData="MetadataOnly")["Content"] == "{}"


def test_a_key_that_is_not_configured_is_refused_and_not_ignored(open_server: Server) -> None:
    client = open_server.client()
    name = fresh("kms")
    for key in ("alias/secret", ""):
        with refused("ValidationException", "KmsKeyId"):
            create(client, name, SecurityConfig={"KmsKeyId": key})
    create(client, name, SecurityConfig={})


def test_times_tell_the_card_and_the_version_apart(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    client.update_model_card(ModelCardName=name, Content=" {}")
    first, second = (client.describe_model_card(ModelCardName=name, ModelCardVersion=n) for n in (1, 2))
    assert first["CreationTime"] == second["CreationTime"] == first["LastModifiedTime"] <= second["LastModifiedTime"]
    summary = client.list_model_card_versions(ModelCardName=name, SortOrder="Descending")[
        "ModelCardVersionSummaryList"
    ][0]
    assert summary["CreationTime"] == second["LastModifiedTime"]
