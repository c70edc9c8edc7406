"""``cardwright package``: model packages on a server."""

from typing import Any

import click

from cardwright.cli import pages, registry_pages
from cardwright.cli.lists import all_of, as_json, described, list_options
from cardwright.cli.server import server_options
from cardwright.core.registry import Approval

_APPROVALS = click.Choice([approval.value for approval in Approval], case_sensitive=False)


@click.group()
def package() -> None:
    """Model packages on a server."""


@package.command("list")
@click.option("--group", help="Only the versions of this model package group.")
@click.option("--approval", type=_APPROVALS, help="Only packages in this approval status.")
@list_options
def list_packages(client: Any, group: str | None, approval: str | None, order: dict[str, Any], as_json: bool) -> None:
    """List model packages, both versioned and unversioned."""
    packages = all_of(
        client,
        "list_model_packages",
        "ModelPackageSummaryList",
        order,
        ModelPackageGroupName=group,
        ModelApprovalStatus=approval,
        ModelPackageType="Both",
    )
    pages.as_json(packages) if as_json else pages.show(packages, registry_pages.package_table)


@package.command()
@click.argument("name", metavar="NAME")
@as_json
@server_options
def show(client: Any, name: str, as_json: bool) -> None:
    """Show a model package with its card and tags. NAME is its name, GROUP/VERSION or its ARN."""
    found = described(client, "describe_model_package", "ModelPackageArn", ModelPackageName=name)
    pages.as_json(found) if as_json else pages.show(found, registry_pages.page)
