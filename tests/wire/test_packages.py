"""Model package groups and packages: numbered versions, approvals, changes, and the words that clients look for."""

import time
from functools import partial
from typing import Any

import pytest

from tests.servers import Server
from tests.waiting import wait_until
from tests.wire.calls import account, fresh, refused, resource_arn
from tests.wire.test_concurrency import outcomes

SPECIFICATION = {"Containers": [{"Image": "registry/image:1", "ModelDataUrl": "s3://bucket/model.tar.gz"}]}


def group(client: Any, name: str | None = None, **members: Any) -> str:
    name = name or fresh("group")
    client.create_model_package_group(ModelPackageGroupName=name, **members)
    return name


def version(client: Any, name: str, **members: Any) -> str:
    """Register a version of a group; gives its ARN."""
    wanted = {"ModelPackageGroupName": name, "InferenceSpecification": SPECIFICATION} | members
    arn: str = client.create_model_package(**wanted)["ModelPackageArn"]
    return arn


def describe(client: Any, arn: str, **how: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.describe_model_package(ModelPackageName=arn, **how)
    return found


def test_versions_of_a_group_are_numbered(open_server: Server) -> None:
    client = open_server.client("ann")
    name = group(client)
    arns = [version(client, name) for _ in range(3)]
    assert arns == [resource_arn("model-package", f"{name}/{number}") for number in (1, 2, 3)]
    found = describe(client, arns[1])
    assert (found["ModelPackageGroupName"], found["ModelPackageVersion"]) == (name, 2)
    assert "ModelPackageName" not in found
    assert found["ModelPackageStatus"] == "Completed"
    assert found["ModelPackageStatusDetails"] == {"ValidationStatuses": [], "ImageScanStatuses": []}
    assert found["ModelApprovalStatus"] == "PendingManualApproval"
    assert found["CreatedBy"]["IamIdentity"]["PrincipalId"] == "ann"
    assert found["InferenceSpecification"] == SPECIFICATION
    assert describe(client, f"{name}/2")["ModelPackageArn"] == arns[1]


def test_a_number_is_not_given_twice(open_server: Server) -> None:
    client = open_server.client()
    name = group(client)
    version(client, name)
    last = version(client, name)
    client.delete_model_package(ModelPackageName=last)
    assert version(client, name).endswith("/3")
    with refused("ValidationException", "does not exist"):
        describe(client, last)


def test_versions_are_consecutive_when_many_register_at_once(open_server: Server) -> None:
    client = open_server.client()
    name = group(client)
    assert outcomes([lambda: version(client, name) for _ in range(40)]) == {"OK": 40}
    pages = client.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=name, SortBy="Name", PaginationConfig={"PageSize": 7}
    )
    numbers = [item["ModelPackageVersion"] for page in pages for item in page["ModelPackageSummaryList"]]
    assert numbers == list(range(1, 41))


def test_changes_at_once_are_all_kept(open_server: Server) -> None:
    client = open_server.client()
    arn = version(client, group(client))

    def add(key: str) -> Any:
        return lambda: client.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={key: "v"})

    keys = {f"key{number}" for number in range(30)}
    assert outcomes([add(key) for key in keys]) == {"OK": 30}
    assert describe(client, arn)["CustomerMetadataProperties"].keys() == keys


def test_a_group_and_its_last_version_do_not_pass_each_other(open_server: Server) -> None:
    client = open_server.client()
    for _ in range(5):
        name = group(client)
        found = outcomes([partial(version, client, name), partial(remove_group, client, name)])
        assert found in ({"OK": 1, "ValidationException": 1}, {"OK": 1, "ConflictException": 1})


def remove_group(client: Any, name: str) -> None:
    client.delete_model_package_group(ModelPackageGroupName=name)


def test_a_package_may_have_a_name_of_its_own(open_server: Server) -> None:
    client, name = open_server.client(), fresh("package")
    tags = [{"Key": "k", "Value": "v"}]
    arn = client.create_model_package(ModelPackageName=name, InferenceSpecification=SPECIFICATION, Tags=tags)
    assert arn["ModelPackageArn"] == resource_arn("model-package", name)
    found = describe(client, name)
    assert found["ModelPackageName"] == name
    assert not found.keys() & {"ModelPackageGroupName", "ModelPackageVersion", "ModelApprovalStatus"}
    assert client.list_tags(ResourceArn=found["ModelPackageArn"])["Tags"] == tags
    with refused("ValidationException", f"ModelPackage already exists: {found['ModelPackageArn']}"):
        client.create_model_package(ModelPackageName=name)


def test_a_group_may_be_named_by_its_arn(open_server: Server) -> None:
    client = open_server.client()
    name = group(client)
    arn = resource_arn("model-package-group", name)
    assert version(client, arn) == resource_arn("model-package", f"{name}/1")
    assert client.describe_model_package_group(ModelPackageGroupName=arn)["ModelPackageGroupName"] == name
    assert len(client.list_model_packages(ModelPackageGroupName=arn)["ModelPackageSummaryList"]) == 1
    with refused("ValidationException", "is not the ARN of a model package group"):
        version(client, resource_arn("model", name))


def test_missing_resources_are_reported_in_the_words_that_sdk_v2_expects(open_server: Server) -> None:
    client, name = open_server.client(), fresh("missing")
    with refused("ValidationException", f"ModelPackage {resource_arn('model-package', f'{name}/1')}") as caught:
        describe(client, f"{name}/1")
    assert caught.value.response["Error"]["Message"].startswith("Could not find model package")
    assert caught.value.response["Error"]["Message"].endswith("does not exist.")
    arn = resource_arn("model-package-group", name)
    for call in (client.describe_model_package_group, client.delete_model_package_group):
        with refused("ValidationException") as caught:
            call(ModelPackageGroupName=name)
        assert caught.value.response["Error"]["Message"] == f"ModelPackageGroup {arn} does not exist."
    with refused("ValidationException") as caught:
        version(client, name)
    assert caught.value.response["Error"]["Message"] == "Model Package Group does not exist."


def test_a_package_is_named_once_in_a_request(open_server: Server) -> None:
    client = open_server.client()
    with refused("ValidationException") as caught:
        client.create_model_package(ModelPackageName="a", ModelPackageGroupName="b")
    assert caught.value.response["Error"]["Message"] == (
        "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to use."
    )
    with refused("ValidationException") as caught:
        client.create_model_package()
    assert caught.value.response["Error"]["Message"] == "Missing ARN."


@pytest.mark.parametrize("path", ["{}/0", "{}/01", "{}/2", "{}/999999999"])
def test_other_spellings_of_a_version_name_nothing(open_server: Server, path: str) -> None:
    client = open_server.client()
    name = group(client)
    version(client, name)
    with refused("ValidationException", "Could not find model package"):
        describe(client, path.format(name))
    with refused("ValidationException", "Could not find model package"):
        client.update_model_package(ModelPackageArn=resource_arn("model-package", path.format(name)))


def test_a_group_that_holds_packages_stays(open_server: Server) -> None:
    client = open_server.client()
    name = group(client)
    arn = version(client, name)
    with refused("ConflictException", "cannot be deleted"):
        client.delete_model_package_group(ModelPackageGroupName=name)
    client.delete_model_package(ModelPackageName=arn)
    client.delete_model_package_group(ModelPackageGroupName=name)
    group(client, name)
    with refused("ValidationException", "already exists"):
        group(client, name)


def test_a_request_sent_again_registers_once(open_server: Server) -> None:
    client, token = open_server.client(), fresh("t")
    name = group(client)
    assert version(client, name, ClientToken=token) == version(client, name, ClientToken=token)
    with refused("ConflictException", "ClientToken"):
        version(client, name, ClientToken=token, Domain="other")
    own, named = fresh("t"), fresh("package")
    for _ in range(2):
        client.create_model_package(ModelPackageName=named, ClientToken=own)
    assert outcomes([lambda: version(client, name, ClientToken=f"{token}-x") for _ in range(20)]) == {"OK": 20}
    assert version(client, name).endswith("/3")


def test_versions_take_the_tags_of_their_group(open_server: Server) -> None:
    client = open_server.client()
    name = group(client, Tags=[{"Key": "team", "Value": "red"}])
    with refused("ValidationException", "Tags"):
        version(client, name, Tags=[{"Key": "a", "Value": "b"}])
    arn = version(client, name)
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "red"}]
    with refused("ValidationException", "model package group"):
        client.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    client.delete_model_package(ModelPackageName=arn)
    assert client.list_tags(ResourceArn=resource_arn("model-package-group", name))["Tags"]


def test_customer_properties_are_merged_and_removed(open_server: Server) -> None:
    client = open_server.client()
    arn = version(client, group(client), CustomerMetadataProperties={"a": "1", "b": "1"})
    client.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"b": "2", "c": "2"},
        CustomerMetadataPropertiesToRemove=["a", "none"],
    )
    assert describe(client, arn)["CustomerMetadataProperties"] == {"b": "2", "c": "2"}
    with refused("ValidationException", "50"):
        more = {f"k{number}": "v" for number in range(49)}
        client.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties=more)
    client.update_model_package(ModelPackageArn=arn, CustomerMetadataPropertiesToRemove=["b", "c"])
    assert "CustomerMetadataProperties" not in describe(client, arn)


def test_specifications_are_added_once(open_server: Server) -> None:
    client = open_server.client()
    arn = version(client, group(client))
    added = [{"Name": "small", "Containers": SPECIFICATION["Containers"]}]
    for _ in range(2):
        client.update_model_package(ModelPackageArn=arn, AdditionalInferenceSpecificationsToAdd=added)
    assert describe(client, arn)["AdditionalInferenceSpecifications"] == added
    with refused("ConflictException", "small"):
        other = [{"Name": "small", "Containers": [{"Image": "other"}]}]
        client.update_model_package(ModelPackageArn=arn, AdditionalInferenceSpecificationsToAdd=other)


def test_an_update_records_time_and_user_and_an_empty_one_changes_nothing(open_server: Server) -> None:
    ann, bob = open_server.client("ann"), open_server.client("bob")
    arn = version(ann, group(ann))
    first = describe(ann, arn)
    bob.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="PendingManualApproval")
    assert describe(ann, arn)["LastModifiedBy"] == first["LastModifiedBy"]
    wait_until(lambda: time.time() > first["LastModifiedTime"].timestamp() + 0.002)
    life = {"Stage": "Production", "StageStatus": "Approved"}
    bob.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected", ModelLifeCycle=life)
    changed = describe(ann, arn)
    assert (changed["ModelApprovalStatus"], changed["ModelLifeCycle"]) == ("Rejected", life)
    assert changed["LastModifiedTime"] > first["LastModifiedTime"]
    assert changed["LastModifiedBy"]["IamIdentity"]["PrincipalId"] == "bob"
    assert changed["CreatedBy"]["IamIdentity"]["PrincipalId"] == "ann"


def test_lists_tell_versions_from_other_packages(open_server: Server) -> None:
    client, stem = open_server.client(), fresh("kinds")
    name = group(client, f"{stem}-group")
    version(client, name, ModelApprovalStatus="Approved", ModelPackageDescription="first")
    version(client, name)
    client.create_model_package(ModelPackageName=f"{stem}-own")

    def listed(**how: Any) -> list[tuple[str, int | None]]:
        found = client.list_model_packages(NameContains=stem, **how)["ModelPackageSummaryList"]
        return [
            (item.get("ModelPackageName") or item["ModelPackageGroupName"], item.get("ModelPackageVersion"))
            for item in found
        ]

    versions, own = [(name, 1), (name, 2)], [(f"{stem}-own", None)]
    assert listed() == own
    assert listed(ModelPackageType="Versioned") == listed(ModelPackageGroupName=name) == versions
    assert listed(ModelPackageType="Both") == versions + own
    assert listed(ModelPackageType="Both", ModelApprovalStatus="Approved") == [(name, 1)]
    assert listed(ModelPackageGroupName=name, ModelPackageType="Unversioned") == []
    summary = client.list_model_packages(ModelPackageGroupName=name)["ModelPackageSummaryList"][0]
    assert summary["ModelPackageDescription"] == "first"


def test_many_are_described_at_once_and_the_missing_are_named(open_server: Server) -> None:
    client = open_server.client()
    arn = version(client, group(client), ModelPackageDescription="d")
    own = client.create_model_package(ModelPackageName=fresh("own"))["ModelPackageArn"]
    foreign = resource_arn("model-package", "a/1", account_id="999999999999")
    found = client.batch_describe_model_package(ModelPackageArnList=[arn, arn, f"{arn}7", own, foreign])
    assert found["ModelPackageSummaries"].keys() == {arn}
    assert found["ModelPackageSummaries"][arn]["InferenceSpecification"] == SPECIFICATION
    errors = {key: item["ErrorCode"] for key, item in found["BatchDescribeModelPackageErrorMap"].items()}
    assert errors == {
        f"{arn}7": "ValidationException",
        own: "ValidationException",
        foreign: "AccessDeniedException",
    }


def test_a_key_that_is_not_there_encrypts_nothing(open_server: Server) -> None:
    client = open_server.client()
    with refused("ValidationException", "KmsKeyId"):
        version(client, group(client), SecurityConfig={"KmsKeyId": "k"})


def test_only_approvers_approve(signed_server: Server) -> None:
    whose = account()
    author, approver, viewer = (
        signed_server.client(*signed_server.key(whose, role, role)) for role in ("author", "approver", "viewer")
    )
    name = group(author)
    with refused("AccessDeniedException", "ModelApprovalStatus Approved"):
        version(author, name, ModelApprovalStatus="Approved")
    arn = version(author, name)
    for call in (author, viewer):
        with refused("AccessDeniedException"):
            call.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    approver.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    other = {"Containers": [{"Image": "other"}]}
    with refused("AccessDeniedException", "PendingManualApproval or Rejected"):
        author.update_model_package(ModelPackageArn=arn, InferenceSpecification=other)
    author.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={"note": "may change"})
    author.update_model_package(
        ModelPackageArn=arn, InferenceSpecification=other, ModelApprovalStatus="PendingManualApproval"
    )
    assert describe(viewer, arn)["InferenceSpecification"] == other
    for write in (
        lambda: group(viewer),
        lambda: version(viewer, name),
        lambda: viewer.delete_model_package(ModelPackageName=arn),
        lambda: viewer.add_tags(ResourceArn=resource_arn("model-package-group", name, whose), Tags=[]),
    ):
        with refused("AccessDeniedException", "author"):
            write()


def test_accounts_see_nothing_of_one_another(signed_server: Server) -> None:
    one, other = account(), account()
    ann, eve = (signed_server.client(*signed_server.key(whose, "user", "admin")) for whose in (one, other))
    name = group(ann)
    arn = version(ann, name)
    ann.create_model(ModelName=name, PrimaryContainer=SPECIFICATION["Containers"][0])
    with refused("AccessDeniedException"):
        describe(eve, arn)
    with refused("ValidationException", "does not exist"):
        describe(eve, f"{name}/1")
    assert eve.list_models()["Models"] == []
    assert eve.list_model_package_groups()["ModelPackageGroupSummaryList"] == []
    assert eve.list_model_packages(ModelPackageType="Both")["ModelPackageSummaryList"] == []
    for resource in ("Model", "ModelPackage", "ModelPackageGroup", "TrainingJob"):
        assert eve.search(Resource=resource)["Results"] == []
    group(eve, name)
    assert version(eve, name).endswith(f"{other}:model-package/{name}/1")
