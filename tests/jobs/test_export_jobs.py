"""Export jobs over the wire: requests, results and refusals."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from cardwright.actions.card_record import card_record
from cardwright.actions.cards import create_card, delete_card
from cardwright.actions.export_jobs import create_export_job
from cardwright.core.card import Status
from cardwright.core.errors import NotFound
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from tests.jobs.calls import export, file_of, wait
from tests.objects import S3Server
from tests.printing import purpose
from tests.servers import Server
from tests.wire.calls import account, arn, create, fresh, refused


def test_a_job_writes_the_newest_version_below_the_output_path(printing_server: Server) -> None:
    client = printing_server.client()
    card, name = create(client), fresh("job")
    client.update_model_card(ModelCardName=card, Content=' {"intended_uses": {}}')
    job = export(client, card, name)
    assert job == f"{arn(card)}/export-job/{name}"
    found = wait(client, job)
    assert found["ExportArtifacts"] == {"S3ExportArtifacts": f"s3://exports/cards/{card}/{name}.pdf"}
    assert file_of(printing_server.home, found) == f'%PDF- {card} 2 Draft  {{"intended_uses": {{}}}}'.encode()
    assert {key: found[key] for key in ("ModelCardExportJobName", "ModelCardExportJobArn", "ModelCardName")} == {
        "ModelCardExportJobName": name,
        "ModelCardExportJobArn": job,
        "ModelCardName": card,
    }
    assert (found["ModelCardVersion"], found["OutputConfig"]) == (2, {"S3OutputPath": "s3://exports/cards"})
    assert "FailureReason" not in found
    now = datetime.datetime.now(datetime.UTC)
    assert now - datetime.timedelta(minutes=1) < found["CreatedAt"] <= found["LastModifiedAt"] <= now


def test_a_version_may_be_named_and_the_card_by_its_arn(printing_server: Server) -> None:
    client = printing_server.client()
    card = create(client)
    client.update_model_card(ModelCardName=card, Content=" {}", ModelCardStatus="Archived")
    found = wait(client, export(client, arn(card), ModelCardVersion=1))
    assert file_of(printing_server.home, found) == f"%PDF- {card} 1 Draft {{}}".encode()


@pytest.mark.parametrize("path", ["s3://bare-bucket", "s3://bare-bucket/", "https://s3.amazonaws.com/bare-bucket"])
def test_an_output_path_may_be_a_bucket_alone(printing_server: Server, path: str) -> None:
    client = printing_server.client()
    card, name = create(client), fresh("job")
    found = wait(client, export(client, card, name, path))
    assert found["ExportArtifacts"]["S3ExportArtifacts"] == f"s3://bare-bucket/{card}/{name}.pdf"
    assert found["OutputConfig"]["S3OutputPath"] == path


@pytest.mark.parametrize(
    "path", ["s3://../x", "s3://ab", "s3://bucket/../../x", "s3://bucket//x", "https://localhost/b"]
)
def test_an_output_path_without_a_bucket_is_refused_at_once(printing_server: Server, path: str) -> None:
    client = printing_server.client()
    with refused("ValidationException"):
        export(client, create(client), path=path)


def test_a_missing_card_or_job_is_named(printing_server: Server) -> None:
    client = printing_server.client()
    card = create(client)
    with refused("ResourceNotFound", "Modelcard no-such-card does not exist"):
        export(client, "no-such-card")
    with refused("ResourceNotFound", f"{card} and version: 2 does not exist"):
        export(client, card, ModelCardVersion=2)
    with refused("ResourceNotFound", "Modelcard no-such-card does not exist"):
        client.list_model_card_export_jobs(ModelCardName="no-such-card")
    for missing in (f"{arn(card)}/export-job/none", f"{arn('no-such-card')}/export-job/none"):
        with refused("ResourceNotFound", missing, "does not exist"):
            client.describe_model_card_export_job(ModelCardExportJobArn=missing)
    with refused("ValidationException"):
        client.describe_model_card_export_job(ModelCardExportJobArn=arn(card))
    with refused("AccessDeniedException"):
        client.describe_model_card_export_job(ModelCardExportJobArn=arn(card, "111122223333") + "/export-job/j")


def test_a_name_in_use_on_the_card_is_a_conflict(printing_server: Server) -> None:
    client = printing_server.client()
    card, other, name = create(client), create(client), fresh("job")
    export(client, card, name)
    with refused("ConflictException", name):
        export(client, card, name)
    wait(client, export(client, other, name))


def test_deleting_a_card_deletes_its_jobs_and_leaves_its_files(printing_server: Server) -> None:
    client = printing_server.client()
    card = create(client)
    job = export(client, card)
    found = wait(client, job)
    client.delete_model_card(ModelCardName=card)
    with refused("ResourceNotFound"):
        client.describe_model_card_export_job(ModelCardExportJobArn=job)
    assert file_of(printing_server.home, found)
    create(client, card)
    assert client.list_model_card_export_jobs(ModelCardName=card)["ModelCardExportJobSummaries"] == []


def test_a_card_deleted_while_it_is_printed_leaves_no_job_behind(printing_server: Server) -> None:
    client = printing_server.client()
    card = create(client, document=purpose("slow 0.3"))
    export(client, card)
    client.delete_model_card(ModelCardName=card)
    after = create(client)
    assert wait(client, export(client, after))["Status"] == "Completed"


def test_a_job_never_prints_another_card_of_its_cards_name(tmp_path: Path) -> None:
    store = open_store(Settings(home=tmp_path))
    actor = Actor(Scope(store.region, "000000000000"), "me", Role.ADMIN)
    claims: list[str] = []
    for _ in range(2):
        with store.open_unit(actor) as unit:
            create_card(unit, "reborn", "{}", Status.DRAFT)
            create_export_job(unit, "reborn", None, "job", "s3://bucket")
        with store.export_queue(writes=True) as queue:
            claimed = queue.claim(2**42, 2**42)
        assert claimed is not None
        claims.append(claimed.card_id)
        with store.open_unit(actor) as unit:
            old, new = claims[0], claims[-1]
            assert card_record(unit, "reborn", 1, card_id=new).name == "reborn"
            if new != old:
                with pytest.raises(NotFound):
                    card_record(unit, "reborn", 1, card_id=old)
            delete_card(unit, "reborn")
    store.close()


def test_a_failing_printer_gives_a_reason_without_card_content(printing_server: Server) -> None:
    client = printing_server.client()
    refusing = wait(client, export(client, create(client, document=purpose("refuse"))))
    assert (refusing["Status"], refusing["FailureReason"]) == (
        "Failed",
        "U+1F600 cannot be drawn: install the extra cardwright[fonts]",
    )
    assert "ExportArtifacts" not in refusing
    failing = wait(client, export(client, create(client, document=purpose("fail secret-words"))))
    assert failing["Status"] == "Failed"
    assert "log has the reason" in failing["FailureReason"]
    assert "secret-words" not in failing["FailureReason"] + printing_server.log.read_text()


def jobs_of(client: Any, card: str, size: int = 2, **how: Any) -> list[str]:
    pages = client.get_paginator("list_model_card_export_jobs").paginate(
        ModelCardName=card, PaginationConfig={"PageSize": size}, **how
    )
    return [job["ModelCardExportJobName"] for page in pages for job in page["ModelCardExportJobSummaries"]]


def test_lists_sort_filter_and_page(printing_server: Server) -> None:
    client = printing_server.client()
    card = create(client)
    client.update_model_card(ModelCardName=card, Content=purpose("refuse"))
    names = ["zeta", "alpha-X", "mid", "Alpha", "beta"]
    for number, name in enumerate(names):
        wait(client, export(client, card, name, ModelCardVersion=1 + number % 2))
    assert jobs_of(client, card) == names
    assert jobs_of(client, card, SortOrder="Descending") == names[::-1]
    assert jobs_of(client, card, SortBy="Name") == sorted(names)
    by_status = ["zeta", "mid", "beta", "alpha-X", "Alpha"]
    assert jobs_of(client, card, SortBy="Status") == by_status
    assert jobs_of(client, card, SortBy="Status", SortOrder="Descending") == by_status[::-1]
    assert jobs_of(client, card, StatusEquals="Failed") == ["alpha-X", "Alpha"]
    assert jobs_of(client, card, ModelCardVersion=1) == ["zeta", "mid", "beta"]
    assert jobs_of(client, card, ModelCardExportJobNameContains="ALPHA") == ["alpha-X", "Alpha"]
    first = client.list_model_card_export_jobs(ModelCardName=card)["ModelCardExportJobSummaries"][0]
    assert first["ModelCardExportJobArn"] == f"{arn(card)}/export-job/zeta"
    assert (first["Status"], first["ModelCardName"], first["ModelCardVersion"]) == ("Completed", card, 1)
    assert first["CreatedAt"] <= first["LastModifiedAt"]
    later = first["CreatedAt"] + datetime.timedelta(days=1)
    assert jobs_of(client, card, CreationTimeAfter=later) == []
    assert jobs_of(client, card, CreationTimeBefore=later) == names
    token = client.list_model_card_export_jobs(ModelCardName=card, MaxResults=1)["NextToken"]
    with refused("ValidationException", "NextToken"):
        client.list_model_card_export_jobs(ModelCardName=card, NextToken=token, SortBy="Name")


def test_a_viewer_reads_jobs_and_an_author_creates_them(signed_server: Server) -> None:
    number, other_number = account(), account()
    author = signed_server.client(*signed_server.key(number, "ana", "author"))
    viewer = signed_server.client(*signed_server.key(number, "vic", "viewer"))
    other = signed_server.client(*signed_server.key(other_number, "oda", "admin"))
    card = create(author)
    job = export(author, card)
    assert viewer.describe_model_card_export_job(ModelCardExportJobArn=job)["ModelCardName"] == card
    assert jobs_of(viewer, card) == [job.rsplit("/", 1)[-1]]
    with refused("AccessDeniedException", "CreateModelCardExportJob"):
        export(viewer, card)
    with refused("AccessDeniedException"):
        other.describe_model_card_export_job(ModelCardExportJobArn=job)
    with refused("ResourceNotFound"):
        export(other, card)


def test_a_folder_that_cannot_be_written_is_the_reason(printing_server: Server, tmp_path: Path) -> None:
    client = printing_server.client()
    folder = printing_server.home / "objects"
    folder.mkdir(exist_ok=True)
    (folder / "a-file").write_bytes(b"")
    (folder / "a-link").symlink_to(tmp_path)
    for bucket in ("a-file", "a-link"):
        found = wait(client, export(client, create(client), path=f"s3://{bucket}/x"))
        assert found["Status"] == "Failed"
        assert "instead of a folder" in found["FailureReason"]
    assert list(tmp_path.iterdir()) == []


def test_a_job_to_s3_is_read_back_by_another_client(s3_server: Server, s3: S3Server) -> None:
    client, bucket = s3_server.client(), s3.bucket("from-jobs")
    card, name = create(client), fresh("job")
    found = wait(client, export(client, card, name, f"s3://{bucket}/deep/er"))
    assert found["ExportArtifacts"]["S3ExportArtifacts"] == f"s3://{bucket}/deep/er/{card}/{name}.pdf"
    stored = s3.client().get_object(Bucket=bucket, Key=f"deep/er/{card}/{name}.pdf")
    assert (stored["Body"].read(), stored["ContentType"]) == (f"%PDF- {card} 1 Draft {{}}".encode(), "application/pdf")


def test_a_bucket_that_is_missing_or_vanishes_is_the_reason(s3_server: Server, s3: S3Server) -> None:
    client, bucket = s3_server.client(), s3.bucket("to-vanish")
    card = create(client)
    missing = wait(client, export(client, card, path="s3://never-made"))
    assert (missing["Status"], "there is no bucket never-made; make it first" in missing["FailureReason"]) == (
        "Failed",
        True,
    )
    kept = wait(client, export(client, card, "kept", f"s3://{bucket}"))
    assert kept["Status"] == "Completed"
    s3.client().delete_object(Bucket=bucket, Key=f"{card}/kept.pdf")
    s3.client().delete_bucket(Bucket=bucket)
    gone = wait(client, export(client, card, path=f"s3://{bucket}"))
    assert (gone["Status"], f"there is no bucket {bucket}" in gone["FailureReason"]) == ("Failed", True)
