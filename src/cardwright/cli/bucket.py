"""``cardwright bucket``: whose buckets are, changed on the store itself by whoever runs the server."""

import datetime
from collections.abc import Iterator, Sequence

import click
from rich.console import RenderableType

from cardwright.actions.buckets import give_bucket, release_bucket
from cardwright.cli import pages
from cardwright.cli.options import store_options
from cardwright.cli.store import administrator
from cardwright.core.buckets import Claim, bucket_key
from cardwright.core.errors import NotFound
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings


@click.group()
def bucket() -> None:
    """Buckets, each of which belongs to the account that exported to it first, or was given it.

    `cardwright user events` tells who gave, claimed and released them.
    """


@bucket.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@store_options
def list_buckets(settings: Settings, as_json: bool) -> None:
    """List the buckets that belong to an account; all accounts may read the others, and the first to export to one
    gets it."""
    store = open_existing_store(settings, writes=False)
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
    store = open_existing_store(settings)
    try:
        with store.open_unit(administrator(store, account)) as unit:
            given = give_bucket(unit, bucket)
    finally:
        store.close()
    click.echo(f"The bucket {bucket} belongs to account {account}{'' if given else ', as before'}")


@bucket.command()
@click.argument("bucket")
@store_options
def release(settings: Settings, bucket: str) -> None:
    """Make a bucket nobody's: all accounts may read it, and the next to export to it gets it, if exports may claim
    buckets. What lies in it stays."""
    key = bucket_key(bucket)
    store = open_existing_store(settings)
    try:
        owner = next((claim.account for claim in store.claimed_buckets() if claim.bucket == key), None)
        released = False
        if owner is not None:
            with store.open_unit(administrator(store, owner)) as unit:
                released = release_bucket(unit, bucket)
    finally:
        store.close()
    if not released:
        raise NotFound(f"The bucket {bucket} belongs to no account; `cardwright bucket list` shows those that do")
    click.echo(f"The bucket {bucket} belongs to no account any more; it was account {owner}'s")


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
