"""Logs and metrics of a running server or worker; never card content."""

import logging
import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import orjson

from cardwright import __version__
from cardwright.core.errors import Unavailable
from cardwright.http import Request
from cardwright.server.request_counts import BUCKETS, OPEN_CONNECTIONS, RequestCounts

if TYPE_CHECKING:
    from prometheus_client import Metric

_DATABASE_ERRORS = frozenset({"ServiceUnavailable", "Unavailable"})
_SIGN_IN_FAILURES = frozenset({"UnknownUser", "WrongPassword", "DisabledUser", "TooManyTries"})

requests_log = logging.getLogger("cardwright.requests")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the ``fields`` of ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _timestamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if hasattr(record, "request_id"):
            line["request_id"] = record.request_id
        if record.exc_info and record.exc_info[1] is not None:
            # The frames and the type of the error, not its text: a driver's text may repeat a request's values.
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["frames"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
            if error.__cause__ is not None:
                line["cause"] = type(error.__cause__).__name__
        return orjson.dumps(line, default=str).decode()


class TextLines(logging.Formatter):
    """One line a record: time, level, message, and the ``fields`` of ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {**getattr(record, "fields", {})}
        if hasattr(record, "request_id"):
            facts["request_id"] = record.request_id
        return _text_line(record.created, record.levelname, record.getMessage(), facts) + _frames(record)


def _frames(record: logging.LogRecord) -> str:
    """Frames and type of an error, without its text: a driver's text may repeat a request's values."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    return "".join(f"\n    {frame.filename}:{frame.lineno} {frame.name}" for frame in frames) + (
        f"\n    {type(error).__name__}"
    )


def _text_line(moment: float, level: str, message: str, facts: Mapping[str, object]) -> str:
    shown = " ".join(f"{name}={_text_value(value)}" for name, value in facts.items())
    return f"{_timestamp(moment)} {level.upper():7} {' '.join(message.splitlines())}" + (f"  {shown}" if shown else "")


def _text_value(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and text and " " not in text else orjson.dumps(text).decode()


def configure_logging(level: str, log_format: str | None = None) -> None:
    """Send all logs of this process to standard error, one line each: JSON or text, text on a terminal by default."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextLines() if is_text(log_format) else JsonLines())
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level.upper())), handlers=[handler], force=True)
    logging.getLogger("cardwright").setLevel(level.upper())
    logging.captureWarnings(True)


def is_text(log_format: str | None) -> bool:
    """Whether log lines are text: by the setting, else on a terminal."""
    return log_format == "text" or (log_format is None and sys.stderr.isatty())


class Telemetry:
    """Counts and times the requests of an application, and logs each.

    Counts are plain numbers until a scrape, which turns them into Prometheus metrics.

    Args:
        logs: whether requests are logged; those of an embedded store are not.
        text: whether log lines are text instead of JSON.
        counts: counts the requests; in this process only by default.

    Attributes:
        answered: the number of answered requests of this process.
        keeps_lines: whether log lines wait for :meth:`write_lines`, so that one write serves several.
        waiting_exports: returns the number of waiting export jobs and the time of the oldest (milliseconds); may
            raise ``Unavailable``. None without a queue.
    """

    def __init__(
        self,
        *,
        logs: bool = True,
        text: bool = False,
        counts: RequestCounts | None = None,
    ) -> None:
        self._logs = logs
        self._text = text
        self._lock = threading.Lock()
        self._lines: list[bytes] = []
        self.answered = 0
        self.keeps_lines = False
        self._counts = counts or RequestCounts()
        self.waiting_exports: Callable[[], tuple[int, int | None]] | None = None

    def exposition(self) -> bytes:
        """The metrics in Prometheus's text format."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def observe(self, request: Request, seconds: float) -> None:
        """Count, time and log one answered request."""
        operation, code = request.operation, request.error
        line = None
        if self._logs and requests_log.isEnabledFor(logging.INFO):
            line = self._line(_request_line(request, operation, code, seconds))
        with self._lock:
            if line is not None:
                self._lines.append(line)
            self.answered += 1
            self._counts.add(operation, code, seconds)
            if code in _DATABASE_ERRORS:
                self._counts.count("database_errors")
            elif code in _SIGN_IN_FAILURES:
                self._counts.count("sign_in_failures")
        if not self.keeps_lines:
            self.write_lines()

    def count_export(self, outcome: str) -> None:
        """Count the end of an attempt at an export job: ``completed``, ``failed`` or ``postponed``."""
        with self._lock:
            self._counts.count("export_jobs", outcome)

    def set_connections(self, number: int) -> None:
        """Record how many connections of this process are open."""
        with self._lock:
            self._counts.set(OPEN_CONNECTIONS, number)

    def _line(self, facts: dict[str, object]) -> bytes:
        if not self._text:
            return orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE)
        shown = {name: value for name, value in facts.items() if name not in {"time", "level", "logger", "message"}}
        return f"{_text_line(time.time(), 'info', 'request', shown)}\n".encode()

    def write_lines(self) -> None:
        """Write the log lines of requests, without the logging module, whose records cost more than the request."""
        with self._lock:
            lines, self._lines = self._lines, []
        if lines:
            with suppress(OSError):  # a full disk or a closed pipe loses the log line, not the answer
                os.write(sys.stderr.fileno(), b"".join(lines))

    def collect(self) -> "Iterable[Metric]":
        """The metrics, as Prometheus's registry collects them."""
        from prometheus_client.core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
            InfoMetricFamily,
        )

        with self._lock:
            counts, times, numbers = self._counts.totals()
        requests = CounterMetricFamily("cardwright_requests", "Requests answered.", labels=["operation", "code"])
        for (operation, code), count in counts.items():
            requests.add_metric([operation, code], count)
        seconds = HistogramMetricFamily("cardwright_request_seconds", "Seconds to answer.", labels=["operation"])
        bounds = [*map(str, BUCKETS), "+Inf"]
        for operation, (total, *within) in times.items():
            seconds.add_metric([operation], list(zip(bounds, accumulate(within), strict=True)), sum_value=total)
        exports = CounterMetricFamily("cardwright_export_jobs", "Attempts at export jobs.", labels=["outcome"])
        for outcome in ("completed", "failed", "postponed"):
            exports.add_metric([outcome], numbers.get(("export_jobs", outcome), 0))
        yield from (requests, seconds, exports)
        for metric, about in (
            ("sign_in_failures", "Refused attempts to sign in."),
            ("database_errors", "Requests that failed because the database could not be used."),
        ):
            yield CounterMetricFamily(f"cardwright_{metric}", about, value=numbers.get((metric, ""), 0))
        opened = numbers.get((OPEN_CONNECTIONS, ""), 0)
        yield GaugeMetricFamily("cardwright_open_connections", "Open HTTP connections.", value=opened)
        build = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("cardwright_build", "The release that runs.", value=build)
        yield from self._queue_metrics()

    def _queue_metrics(self) -> "Iterable[Metric]":
        from prometheus_client.core import GaugeMetricFamily

        if self.waiting_exports is None:
            return
        try:
            waiting, oldest = self.waiting_exports()
        except Unavailable:  # a scrape still reports the other metrics
            return
        age = 0.0 if oldest is None else max(0.0, time.time() - oldest / 1000)
        yield GaugeMetricFamily("cardwright_export_queue_jobs", "Export jobs that are not done.", value=waiting)
        yield GaugeMetricFamily("cardwright_export_queue_oldest_seconds", "Age of the oldest of them.", value=age)


def _request_line(request: Request, operation: str, code: str, seconds: float) -> dict[str, object]:
    line: dict[str, object] = {
        "time": _timestamp(time.time()),
        "level": "info",
        "logger": requests_log.name,
        "message": "request",
        "request_id": request.request_id,
        "operation": operation,
        "code": code,
        "milliseconds": round(seconds * 1000, 3),
        "source": request.source,
    }
    if request.account is not None:
        line["account"] = request.account
        line["user"] = request.user
    return line


def _timestamp(moment: float) -> str:
    return f"{_second(int(moment))}.{int(moment % 1 * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
