"""Owners of buckets, over the wire: two accounts of one server never share a bucket."""

import threading
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests import servers
from tests.cli.commands import run_text
from tests.jobs.calls import export, file_of, wait
from tests.servers import Server
from tests.wire.calls import account, create, fresh, refused


def clients(server: Server, count: int = 2) -> list[tuple[str, Any]]:
    """New account numbers, each with a client of an author."""
    numbers = [account() for _ in range(count)]
    return [(number, server.client(*server.key(number, "ana", "author"))) for number in numbers]


def give(server: Server, bucket: str, to: str) -> str:
    return run_text("bucket", "give", *server.store_options, bucket, "--account", to).stdout


def objects(home: Path, bucket: str) -> list[str]:
    root = home / "objects" / bucket
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]


def test_one_accounts_file_is_never_written_over_by_another_account(signed_server: Server) -> None:
    (_, mine), (other_number, theirs) = clients(signed_server)
    card, job, bucket = fresh("card"), fresh("job"), fresh("bucket")
    create(mine, card, '{"intended_uses": {}}')
    create(theirs, card)
    found = wait(mine, export(mine, card, job, f"s3://{bucket}/x"))
    before = file_of(signed_server.home, found)
    for path in (f"s3://{bucket}/x", f"s3://{bucket}/elsewhere", f"https://{bucket}.s3.amazonaws.com/x"):
        with refused(
            "AccessDeniedException",
            f"Account {other_number} has no access to the bucket {bucket}, which belongs to another account",
            f"`cardwright bucket give {bucket} --account {other_number}`",
        ):
            export(theirs, card, job, path)
    listed = theirs.list_model_card_export_jobs(ModelCardName=card)["ModelCardExportJobSummaries"]
    assert listed == []
    assert file_of(signed_server.home, found) == before
    assert objects(signed_server.home, bucket) == [f"x/{card}/{job}.pdf"]


def test_exports_claim_no_bucket_where_operators_assign_them(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--auth", "sigv4", "--bucket-claims", "given") as server:
        ((number, mine),) = clients(server, 1)
        card = create(mine)
        with refused(
            "AccessDeniedException",
            f"Account {number} has no access to the bucket reports: it is not assigned to an account",
            f"`cardwright bucket give reports --account {number}`",
        ):
            export(mine, card, path="s3://reports/x")
        give(server, "reports", number)
        assert file_of(tmp_path, wait(mine, export(mine, card, path="s3://reports/x")))


def test_one_of_several_concurrent_accounts_gets_the_bucket(signed_server: Server) -> None:
    able = clients(signed_server, 4)
    card = fresh("card")
    for _, client in able:
        create(client, card)
    for _ in range(4):
        bucket, barrier = fresh("bucket"), threading.Barrier(len(able))
        codes: list[str] = []

        def ask(client: Any, bucket: str = bucket, barrier: Any = barrier, codes: list[str] = codes) -> None:
            barrier.wait()
            try:
                export(client, card, path=f"s3://{bucket}")
            except ClientError as error:
                codes.append(error.response["Error"]["Code"])

        threads = [threading.Thread(target=ask, args=(client,)) for _, client in able]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert codes == ["AccessDeniedException"] * (len(able) - 1)


def test_a_bucket_moves_to_another_account_while_the_server_runs(signed_server: Server) -> None:
    (number, mine), (other_number, theirs) = clients(signed_server)
    bucket = fresh("bucket")
    cards = create(mine), create(theirs)
    assert give(signed_server, bucket, number) == f"The bucket {bucket} belongs to account {number}\n"
    with refused("AccessDeniedException", f"bucket {bucket}"):
        export(theirs, cards[1], path=f"s3://{bucket}")
    give(signed_server, bucket, other_number)
    with refused("AccessDeniedException", f"bucket {bucket}"):
        export(mine, cards[0], path=f"s3://{bucket}")
    assert wait(theirs, export(theirs, cards[1], path=f"s3://{bucket}"))["Status"] == "Completed"
