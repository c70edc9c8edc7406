"""An unreachable object store delays an export job; one that refuses the file fails it."""

import json
import re
import urllib.request
from pathlib import Path

import pytest

from cardwright.core.export_job import RETRIED, next_attempt
from tests import servers
from tests.jobs.calls import export, wait
from tests.objects import S3Server, s3_running
from tests.servers import free_port
from tests.waiting import DEADLINE
from tests.wire.calls import create


def metrics(url: str) -> str:
    with urllib.request.urlopen(f"{url}/metrics", timeout=DEADLINE) as answer:
        text: str = answer.read().decode()
    return text


def test_a_job_waits_for_its_object_store_and_completes(tmp_path: Path) -> None:
    port = free_port()
    away = S3Server(f"http://127.0.0.1:{port}", tmp_path / "buckets")
    with servers.running(tmp_path / "home", "--objects", "s3", environment=away.environment) as server:
        client = server.client()
        arn = export(client, create(client))
        log = server.log_after("export job postponed")
        assert client.describe_model_card_export_job(ModelCardExportJobArn=arn)["Status"] == "InProgress"
        text = metrics(server.url)
        assert re.search(r"^cardwright_export_queue_jobs 1\.0$", text, re.M)
        assert re.search(r"^cardwright_export_queue_oldest_seconds [0-9.e-]+$", text, re.M)
        with s3_running(tmp_path / "buckets", port) as store:
            store.bucket("exports")
            assert wait(client, arn, DEADLINE)["Status"] == "Completed"
            assert re.search(r'^cardwright_export_jobs_total\{outcome="completed"\} 1\.0$', metrics(server.url), re.M)
            assert re.search(r'^cardwright_export_jobs_total\{outcome="postponed"\} [1-9]', metrics(server.url), re.M)
            arn = export(client, create(client), path="s3://not-there/cards")
            refused = wait(client, arn, DEADLINE)
        assert (refused["Status"], "there is no bucket" in refused["FailureReason"]) == ("Failed", True)
        log = server.log_after("export job failed")
    lines = [json.loads(line) for line in log.splitlines()]
    jobs = [line for line in lines if line["message"].startswith("export job ")]
    ends = {line["message"] for line in jobs}
    assert ends >= {"export job started", "export job postponed", "export job completed", "export job failed"}
    assert all(line["card"] and line["job"] and line["account"] for line in jobs)


@pytest.mark.parametrize(
    ("lasted", "pause"), [(0, 2_000), (1_000, 2_000), (10_000, 10_000), (600_000, 60_000), (RETRIED, None)]
)
def test_pauses_grow_with_the_fault_and_end(lasted: int, pause: int | None) -> None:
    assert next_attempt(1_000, 1_000 + lasted) == (None if pause is None else 1_000 + lasted + pause)
