"""What a running server tells of itself: one log line a request, and metrics. Never card content."""

import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import orjson

from cardwright.serving.exchange import Environ
from cardwright.serving.request_counts import BUCKETS, RequestCounts

if TYPE_CHECKING:
    from prometheus_client import Metric

requests_log = logging.getLogger("cardwright.requests")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and what ``extra`` held under ``fields``."""

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
            # The frames and the kind of the error, not its text: a driver's text may repeat a request's values.
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["frames"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
            if error.__cause__ is not None:
                line["cause"] = type(error.__cause__).__name__
        return orjson.dumps(line, default=str).decode()


def configure_logging(level: str) -> None:
    """Send all logs of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells at length what every start looks up


class Telemetry:
    """Counts and times the requests of an application, and logs each.

    Requests are counted in plain numbers; Prometheus's own forms are made of them when it asks.

    Args:
        logs: whether requests are logged at all; those of an embedded store are its user's own business.
        counts: where requests are counted; in this process alone by default.

    Attributes:
        keeps_lines: whether log lines wait for :meth:`write_lines`, so that one write serves several.
    """

    def __init__(self, *, logs: bool = True, counts: RequestCounts | None = None) -> None:
        self._logs = logs
        self._lock = threading.Lock()
        self._lines: list[bytes] = []
        self.keeps_lines = False
        self._counts = counts or RequestCounts()

    def exposition(self) -> bytes:
        """The metrics in Prometheus's text format."""
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - an extra

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def observe(self, environ: Environ, seconds: float) -> None:
        """Count, time and log one answered request."""
        operation = environ.get("cardwright.operation", "other")
        code = environ.get("cardwright.error", "OK")
        line = None
        if self._logs and requests_log.isEnabledFor(logging.INFO):
            line = orjson.dumps(_request_line(environ, operation, code, seconds), option=orjson.OPT_APPEND_NEWLINE)
        with self._lock:
            if line is not None:
                self._lines.append(line)
            self._counts.add(operation, code, seconds)
        if not self.keeps_lines:
            self.write_lines()

    def write_lines(self) -> None:
        """Write the log lines of requests, past the logging module, whose records cost more than the request."""
        with self._lock:
            lines, self._lines = self._lines, []
        if lines:
            with suppress(OSError):  # a full disk or a closed pipe takes the log away, not the answer
                os.write(sys.stderr.fileno(), b"".join(lines))

    def collect(self) -> "Iterable[Metric]":
        """What Prometheus's registry asks of a collector."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily  # noqa: PLC0415 - an extra

        with self._lock:
            counts, times = self._counts.totals()
        requests = CounterMetricFamily("cardwright_requests", "Requests answered.", labels=["operation", "code"])
        for (operation, code), count in counts.items():
            requests.add_metric([operation, code], count)
        seconds = HistogramMetricFamily("cardwright_request_seconds", "Seconds to answer.", labels=["operation"])
        bounds = [*map(str, BUCKETS), "+Inf"]
        for operation, (total, *within) in times.items():
            seconds.add_metric([operation], list(zip(bounds, accumulate(within), strict=True)), sum_value=total)
        yield requests
        yield seconds


def _request_line(environ: Environ, operation: str, code: str, seconds: float) -> dict[str, object]:
    line = {
        "time": _timestamp(time.time()),
        "level": "info",
        "logger": requests_log.name,
        "message": "request",
        "request_id": environ["cardwright.request_id"],
        "operation": operation,
        "code": code,
        "milliseconds": round(seconds * 1000, 3),
        "source": environ["cardwright.source"],
    }
    actor = environ.get("cardwright.actor")
    if actor is not None:
        line["account"] = actor.scope.account
        line["user"] = actor.user
    return line


def _timestamp(moment: float) -> str:
    return f"{_second(int(moment))}.{int(moment % 1 * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
