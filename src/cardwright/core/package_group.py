"""The model package group of a card: one rule for Search, the console, carry-over and coverage.

A card belongs to the group that its content names. If it names only a package version, it belongs to the group of
that version.
"""

import re
from typing import NamedTuple

_VERSION_ARN = re.compile(
    r"arn:[a-z-]+:sagemaker:[a-z0-9-]*:[0-9]*:model-package/(?P<group>[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62})/"
    r"(?P<version>[0-9]{1,18})",
    re.ASCII,
)
_LONGEST = 2048  # characters of an ARN: the pattern never runs on longer texts


class PackageVersion(NamedTuple):
    """A version of a model package group."""

    group: str
    version: int


def package_version(arn: str | None) -> PackageVersion | None:
    """Return the group and number in the ARN of a package version; None for any other text.

    ``arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/7`` is version 7 of ``fraud``.
    """
    found = _VERSION_ARN.fullmatch(arn) if arn and len(arn) <= _LONGEST else None
    return None if found is None else PackageVersion(found["group"], int(found["version"]))


def version_of_card(package_arn: str | None, model_id: str | None) -> int | None:
    """Return the number of the package version that a card describes; None when its content names no version.

    Args:
        package_arn: ``model_package_details.model_package_arn``.
        model_id: ``model_overview.model_id``, which may be the version's ARN too.
    """
    found = package_version(package_arn) or package_version(model_id)
    return None if found is None else found.version


def group_of_card(group_name: str | None, package_arn: str | None, model_id: str | None) -> str | None:
    """Return the group of a card; None when its content names neither a group nor a version.

    Args:
        group_name: ``model_package_details.model_package_group_name``, which takes precedence.
        package_arn, model_id: as in :func:`version_of_card`.
    """
    if group_name:
        return group_name
    found = package_version(package_arn) or package_version(model_id)
    return None if found is None else found.group
