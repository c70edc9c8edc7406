"""All log lines of a server or worker have one format, and metrics count requests and jobs."""

import json
import os
import pty
import re
import subprocess
import urllib.request
from pathlib import Path

from tests import servers
from tests.jobs.calls import export, wait
from tests.servers import CARDWRIGHT, free_port
from tests.waiting import DEADLINE, wait_until
from tests.wire.calls import create


def test_log_lines_of_a_server_are_json_without_a_terminal(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--workers", "2", empty=True) as server:
        client = server.client()
        wait(client, export(client, create(client)), DEADLINE)
        server.log_after("export job completed")
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {line["level"] for line in lines} <= {"info", "warning"}
    assert any("Cardwright serves" in line["message"] for line in lines)


def test_log_lines_are_text_on_request(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--log-format", "text") as server:
        create(server.client())
        log = server.log_after("operation=CreateModelCard code=OK")
    assert "Cardwright serves http://127.0.0.1:" in log
    assert re.search(r"^\d{4}-\d\d-\d\dT[0-9:.]+Z INFO +request  request_id=\S+ operation=CreateModelCard", log, re.M)


def test_a_refused_start_is_one_json_line_and_one_sentence_on_a_terminal(tmp_path: Path) -> None:
    command = [CARDWRIGHT, "serve", "--home", str(tmp_path), "--host", "0.0.0.0"]
    refused = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (refused.returncode, json.loads(refused.stderr)["level"]) == (1, "error")
    main, terminal = pty.openpty()
    try:
        assert subprocess.run(command, check=False, stderr=terminal).returncode == 1
        assert os.read(main, 1000).startswith(b"cardwright: 0.0.0.0 can be reached")
    finally:
        os.close(main)
        os.close(terminal)


def test_a_worker_answers_metrics_on_a_port_of_this_machine(tmp_path: Path) -> None:
    port = free_port()
    with servers.running(tmp_path, "--export-threads", "0") as server:
        client = server.client()
        arn = export(client, create(client))
        command = [CARDWRIGHT, "worker", *server.store_options, "--metrics-port", str(port)]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as worker:
            wait(client, arn, DEADLINE)

            def scraped() -> str:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=DEADLINE) as answer:
                    text: str = answer.read().decode()
                return text

            wait_until(lambda: 'cardwright_export_jobs_total{outcome="completed"} 1.0' in scraped())
            assert "cardwright_build_info{" in scraped()
            worker.terminate()
            assert worker.stderr is not None
            lines = [json.loads(line) for line in worker.stderr.read().splitlines()]
            assert worker.wait(timeout=DEADLINE) == 0
    assert [line["message"] for line in lines][:2] == [
        "Cardwright runs export jobs in 1 thread",
        "export job started",
    ]
