"""Tags of cards: added, replaced, listed, removed, within their limits."""

import pytest

from tests.servers import Server
from tests.wire.calls import arn, create, fresh, post, refused, resource_arn
from tests.wire.samples import accepted, request_of


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def test_tags_are_added_replaced_listed_and_removed(open_server: Server) -> None:
    client = open_server.client()
    resource = arn(create(client, Tags=tags(b="1", a="")))
    assert client.list_tags(ResourceArn=resource)["Tags"] == tags(a="", b="1")
    added = client.add_tags(ResourceArn=resource, Tags=tags(b="2", c="3"))
    assert added["Tags"] == client.list_tags(ResourceArn=resource)["Tags"] == tags(a="", b="2", c="3")
    assert post(open_server, "DeleteTags", {"ResourceArn": resource, "TagKeys": ["a", "c", "none"]}).json == {}
    assert client.list_tags(ResourceArn=resource)["Tags"] == tags(b="2")


def test_tags_do_not_make_versions_or_touch_times(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    before = client.describe_model_card(ModelCardName=name) | {"ResponseMetadata": None}
    client.add_tags(ResourceArn=arn(name), Tags=tags(a="1"))
    client.delete_tags(ResourceArn=arn(name), TagKeys=["a"])
    assert client.describe_model_card(ModelCardName=name) | {"ResponseMetadata": None} == before


def test_letters_of_every_language_are_tags(open_server: Server) -> None:
    client = open_server.client()
    wanted = [{"Key": "Größe 模型", "Value": "a_b.c:/=+-@ ١٢"}]
    resource = arn(create(client, Tags=wanted))
    assert client.list_tags(ResourceArn=resource)["Tags"] == wanted
    expression = {"Filters": [{"Name": "Tags.Größe 模型", "Operator": "Contains", "Value": "١٢"}]}
    assert client.search(Resource="ModelCard", SearchExpression=expression)["TotalHits"]["Value"] == 1
    client.delete_tags(ResourceArn=resource, TagKeys=["Größe 模型"])


@pytest.mark.parametrize("text", ["emoji 🧪", "semi;colon", "new\nline", "tab\t", "50%", "<b>", "combi\u0301ning"])
def test_other_characters_are_refused(open_server: Server, text: str) -> None:
    client = open_server.client()
    resource = arn(create(client))
    for pair in ({"Key": text, "Value": "v"}, {"Key": "k", "Value": text}):
        with refused("ValidationException", "regular expression pattern"):
            client.add_tags(ResourceArn=resource, Tags=[pair])
    assert client.list_tags(ResourceArn=resource)["Tags"] == []


def test_a_card_carries_fifty_tags_at_most(open_server: Server) -> None:
    client = open_server.client()
    fifty = tags(**{f"k{number}": "v" for number in range(50)})
    resource = arn(create(client, Tags=fifty))
    assert len(client.list_tags(ResourceArn=resource, MaxResults=50)["Tags"]) == 50
    with refused("ValidationException", "50"):
        client.add_tags(ResourceArn=resource, Tags=tags(one_more="v"))
    client.add_tags(ResourceArn=resource, Tags=tags(k0="replaced"))


def test_a_key_twice_and_reserved_keys_are_refused(open_server: Server) -> None:
    client = open_server.client()
    resource = arn(create(client))
    with refused("ValidationException", "Duplicate"):
        client.add_tags(ResourceArn=resource, Tags=tags(a="1") + tags(a="2"))
    for reserved in ("aws:x", "AWS:x"):
        with refused("ValidationException", "aws:"):
            client.add_tags(ResourceArn=resource, Tags=[{"Key": reserved, "Value": "v"}])
        with refused("ValidationException", "aws:"):
            create(client, Tags=[{"Key": reserved, "Value": "v"}])
    client.add_tags(ResourceArn=resource, Tags=tags(a="1") + tags(A="2"))


def test_missing_and_foreign_resources_are_refused(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    missing = (arn(fresh("missing")), arn(name) + "/export-job/j", arn(name).replace("model-card/", "model/"))
    for resource in (*missing, arn(name, region="eu-west-1"), arn(name).replace(":model-card/", ":x")):
        with refused("ValidationException"):
            client.list_tags(ResourceArn=resource)
        with refused("ValidationException"):
            client.add_tags(ResourceArn=resource, Tags=tags(a="1"))
        with refused("ValidationException"):
            client.delete_tags(ResourceArn=resource, TagKeys=["a"])
    with refused("AccessDeniedException"):
        client.list_tags(ResourceArn=arn(name, account_id="999999999999"))


@pytest.mark.parametrize(
    ("kind", "operation", "name", "left_out"),
    [
        ("model", "CreateModel", "ModelName", {"Containers"}),
        ("model-package-group", "CreateModelPackageGroup", "ModelPackageGroupName", set()),
        (
            "model-package",
            "CreateModelPackage",
            "ModelPackageName",
            {"ModelPackageGroupName", "SecurityConfig", "ModelCard", "ClientToken"},
        ),
        ("training-job", "CreateTrainingJob", "TrainingJobName", set()),
        ("processing-job", "CreateProcessingJob", "ProcessingJobName", set()),
    ],
)
def test_whatever_the_registry_holds_is_tagged_like_a_card(
    open_server: Server, kind: str, operation: str, name: str, left_out: set[str]
) -> None:
    client, whose = open_server.client(), fresh("tagged")
    wanted = accepted(operation, {key: value for key, value in request_of(operation).items() if key not in left_out})
    assert post(open_server, operation, wanted | {name: whose, "Tags": tags(a="1")}).status == 200
    resource = resource_arn(kind, whose)
    assert client.add_tags(ResourceArn=resource, Tags=tags(a="2", b="3"))["Tags"] == tags(a="2", b="3")
    client.delete_tags(ResourceArn=resource, TagKeys=["a"])
    assert client.list_tags(ResourceArn=resource)["Tags"] == tags(b="3")
    delete = operation.replace("Create", "Delete")
    assert post(open_server, delete, {name: whose}).status == 200
    with refused("ValidationException", "does not exist"):
        client.list_tags(ResourceArn=resource)
