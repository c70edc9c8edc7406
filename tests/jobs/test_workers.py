"""Workers: a job survives its worker and completes once, and its failure reason says what went wrong."""

import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from cardwright.actions.cards import create_card
from cardwright.actions.export_jobs import create_export_job, newest_export_jobs
from cardwright.core.card import Status
from cardwright.core.errors import Unavailable
from cardwright.core.export_job import ExportStatus
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.app import background_workers
from cardwright.server.stores import migrate, open_store
from cardwright.settings import Settings
from tests import servers
from tests.jobs.calls import export, file_of, wait
from tests.printing import PROGRAM, purpose
from tests.servers import Server
from tests.stores import ENGINES, engine_options
from tests.waiting import DEADLINE, wait_until
from tests.wire.calls import create, fresh

ALONE = ("--export-threads", "0")
FILLER = json.dumps({"additional_information": {"custom_details": {f"k{n}": "x" * 1000 for n in range(90)}}})
SHORT = ("--export-lease", "1")


@pytest.fixture(scope="module", params=ENGINES)
def quiet_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on each engine that leaves export jobs to workers."""
    home = tmp_path_factory.mktemp("quiet")
    with servers.running(home, *engine_options(request, request.param, home), *ALONE, program=PROGRAM) as server:
        yield server


def start_worker(server: Server, *options: str, limit: int | None = None) -> "subprocess.Popen[bytes]":
    def confine() -> None:
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with (server.home / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [*PROGRAM, "worker", *server.store_options, *options],
            stderr=log,
            preexec_fn=confine,  # noqa: PLW1509 - no other thread of the tests starts processes
        )


@contextlib.contextmanager
def working(server: Server, *options: str, count: int = 1, limit: int | None = None) -> Iterator[None]:
    """Workers for the length of a block; they must exit with success when stopped."""
    log = server.home / "worker.log"
    before = log.read_text().count("runs export jobs") if log.exists() else 0
    workers = [start_worker(server, *options, limit=limit) for _ in range(count)]
    try:
        while log.read_text().count("runs export jobs") < before + count:
            assert not any(worker.poll() for worker in workers), log.read_text()
            time.sleep(0.02)
        yield
    finally:
        for worker in workers:
            worker.terminate()
        assert [worker.wait(timeout=DEADLINE) for worker in workers] == [0] * count


def test_a_server_without_threads_leaves_jobs_to_workers(quiet_server: Server) -> None:
    client = quiet_server.client()
    arn = export(client, create(client))
    for _ in range(100):  # the request would wake a thread of the server
        assert client.describe_model_card_export_job(ModelCardExportJobArn=arn)["Status"] == "InProgress"
    with working(quiet_server):
        assert file_of(quiet_server.home, wait(client, arn))


def log_of(server: Server) -> str:
    """What the workers of all tests on a server have logged so far."""
    log = server.home / "worker.log"
    return log.read_text() if log.exists() else ""


def test_several_workers_run_each_job_once(quiet_server: Server) -> None:
    client = quiet_server.client()
    card = create(client)
    jobs = [export(client, card) for _ in range(60)]
    written = log_of(quiet_server)
    with working(quiet_server, "--export-threads", "2", count=2):
        ended = [wait(client, arn) for arn in jobs]
    assert {found["Status"] for found in ended} == {"Completed"}
    assert len({found["ExportArtifacts"]["S3ExportArtifacts"] for found in ended}) == len(jobs)
    assert "another worker claimed an export job" not in log_of(quiet_server).removeprefix(written)


def claimed(server: Server, arn: str) -> None:
    """Wait until the job is claimed."""
    name = arn.rsplit("/", 1)[-1]
    deadline = time.monotonic() + DEADLINE
    while True:
        if server.store_options[-2] == "--database-url":
            with psycopg.connect(server.store_options[-1]) as connection:
                row = connection.execute("SELECT claim FROM export_jobs WHERE name = %s", [name]).fetchone()
        else:
            with contextlib.closing(sqlite3.connect(server.home / "cardwright.db")) as database:
                row = database.execute("SELECT claim FROM export_jobs WHERE name = ?", [name]).fetchone()
        if row is not None and row[0]:
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_killed_workers_job_is_claimed_after_its_lease_and_completes_once(quiet_server: Server) -> None:
    client = quiet_server.client()
    arn = export(client, create(client, document=purpose("slow 1")))
    first = start_worker(quiet_server, *SHORT)
    claimed(quiet_server, arn)
    first.kill()
    first.wait()
    assert client.describe_model_card_export_job(ModelCardExportJobArn=arn)["Status"] == "InProgress"
    with working(quiet_server, *SHORT, count=2):
        found = wait(client, arn)
    assert file_of(quiet_server.home, found)
    assert (
        quiet_server.client().describe_model_card_export_job(ModelCardExportJobArn=arn)["LastModifiedAt"]
        == (found["LastModifiedAt"])
    )


def test_a_job_longer_than_its_lease_stays_with_its_worker(quiet_server: Server) -> None:
    client = quiet_server.client()
    arn = export(client, create(client, document=purpose("slow 9")))
    before = log_of(quiet_server)
    with working(quiet_server, "--export-lease", "4", count=2):  # a busy machine may renew a second late
        assert file_of(quiet_server.home, wait(client, arn))
    assert "taken up by another worker" not in log_of(quiet_server).removeprefix(before)


def test_a_worker_that_slept_past_its_lease_does_not_finish_the_job_again(quiet_server: Server) -> None:
    client = quiet_server.client()
    arn = export(client, create(client, document=purpose("slow 4")))
    sleeper = start_worker(quiet_server, *SHORT)
    try:
        claimed(quiet_server, arn)
        sleeper.send_signal(signal.SIGSTOP)
        with working(quiet_server, *SHORT):
            found = wait(client, arn)
        assert file_of(quiet_server.home, found)
        sleeper.send_signal(signal.SIGCONT)
        sleeper.terminate()
        assert sleeper.wait(timeout=DEADLINE) == 0
    finally:
        sleeper.kill()
    assert "another worker claimed an export job" in log_of(quiet_server)
    again = client.describe_model_card_export_job(ModelCardExportJobArn=arn)
    assert (again["Status"], again["LastModifiedAt"]) == ("Completed", found["LastModifiedAt"])


def test_a_job_that_kills_its_workers_fails_with_the_reason(quiet_server: Server) -> None:
    client = quiet_server.client()
    arn = export(client, create(client, document=purpose("die")))
    after = export(client, create(client))
    for _ in range(3):
        worker = start_worker(quiet_server, *SHORT)
        assert worker.wait(timeout=DEADLINE) == 9
    with working(quiet_server, *SHORT):
        found = wait(client, arn)
        assert wait(client, after)["Status"] == "Completed"
    assert found["Status"] == "Failed"
    assert "given up after 3 attempts" in found["FailureReason"]


def test_a_stopping_worker_finishes_its_current_job(quiet_server: Server) -> None:
    client = quiet_server.client()
    arn = export(client, create(client, document=purpose("slow 1")))
    with working(quiet_server):
        claimed(quiet_server, arn)
    assert client.describe_model_card_export_job(ModelCardExportJobArn=arn)["Status"] == "Completed"


def test_a_file_larger_than_the_system_allows_is_the_reason(tmp_path: Path, new_database: str) -> None:
    options = ("--database-url", new_database)
    migrate(Settings(home=tmp_path, database_url=new_database))
    with servers.running(tmp_path, *options, *ALONE, program=PROGRAM) as server:
        client = server.client()
        big, small = create(client, document=FILLER), create(client)
        jobs = [export(client, card) for card in (big, small)]
        with working(server, limit=50_000):
            found, after = (wait(client, arn) for arn in jobs)
    assert found["Status"] == "Failed"
    assert "the file would be larger than the system allows" in found["FailureReason"]
    assert after["Status"] == "Completed"
    assert list((tmp_path / "objects" / "exports" / "cards" / big).iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
def test_a_disk_that_is_really_full_is_the_reason(tmp_path: Path) -> None:
    with servers.running(tmp_path / "home", program=PROGRAM) as server:
        objects = tmp_path / "home" / "objects"
        objects.mkdir(mode=0o700)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(objects)], check=False, capture_output=True
        )
        assert mounted.returncode == 0, mounted.stderr
        try:
            client = server.client()
            found = wait(client, export(client, create(client, document=FILLER)))
            assert (found["Status"], "the disk is full" in found["FailureReason"]) == ("Failed", True)
            assert [path for path in objects.rglob("*") if path.is_file()] == []
            assert wait(client, export(client, create(client)))["Status"] == "Completed"
        finally:
            subprocess.run(["umount", "-l", str(objects)], check=True)


def test_a_killed_servers_job_is_run_by_the_next_server(tmp_path: Path) -> None:
    server = servers.start(tmp_path, *SHORT, program=PROGRAM)
    try:
        client = server.client()
        arn = export(client, create(client, document=purpose("slow 0.7")))
        claimed(server, arn)
        server.process.kill()
        server.process.wait()
        server = servers.start(tmp_path, *SHORT, program=PROGRAM, port=server.port)
        assert file_of(tmp_path, wait(server.client(), arn))
    finally:
        server.stop()


def test_a_stopping_server_finishes_its_current_job(tmp_path: Path) -> None:
    server = servers.start(tmp_path, program=PROGRAM)
    try:
        arn = export(server.client(), create(server.client(), document=purpose("slow 0.7")))
        claimed(server, arn)
    finally:
        assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "cardwright.db")) as database:
        assert database.execute("SELECT status, attempts FROM export_jobs").fetchall() == [("Completed", 1)]


def test_the_record_names_the_printer_of_the_file(tmp_path: Path) -> None:
    with servers.running(tmp_path, program=PROGRAM) as server:
        wait(server.client(), export(server.client(), create(server.client()), fresh("job")))
    with contextlib.closing(sqlite3.connect(tmp_path / "cardwright.db")) as connection:
        assert connection.execute("SELECT engine, claim, attempts FROM export_jobs").fetchall() == [
            ("plain 1", None, 1)
        ]


@pytest.mark.long
def test_ten_thousand_jobs_drain_steadily_while_the_server_answers(tmp_path: Path) -> None:
    with servers.running(tmp_path, *ALONE, program=PROGRAM) as server:
        client = server.client()
        cards = [create(client) for _ in range(100)]
        for card in cards:
            for number in range(100):
                export(client, card, f"job-{number}")
    with servers.running(tmp_path, program=PROGRAM) as server:
        client = server.client()
        counts = [0]
        database = sqlite3.connect(f"file:{tmp_path}/cardwright.db?mode=ro", uri=True)
        while counts[-1] < 10_000:  # bench.exports measures speed and latency
            client.describe_model_card(ModelCardName=cards[0])
            client.add_tags(ResourceArn=f"arn:aws:sagemaker:us-east-1:000000000000:model-card/{cards[0]}",
                            Tags=[{"Key": "at", "Value": str(len(counts))}])  # fmt: skip
            counts.append(database.execute("SELECT COUNT(*) FROM export_jobs WHERE status = 'Completed'").fetchone()[0])
        database.close()
        assert len(set(counts)) > 20  # requests and jobs take turns


def test_a_stop_abandons_a_hanging_upload_and_another_worker_runs_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("cardwright.jobs.exports.STOP_SECONDS", 0.5)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    actor = Actor(Scope("us-east-1", "000000000000"), "me", Role.ADMIN)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts connections, and never answers
        there = Settings(home=tmp_path, export_lease=2)
        store = open_store(there)
        with store.open_unit(actor) as unit:
            create_card(unit, "card", "{}", Status.DRAFT)
            create_export_job(unit, "card", None, "job", "s3://bucket/x")
        hanging = replace(there, objects="s3", objects_endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with background_workers(hanging) as (exports, _):
            exports.start(1)
            silent.settimeout(DEADLINE)
            asked, _ = silent.accept()  # the job runs, and its file is being sent
            exports.stop()
        with asked:
            jobs = [record.getMessage() for record in caplog.records if "a stop waited" in record.getMessage()]
            with store.open_unit(actor, writes=False) as unit:
                job = newest_export_jobs(unit, "card", 1).items[0]
            assert job.status is ExportStatus.IN_PROGRESS
            assert [line.endswith(f": {job.job_id}") for line in jobs] == [True]
            with background_workers(there) as (another, _):
                while job.status is ExportStatus.IN_PROGRESS:
                    another.run_next()
                    with store.open_unit(actor, writes=False) as unit:
                        job = newest_export_jobs(unit, "card", 1).items[0]
            assert (job.status, job.artifact) == (ExportStatus.COMPLETED, "s3://bucket/x/card/job.pdf")
    store.close()


def test_a_short_outage_of_the_database_fails_no_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path, export_lease=1)
    actor = Actor(Scope("us-east-1", "000000000000"), "me", Role.ADMIN)
    store = open_store(settings)
    with store.open_unit(actor) as unit:
        create_card(unit, "card", "{}", Status.DRAFT)
        create_export_job(unit, "card", None, "job", "s3://bucket/x")
    with background_workers(settings) as (worker, _):
        read_card = worker.read_card

        def away(_: object) -> None:
            raise Unavailable("The database cannot serve the request now: timeout")

        monkeypatch.setattr(worker, "read_card", away)
        with pytest.raises(Unavailable):
            worker.run_next()
        monkeypatch.setattr(worker, "read_card", read_card)
        with store.open_unit(actor, writes=False) as unit:
            assert newest_export_jobs(unit, "card", 1).items[0].status is ExportStatus.IN_PROGRESS
        wait_until(worker.run_next)  # until the lease has expired
        with store.open_unit(actor, writes=False) as unit:
            assert newest_export_jobs(unit, "card", 1).items[0].status is ExportStatus.COMPLETED
    store.close()
