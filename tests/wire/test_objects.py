"""S3 on a server whose objects are local: who may read and write, and what a request must have."""

import http.client
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests import servers
from tests.servers import Server
from tests.wire.calls import account, fresh, refused


def s3(server: Server, key: tuple[str, str] = ("tester", "secret"), **settings: Any) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=f"{server.url}/s3",
        region_name=settings.pop("region_name", "us-east-1"),
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, **settings),
    )


def raw(server: Server, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("key", ["report.json", "a/b c/ü+%20#?&=~'()*!.json", "日本/1"])
def test_what_was_put_is_read_and_stored_in_the_folder(open_server: Server, key: str) -> None:
    client, bucket = s3(open_server), fresh("bucket")
    client.put_object(Bucket=bucket, Key=key, Body=b'{"a": 1}')
    assert client.get_object(Bucket=bucket, Key=key)["Body"].read() == b'{"a": 1}'
    assert client.head_object(Bucket=bucket, Key=key)["ContentLength"] == 8
    assert [item["Key"] for item in client.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    assert (open_server.home / "objects" / bucket / key).read_bytes() == b'{"a": 1}'


def test_a_deleted_object_is_gone(open_server: Server) -> None:
    client, bucket = s3(open_server), fresh("bucket")
    client.put_object(Bucket=bucket, Key="a/b", Body=b"x")
    for _ in range(2):  # S3 answers the same for a missing object
        client.delete_object(Bucket=bucket, Key="a/b")
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    with refused("NoSuchKey"):
        client.get_object(Bucket=bucket, Key="a/b")
    with refused("NoSuchBucket"):
        client.delete_object(Bucket=fresh("bucket"), Key="a")


def test_a_bucket_is_made_once_and_again(open_server: Server) -> None:
    client, bucket = s3(open_server, region_name="eu-west-1"), fresh("bucket")
    with pytest.raises(client.exceptions.ClientError, match="404"):
        client.head_bucket(Bucket=bucket)
    for _ in range(2):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.head_bucket(Bucket=bucket)
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_bucket_is_closed_to_other_accounts(signed_server: Server) -> None:
    owner, other, bucket = account(), account(), fresh("bucket")
    mine = s3(signed_server, signed_server.key(owner, "ann", "author"))
    theirs = s3(signed_server, signed_server.key(other, "bob", "admin"))
    mine.put_object(Bucket=bucket, Key="a", Body=b"secret")
    calls: list[Callable[[], Any]] = [
        lambda: theirs.get_object(Bucket=bucket, Key="a"),
        lambda: theirs.put_object(Bucket=bucket, Key="a", Body=b"x"),
        lambda: theirs.list_objects_v2(Bucket=bucket),
        lambda: theirs.delete_object(Bucket=bucket, Key="a"),
        lambda: theirs.create_bucket(Bucket=bucket),
        lambda: theirs.get_object(Bucket=bucket.upper(), Key="a"),
    ]
    for call in calls:
        with refused("AccessDenied", "belongs to another account of this server"):
            call()
    with pytest.raises(theirs.exceptions.ClientError, match="403"):
        theirs.head_object(Bucket=bucket, Key="a")
    assert mine.get_object(Bucket=bucket, Key="a")["Body"].read() == b"secret"


def test_a_viewer_reads_and_an_author_writes(signed_server: Server) -> None:
    owner, bucket = account(), fresh("bucket")
    author, viewer = (s3(signed_server, signed_server.key(owner, role, role)) for role in ("author", "viewer"))
    with refused("AccessDenied", "does not include author"):
        viewer.put_object(Bucket=bucket, Key="a", Body=b"")
    author.put_object(Bucket=bucket, Key="a", Body=b"text")
    with refused("AccessDenied", "does not include author"):
        viewer.delete_object(Bucket=bucket, Key="a")
    assert viewer.get_object(Bucket=bucket, Key="a")["Body"].read() == b"text"
    with refused("AccessDenied", "does not include author"):
        viewer.create_bucket(Bucket=fresh("bucket"))


def test_a_bucket_without_owner_is_readable_by_all(signed_server: Server) -> None:
    bucket = fresh("shared")
    folder = signed_server.home / "objects" / bucket
    folder.mkdir(parents=True)
    (folder / "report.json").write_bytes(b"{}")
    for _ in range(2):
        client = s3(signed_server, signed_server.key(account(), "vic", "viewer"))
        assert client.get_object(Bucket=bucket, Key="report.json")["Body"].read() == b"{}"


def test_wrong_signatures_are_refused_as_s3_does(signed_server: Server) -> None:
    identifier, secret = signed_server.key(account(), "ann", "author")
    with refused("SignatureDoesNotMatch", "does not match"):
        s3(signed_server, (identifier, secret + "x")).list_objects_v2(Bucket="any")
    with refused("InvalidAccessKeyId"):
        s3(signed_server, ("AKIANOTHERE", secret)).list_objects_v2(Bucket="any")
    with refused("SignatureDoesNotMatch", "region"):
        s3(signed_server, (identifier, secret), region_name="eu-west-1").list_objects_v2(Bucket="any")


def test_a_body_that_was_changed_on_the_way_is_refused(signed_server: Server) -> None:
    client = s3(signed_server, signed_server.key(account(), "ann", "author"))

    def change(request: Any, **_: Any) -> None:
        request.body = b"changed"

    client.meta.events.register_last("before-send.s3.PutObject", change)
    bucket = fresh("bucket")
    with refused("XAmzContentSHA256Mismatch"):
        client.put_object(Bucket=bucket, Key="a", Body=b"1234567")
    assert not (signed_server.home / "objects" / bucket).exists()


def test_without_a_signature_nothing_is_read_or_written(open_server: Server) -> None:
    bucket = fresh("bucket")
    s3(open_server).put_object(Bucket=bucket, Key="page.html", Body=b"<script>", ContentType="text/html")
    for method in ("GET", "PUT", "DELETE", "POST"):
        status, _, body = raw(open_server, method, f"/s3/{bucket}/page.html")
        assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True), method
    assert raw(open_server, "HEAD", f"/s3/{bucket}/page.html")[0] == 403


def test_no_object_runs_as_a_page_of_the_console(open_server: Server) -> None:
    client, bucket = s3(open_server), fresh("bucket")
    client.put_object(Bucket=bucket, Key="page.html", Body=b"<script>")
    headers = client.get_object(Bucket=bucket, Key="page.html")["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-disposition"] == "attachment"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("key", ["../../server.key", "a/../../../server.key", "./x", "a//b"])
def test_no_key_leaves_the_folder_of_a_server(open_server: Server, key: str) -> None:
    with refused("InvalidRequest"):
        s3(open_server).put_object(Bucket=fresh("bucket"), Key=key, Body=b"x")


def test_what_is_not_served_is_an_error_of_s3(open_server: Server) -> None:
    client, bucket = s3(open_server), fresh("bucket")
    client.create_bucket(Bucket=bucket)
    with refused("NotImplemented"):
        client.create_multipart_upload(Bucket=bucket, Key="a")
    with refused("NotImplemented"):
        client.get_bucket_location(Bucket=bucket)


def test_a_key_that_would_encrypt_an_object_is_refused(open_server: Server) -> None:
    client, bucket = s3(open_server), fresh("bucket")
    client.put_object(Bucket=bucket, Key="a", Body=b"x", ServerSideEncryption="aws:kms")  # as SDK v2 uploads code
    with refused("NotImplemented", "x-amz-server-side-encryption-aws-kms-key-id"):
        client.put_object(Bucket=bucket, Key="b", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId="k")
    with refused("NotImplemented", "x-amz-server-side-encryption-customer-algorithm"):
        client.put_object(Bucket=bucket, Key="b", Body=b"x", SSECustomerAlgorithm="AES256", SSECustomerKey="k" * 32)
    assert [item["Key"] for item in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["a"]


def test_an_account_lists_its_own_buckets_alone(signed_server: Server) -> None:
    own, theirs = account(), account()
    author, viewer = (s3(signed_server, signed_server.key(own, role, role)) for role in ("author", "viewer"))
    other = s3(signed_server, signed_server.key(theirs, "bob", "admin"))
    buckets = sorted(fresh("bucket") for _ in range(2))
    for bucket in buckets:
        author.create_bucket(Bucket=bucket)
    other.create_bucket(Bucket=fresh("bucket"))
    for client in (author, viewer):
        assert [found["Name"] for found in client.list_buckets()["Buckets"]] == buckets
    with refused("SignatureDoesNotMatch"):
        s3(signed_server, (signed_server.key(own, "ann", "viewer")[0], "wrong")).list_buckets()


def test_an_s3_client_without_the_path_is_pointed_to_it(open_server: Server) -> None:
    client: Any = boto3.client(
        "s3",
        endpoint_url=open_server.url,
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    with refused("UnknownOperationException", f"{open_server.url}/s3", "path style"):
        client.list_buckets()


def test_a_server_with_another_object_store_reports_it(tmp_path: Path) -> None:
    with (
        servers.running(tmp_path, "--objects", "s3") as server,
        refused("NotImplemented", "keeps its objects in another store"),
    ):
        s3(server).get_object(Bucket="any", Key="a")


def test_where_buckets_are_given_writing_claims_none(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--auth", "sigv4", "--bucket-claims", "given") as server:
        client = s3(server, server.key("111122223333", "ann", "author"))
        with refused("AccessDenied", "it is not assigned to an account"):
            client.put_object(Bucket="reports", Key="a", Body=b"")
