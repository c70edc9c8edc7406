"""Objects: nothing leaves the folder, writes are atomic, and a real S3 server behaves the same."""

import http.server
import os
import resource
import signal
import subprocess
import sys
import threading
from email.utils import formatdate
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

import pytest

from cardwright.core.errors import Invalid, ObjectRefused
from cardwright.core.objects import Location, parse_folder, parse_location
from cardwright.objects.folder import ObjectFolder
from cardwright.objects.stores import Objects, open_objects
from tests.objects import S3Server
from tests.waiting import wait_until

KEYS = [
    "a.pdf",
    "card/job.pdf",
    "a b/c+d&e=f.pdf",
    "%2e%2e/%2e%2e/x",
    "a%2Fb",
    "é/ü/日本.pdf",
    "~/.profile",
    "a*?{}[]<>|.pdf",
]
PDF = "application/pdf"


@pytest.fixture(params=["local", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Objects:
    """An object store of each kind, with a bucket `exports`."""
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("s3")
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        server.bucket("exports")
    return open_objects(request.param, tmp_path / "objects", None, "us-east-1")


@pytest.mark.parametrize("key", KEYS)
def test_a_stored_object_is_read_under_its_name(objects: Objects, key: str) -> None:
    at = Location("exports", key)
    assert objects.get(Location("exports", "never/written")) is None
    for data in (b"first", b"", b"%PDF" * 50_000):
        objects.put(at, data, PDF)
        assert objects.get(at) == data


def test_an_object_larger_than_its_reader_takes_is_refused_with_its_size(objects: Objects) -> None:
    at = Location("exports", "report.json")
    objects.put(at, b"x" * 1001, PDF)
    assert objects.get(at, 1001) == b"x" * 1001
    with pytest.raises(ObjectRefused, match=r"s3://exports/report\.json has 1,001 bytes, and the maximum is 1,000"):
        objects.get(at, 1000)
    assert objects.get(Location("exports", "none.json"), 1) is None


@pytest.mark.parametrize(
    ("uri", "meant"),
    [("s3://bucket/key", ("bucket", "key")), ("s3://my.bucket/a/b c?d#e.json", ("my.bucket", "a/b c?d#e.json"))],
)
def test_an_address_names_a_bucket_and_a_key(uri: str, meant: tuple[str, str]) -> None:
    at = parse_location(uri)
    assert ((at.bucket, at.key), str(at)) == (meant, uri)


@pytest.mark.parametrize(
    "uri",
    ["", "bucket/key", "s3://", "s3://bucket", "s3://bucket/", "S3://bucket/key", "https://bucket.s3.amazonaws.com/key",
     "file:///etc/passwd", "s3:///key", "s3://bucket//key", "s3://bucket/../key", "s3://user:pw@host/key",
     "s3://127.0.0.1:80/key", "s3://bucket/a\0b", "gs://bucket/key", " s3://bucket/key"],
)  # fmt: skip
def test_an_address_that_names_no_object_is_refused(uri: str) -> None:
    with pytest.raises(Invalid):
        parse_location(uri)


def test_another_s3_client_finds_the_file_with_its_type(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    bucket = s3.bucket("typed")
    open_objects("s3", Path("/nowhere"), None, "us-east-1").put(Location(bucket, "c/j.pdf"), b"%PDF", PDF)
    found = s3.client().get_object(Bucket=bucket, Key="c/j.pdf")
    assert (found["Body"].read(), found["ContentType"]) == (b"%PDF", PDF)


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", ".", "..", "../a", "a/../../b", "a/./b", "a\0b", "a\nb",
                                 "a\\b", "a#1", "a#1/b", "\ud800", "x" * 256, "x/" * 512 + "x"])  # fmt: skip
def test_keys_that_could_leave_the_folder_or_mean_two_files_are_refused(key: str) -> None:
    with pytest.raises(Invalid):
        Location("exports", key)


@pytest.mark.parametrize(
    "bucket", ["", ".", "..", "a", "ab", "-ab", "ab-", "a/b", "a..b", "a\0b", "a b", "x" * 64, "é" * 5]
)
def test_odd_bucket_names_are_refused(bucket: str) -> None:
    with pytest.raises(Invalid, match="bucket name"):
        Location(bucket, "key")


@pytest.mark.parametrize(
    ("uri", "meant"),
    [
        ("s3://bucket", ("bucket", "")),
        ("s3://bucket/", ("bucket", "")),
        ("s3://bucket/a/b/", ("bucket", "a/b")),
        ("s3://bucket/a%2e", ("bucket", "a%2e")),
        ("https://bucket.s3.eu-west-1.amazonaws.com/a%20b", ("bucket", "a b")),
        ("https://s3.amazonaws.com/bucket/a", ("bucket", "a")),
        ("https://s3-us-west-2.amazonaws.com/bucket", ("bucket", "")),
    ],
)
def test_an_output_path_names_a_bucket_and_a_prefix(uri: str, meant: tuple[str, str]) -> None:
    assert parse_folder(uri) == meant


@pytest.mark.parametrize(
    "uri",
    ["s3://..", "s3://../etc", "s3://bucket/../x", "s3://bucket//x", "s3:///x", "file:///etc", "https://example.com/b/x",
     "https://s3.amazonaws.com/bucket/%2e%2e/x", "https://s3.amazonaws.com.example.com/bucket/x", "s3://bucket/a\0",
     "https://[", "https://[::1/x",
     "https://me:secret@s3.amazonaws.com/bucket/x", "https://s3.amazonaws.com:99999/bucket/x"],
)  # fmt: skip
def test_an_invalid_output_path_is_refused(uri: str) -> None:
    with pytest.raises(Invalid):
        parse_folder(uri)


@pytest.mark.parametrize("link", ["exports", "exports/card", "exports/card/job.pdf"])
def test_symbolic_links_in_the_folder_lead_nowhere(tmp_path: Path, link: str) -> None:
    root, outside = tmp_path / "objects", tmp_path / "outside"
    (outside / "card").mkdir(parents=True)
    for name in ("job.pdf", "card/job.pdf"):
        (outside / name).write_bytes(b"secret")
    target = outside / "job.pdf" if link.endswith(".pdf") else outside
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(target)
    folder, at = ObjectFolder(root), Location("exports", "card/job.pdf")
    if link.endswith(".pdf"):
        with pytest.raises(ObjectRefused, match="link"):
            folder.get(at)
        folder.put(at, b"new", PDF)  # takes the link's place
        assert folder.get(at) == b"new"
    else:
        assert folder.get(at) is None
        with pytest.raises(ObjectRefused, match="link"):
            folder.put(at, b"new", PDF)
    assert folder.list("exports", "card/") == ([] if link != "exports/card/job.pdf" else [folder.head(at)])
    assert {path.read_bytes() for path in outside.rglob("*.pdf")} == {b"secret"}


def test_listings_are_in_the_order_of_keys_and_stay_in_the_bucket(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path / "objects")
    keys = ["a/b", "a-b", "a.b", "a/b.c/d", "z", "é", "😀"]
    for key in keys:
        folder.put(Location("exports", key), key.encode(), PDF)
    (tmp_path / "objects" / "exports" / "a" / "#77").write_bytes(b"unfinished")
    os.mkfifo(tmp_path / "objects" / "exports" / "pipe")
    assert [facts.key for facts in folder.list("exports")] == sorted(keys, key=str.encode)
    assert [facts.key for facts in folder.list("exports", "a/b")] == ["a/b", "a/b.c/d"]
    assert folder.list("exports", "../") == folder.list("exports", "a\0") == folder.list("nothing") == []
    assert folder.get(Location("exports", "pipe")) is None
    assert not folder.has_bucket("nothing")
    assert folder.has_bucket("exports")


def test_a_file_where_a_folder_is_needed_is_named(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    folder.put(Location("exports", "a"), b"file", PDF)
    with pytest.raises(ObjectRefused, match="instead of a folder"):
        folder.put(Location("exports", "a/b"), b"", PDF)
    folder.put(Location("exports", "c/d"), b"file", PDF)
    with pytest.raises(ObjectRefused, match="a folder of that name exists"):
        folder.put(Location("exports", "c"), b"", PDF)


def test_a_full_disk_leaves_the_old_object_and_nothing_half_written(tmp_path: Path) -> None:
    folder, at = ObjectFolder(tmp_path / "objects"), Location("exports", "card/job.pdf")
    folder.put(at, b"old", PDF)
    before, action = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(ObjectRefused, match="larger than the system allows"):
            folder.put(at, b"x" * 200_000, PDF)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, action)
    assert folder.get(at) == b"old"
    assert [path.name for path in (tmp_path / "objects" / "exports" / "card").iterdir()] == ["job.pdf"]


def test_readers_see_the_old_object_or_the_new_one(tmp_path: Path) -> None:
    folder, at = ObjectFolder(tmp_path), Location("exports", "job.pdf")
    sizes = [100_000, 300_000]
    folder.put(at, b"0" * sizes[0], PDF)
    over = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not over.is_set():
            data = folder.get(at)
            seen.add(-1 if data is None or len(set(data)) != 1 else len(data))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 40):
        folder.put(at, b"%d" % (number % 2) * sizes[number % 2], PDF)
    over.set()
    reader.join()
    assert seen <= set(sizes)


def test_a_killed_writer_leaves_no_object_that_is_not_whole(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cardwright.objects.folder import ObjectFolder;"
        "from cardwright.core.objects import Location\n"
        "folder = ObjectFolder(Path(sys.argv[1])); print(flush=True)\n"
        "for n in range(10**6): folder.put(Location('exports', f'{n}'), b'x' * 2_000_000, 'application/pdf')"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        wait_until(lambda: len(ObjectFolder(tmp_path).list("exports")) > 2)
        writer.kill()
    assert {facts.size for facts in ObjectFolder(tmp_path).list("exports")} == {2_000_000}


def test_a_missing_bucket_a_wrong_key_and_a_silent_server_differ(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)

    def refusal(bucket: str, endpoint: str | None = None) -> str:
        with pytest.raises(ObjectRefused) as caught:
            open_objects("s3", Path("/nowhere"), endpoint, "us-east-1").put(Location(bucket, "job.pdf"), b"", PDF)
        assert "EXAMPLEKEY" not in str(caught.value)
        return str(caught.value)

    assert "there is no bucket missing" in refusal("missing")
    assert "http://127.0.0.1:9/" in refusal("exports", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "denied; check the AWS credentials" in refusal("exports")


class Cloud(http.server.BaseHTTPRequestHandler):
    """The part of Google's and Azure's stores that a put and a get need; only the bucket `exports` exists."""

    held: ClassVar[dict[str, tuple[bytes, str]]] = {}

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers.get("x-ms-blob-content-type") or self.headers["Content-Type"]
        found = "/exports/" in self.path
        if found:
            self.held[self.path] = (data, kind)
        self.answer(201 if found else 404, b"")

    def do_GET(self) -> None:
        data, _ = self.held.get(self.path, (b"", ""))
        self.answer(200 if self.path in self.held else 404, data)

    def answer(self, status: int, data: bytes) -> None:
        self.send_response(status)
        for name in ("Content-Length", "Last-Modified", "ETag"):
            self.send_header(name, str(len(data)) if name == "Content-Length" else formatdate(0, usegmt=True))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("kind", "account"), [("gcs", ""), ("azure", "/acct")])
def test_google_and_azure_receive_requests_in_their_formats(
    kind: str, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "acct")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cloud) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}{account}"
        objects = open_objects(kind, Path("/nowhere"), endpoint, "us-east-1")
        at = Location("exports", "card/job.pdf")
        assert objects.get(at) is None
        objects.put(at, b"%PDF", PDF)
        assert objects.get(at) == b"%PDF"
        held = {unquote(path): stored for path, stored in Cloud.held.items()}
        assert held[f"{account}/exports/card/job.pdf"] == (b"%PDF", PDF)
        with pytest.raises(ObjectRefused, match="there is no bucket missing"):
            objects.put(Location("missing", "card/job.pdf"), b"%PDF", PDF)
        server.shutdown()
