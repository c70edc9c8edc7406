"""Copies the model packages that cards name, with their groups."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import orjson
from attrs import field, frozen

from cardwright.client.copying.side import Side, is_gone, tagged
from cardwright.core.rewriting import rewritten

if TYPE_CHECKING:
    from cardwright.client.answers.registry import DescribeModelPackageAnswer

_SECTION = "model_package_details"
_ARN = "model_package_arn"
_OWN = frozenset({"ModelPackageGroupName", "ModelPackageName", "ModelApprovalStatus", "Tags", "ClientToken"})
"""Members that are not compared: names, what changes after the creation, and what a description does not have."""


@frozen
class PackageArns:
    """The ARNs of packages in the source, each with the ARN of its copy.

    Attributes:
        copies: ARN of the source to ARN of the target.
    """

    copies: Mapping[str, str] = field(factory=dict)

    def rewritten(self, content: str) -> str:
        """Return a card's content with the ARN of the copied package. All other text stays as it is."""
        if not any(arn in content for arn, copy in self.copies.items() if arn != copy):
            return content
        document = orjson.loads(content)
        arn = package_of(document)
        if arn is None or self.copies.get(arn, arn) == arn:
            return content
        document[_SECTION][_ARN] = self.copies[arn]
        return rewritten(content, document)


@frozen
class PackagePlan:
    """What a copy does with one model package.

    Attributes:
        arn: its ARN in the source.
        copy: the ARN of its copy; None if the copy creates it.
        group: its group; None for a package without versions.
        settings: the members of CreateModelPackage.
    """

    arn: str
    copy: str | None
    group: str | None
    settings: Mapping[str, object]


def package_of(document: object) -> str | None:
    """Return the ARN of the model package that a card's content names; None if it names none."""
    section = document.get(_SECTION) if isinstance(document, dict) else None
    arn = section.get(_ARN) if isinstance(section, dict) else None
    return arn if isinstance(arn, str) else None


def plan_packages(source: Side, target: Side, arns: Iterable[str]) -> list[PackagePlan]:
    """Return what a copy does with the packages that cards name, and with the earlier versions of their groups.

    Earlier versions are copied too, so that version numbers stay the same where the target has no others.

    Args:
        source, target: the stores.
        arns: ARNs of packages in the source. Packages that no longer exist are left out.

    Raises:
        botocore.exceptions.ClientError: a store refuses a request.
    """
    plans: list[PackagePlan] = []
    wanted = {arn: found for arn in dict.fromkeys(arns) if (found := _described(source, arn)) is not None}
    groups: dict[str, int] = {}
    for arn, found in wanted.items():
        if "ModelPackageGroupName" not in found:
            existing = _described(target, found["ModelPackageName"])
            copy = existing["ModelPackageArn"] if existing else None
            plans.append(PackagePlan(arn, copy, None, _settings(source, found)))
        else:
            name = found["ModelPackageGroupName"]
            groups[name] = max(groups.get(name, 0), found["ModelPackageVersion"])
    for name, newest in groups.items():
        plans += _plan_group(source, target, name, newest)
    return plans


def copy_packages(source: Side, target: Side, plans: Iterable[PackagePlan]) -> PackageArns:
    """Create the packages that the target lacks, with their groups, and return the ARNs of all copies.

    Raises:
        botocore.exceptions.ClientError: a store refuses a request. The next copy goes on from there.
    """
    copies: dict[str, str] = {}
    for plan in plans:
        if plan.copy is None and plan.group is not None:
            _ensure_group(source, target, plan.group)
        tags = {} if plan.copy or plan.group else source.tags(plan.arn)  # those of a group are of the group alone
        copies[plan.arn] = (
            plan.copy or target.client.create_model_package(**plan.settings, **tagged(tags))["ModelPackageArn"]
        )
    return PackageArns(copies)


def _plan_group(source: Side, target: Side, group: str, newest: int) -> Iterator[PackagePlan]:
    existing = [
        (found["ModelPackageArn"], _compared(_settings(target, found))) for found in _group_versions(target, group)
    ]
    for found in _group_versions(source, group):
        if found["ModelPackageVersion"] > newest:
            continue
        settings = _settings(source, found)
        same = next((one for one in existing if one[1] == _compared(settings)), None)
        if same is not None:
            existing.remove(same)  # of several equal versions, each has a copy of its own
        yield PackagePlan(found["ModelPackageArn"], same[0] if same else None, group, settings)


def _group_versions(side: Side, group: str) -> Iterator["DescribeModelPackageAnswer"]:
    """Yield the descriptions of a group's versions, oldest first."""
    from botocore.exceptions import ClientError

    pages = side.client.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Ascending"
    )
    try:
        listed = [package for page in pages for package in page["ModelPackageSummaryList"]]
    except ClientError as error:
        if is_gone(error):
            return
        raise
    for package in sorted(listed, key=lambda package: package["ModelPackageVersion"]):
        yield side.client.describe_model_package(ModelPackageName=package["ModelPackageArn"])


def _ensure_group(source: Side, target: Side, name: str) -> None:
    from botocore.exceptions import ClientError

    try:
        target.client.describe_model_package_group(ModelPackageGroupName=name)
    except ClientError as error:
        if not is_gone(error):
            raise
        found = source.client.describe_model_package_group(ModelPackageGroupName=name)
        tags = source.tags(found["ModelPackageGroupArn"])
        described = {"ModelPackageGroupDescription": found.get("ModelPackageGroupDescription")}
        given = {member: value for member, value in (described | tagged(tags)).items() if value}
        target.client.create_model_package_group(ModelPackageGroupName=name, **given)


def _described(side: Side, name: str) -> "DescribeModelPackageAnswer | None":
    from botocore.exceptions import ClientError

    try:
        return side.client.describe_model_package(ModelPackageName=name)
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def _settings(side: Side, found: Mapping[str, object]) -> dict[str, object]:
    """Return the members of a package's description that CreateModelPackage takes."""
    taken = side.session.sagemaker_client.meta.service_model.operation_model("CreateModelPackage").input_shape.members
    settings = {member: value for member, value in found.items() if member in taken}
    if "ModelPackageGroupName" in settings:
        settings.pop("ModelPackageName", None)
    return settings


def _compared(settings: Mapping[str, object]) -> str:
    kept = {member: value for member, value in settings.items() if member not in _OWN}
    return json.dumps(kept, sort_keys=True, default=str)
