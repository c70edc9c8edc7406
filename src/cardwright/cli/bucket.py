"""``cardwright bucket``: the owners of buckets, changed in the store by its operator."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import closing

import click
from rich.console import RenderableType

from cardwright.actions.buckets import give_bucket, release_bucket
from cardwright.cli import pages
from cardwright.cli.options import store_options
from cardwright.cli.store import account_unit, administrator
from cardwright.core.buckets import Claim, bucket_key
from cardwright.core.errors import NotFound
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings


@click.group()
def bucket() -> None:
    """Buckets and the accounts that own them.

    An account becomes the owner with its first export to a bucket, or with `cardwright bucket give`. `cardwright
    user events` lists these changes.
    """


@bucket.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@store_options
def list_buckets(settings: Settings, as_json: bool) -> None:
    """List the buckets with an owner.

    All accounts can read a bucket without an owner. The first account that exports to it becomes its owner.
    """
    with closing(open_existing_store(settings, writes=False)) as store:
        found = store.claimed_buckets()
    pages.as_json([_document(claim) for claim in found]) if as_json else pages.show(found, _table)


@bucket.command()
@click.argument("bucket")
@click.option("--account", required=True, help="The new owner, an account of twelve digits.")
@store_options
def give(settings: Settings, bucket: str, account: str) -> None:
    """Give a bucket to an account, also if another account owns it. Pending exports of other accounts to it fail."""
    with account_unit(settings, account) as unit:
        given = give_bucket(unit, bucket)
    click.echo(f"The bucket {bucket} belongs to account {account}{'' if given else ', as before'}")


@bucket.command()
@click.argument("bucket")
@store_options
def release(settings: Settings, bucket: str) -> None:
    """Remove the owner of a bucket. Its objects stay.

    All accounts can then read it. The next account that exports to it becomes its owner, if exports may claim
    buckets.
    """
    key = bucket_key(bucket)
    with closing(open_existing_store(settings)) as store:
        owner = next((claim.account for claim in store.claimed_buckets() if claim.bucket == key), None)
        released = False
        if owner is not None:
            with store.open_unit(administrator(store, owner)) as unit:
                released = release_bucket(unit, bucket)
    if not released:
        raise NotFound(f"The bucket {bucket} has no owner; `cardwright bucket list` lists the buckets with an owner")
    click.echo(f"The bucket {bucket} has no owner now; it belonged to account {owner}")


def _document(claim: Claim) -> dict[str, object]:
    at = datetime.datetime.fromtimestamp(claim.claimed_at / 1000, datetime.UTC)
    return {"Account": claim.account, "Bucket": claim.bucket, "ClaimedAt": at, "ClaimedBy": claim.claimed_by}


def _table(found: Sequence[Claim]) -> Iterator[RenderableType]:
    if not found:
        yield "No bucket has an owner. The first account that exports to a bucket becomes its owner."
        return
    table = pages.new_table("Bucket", "Account", "Since (UTC)", "By")
    for claim in found:
        since = datetime.datetime.fromtimestamp(claim.claimed_at / 1000, datetime.UTC)
        table.add_row(claim.bucket, claim.account, pages.minute(since), claim.claimed_by)
    yield table
