"""Large reports are read as small ones are, in a process that cannot take the server's memory."""

import io
import json
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO

import pytest

from cardwright.console.wizard import large_reports, report_files
from cardwright.console.wizard.draft_reports import read
from cardwright.console.wizard.report_files import read_file
from cardwright.reports import ReportInvalid
from tests.console.visits import Visitor
from tests.servers import Server

REPORT = {"regression_metrics": {"mae": {"value": 0.5, "standard_deviation": 0.1}}}
LONG = json.dumps(REPORT).encode() + b" " * large_reports.LARGE
ARGUMENTS = ("report.json", None, "application/json", 1)


@pytest.fixture(params=["memory", "disk"])
def long_report(request: pytest.FixtureRequest) -> Iterator[IO[bytes]]:
    if request.param == "memory":
        yield io.BytesIO(LONG)
        return
    with tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(LONG)
        yield spooled


def test_a_large_report_is_read_as_a_small_one(long_report: IO[bytes]) -> None:
    assert read_file(long_report, *ARGUMENTS) == read(LONG, *ARGUMENTS)


@pytest.mark.parametrize("begin", [b"no json", b'{"a": [1, ', b'{"unknown": 1}', b"[]", b"\xff"])
def test_a_large_file_is_refused_with_the_words_for_a_small_one(begin: bytes) -> None:
    with pytest.raises(ReportInvalid) as small:
        read(begin, *ARGUMENTS)
    with pytest.raises(ReportInvalid) as large:
        read_file(io.BytesIO(begin + b" " * large_reports.LARGE), *ARGUMENTS)
    words = str(large.value)
    assert words == str(small.value) or "truncated or invalid" in words


def test_a_report_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_reports, "MEMORY", 300_000_000)
    numbers = ",".join(f'"{number:09}"' for number in range(3_000_000))
    with pytest.raises(ReportInvalid, match="more than 300 MB of memory"):
        read_file(io.BytesIO(f'{{"regression_metrics": [{numbers}]}}'.encode()), *ARGUMENTS)


@pytest.mark.parametrize("holder", ["[]", "{}"])
def test_a_report_of_too_many_objects_is_refused_before_it_is_parsed(holder: str) -> None:
    many = f'{{"a": [{",".join([holder] * 1_000_001)}]}}'
    with pytest.raises(ReportInvalid, match=r"more than 1,000,000 objects and lists"):
        read(many.encode(), *ARGUMENTS)


def test_one_large_report_is_read_at_a_time_and_few_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, at_once = threading.Semaphore(0), threading.Event(), []

    def answer(_: IO[bytes], __: str) -> dict[str, int]:
        at_once.append(1)
        begun.release()
        go_on.wait()
        assert len(at_once) == 1
        at_once.clear()
        return {}

    monkeypatch.setattr(large_reports, "read_in_process", answer)
    with ThreadPoolExecutor(20) as pool:
        reading = [pool.submit(report_files.read_file, io.BytesIO(LONG), *ARGUMENTS) for _ in range(20)]
        begun.acquire()
        go_on.set()
        ended = [one.exception() for one in reading]
    assert sum(error is None for error in ended) >= 6
    assert all(error is None or "Other large reports" in str(error) for error in ended)


def test_a_large_report_is_uploaded(console: Server) -> None:
    visitor = Visitor(console.url)
    draft = visitor.begin("large-report")
    visitor.get(f"{draft}/evaluation")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    visitor.get(f"{draft}/evaluation")
    fields = [("do", "stay"), ("evaluation_details.0.name", "job")]
    visitor.upload(f"{draft}/evaluation", fields, "report-0", "large.json", LONG)
    page = visitor.get(f"{draft}/evaluation").text
    assert "read as <strong>Model Monitor Model Quality Regression</strong>" in page
