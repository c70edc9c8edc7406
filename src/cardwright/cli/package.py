"""``cardwright package``: model packages on a server."""

import click

from cardwright.cli import pages, registry_pages
from cardwright.cli.lists import Order, all_of, as_json, list_options, with_tags
from cardwright.cli.server import server_options
from cardwright.client.sagemaker import SageMaker
from cardwright.core.registry import Approval

_APPROVALS = click.Choice([approval.value for approval in Approval], case_sensitive=False)


@click.group()
def package() -> None:
    """Model packages on a server."""


@package.command("list")
@click.option("--group", help="Only the versions of this model package group.")
@click.option("--approval", type=_APPROVALS, help="Only packages in this approval status.")
@list_options
def list_packages(client: SageMaker, group: str | None, approval: str | None, order: Order, as_json: bool) -> None:
    """List model packages, both versioned and unversioned."""
    packages = all_of(
        client.get_paginator("list_model_packages"),
        lambda page: page["ModelPackageSummaryList"],
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
def show(client: SageMaker, name: str, as_json: bool) -> None:
    """Show a model package with its card and tags. NAME is its name, GROUP/VERSION or its ARN."""
    package = client.describe_model_package(ModelPackageName=name)
    found = with_tags(client, package, package["ModelPackageArn"])
    pages.as_json(found) if as_json else pages.show(found, registry_pages.page)
