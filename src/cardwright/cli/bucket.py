"""``cardwright bucket``: whose buckets are, changed on the store itself by whoever runs the server."""

import datetime
from collections.abc import Iterator, Sequence

import click
from rich.console import RenderableType

from cardwright.actions.buckets import give_bucket
from cardwright.app import open_existing_store, open_store
from cardwright.cli import pages
from cardwright.cli.options import store_options
from cardwright.cli.store import administrator
from cardwright.core.buckets import Claim
from cardwright.settings import Settings


@click.group()
def bucket() -> None:
    """Buckets, each of which belongs to the account that exported to it first, or was given it."""


@bucket.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@store_options
def list_buckets(settings: Settings, as_json: bool) -> None:
    """List the buckets that belong to an account; all accounts may read the others, and the first to export to one
    gets it."""
    store = open_existing_store(settings)
    try:
        found = store.claimed_buckets()
    finally:
        store.close()
    pages.as_json([_document(claim) for claim in found]) if as_json else pages.show(found, _table)


@bucket.command()
@click.argument("bucket")
@click.option("--account", required=True, help="Twelve digits: whose the bucket becomes.")
@store_options
def give(settings: Settings, bucket: str, account: str) -> None:
    """Give a bucket to an account, whoever had it. Exports there that another account waits for fail."""
    store = open_store(settings)
    try:
        with store.open_unit(administrator(store, account)) as unit:
            given = give_bucket(unit, bucket)
    finally:
        store.close()
    click.echo(f"The bucket {bucket} belongs to account {account}{'' if given else ', as before'}")


def _document(claim: Claim) -> dict[str, object]:
    at = datetime.datetime.fromtimestamp(claim.claimed_at / 1000, datetime.UTC)
    return {"Account": claim.account, "Bucket": claim.bucket, "ClaimedAt": at, "ClaimedBy": claim.claimed_by}


def _table(found: Sequence[Claim]) -> Iterator[RenderableType]:
    if not found:
        yield "No bucket belongs to an account yet. The first account that exports to one gets it."
        return
    table = pages.new_table("Bucket", "Account", "Since (UTC)", "By")
    for claim in found:
        since = datetime.datetime.fromtimestamp(claim.claimed_at / 1000, datetime.UTC)
        table.add_row(claim.bucket, claim.account, pages.minute(since), claim.claimed_by)
    yield table
