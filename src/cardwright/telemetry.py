"""What a running server tells of itself: one log line a request, and metrics. Never card content."""

import logging
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

requests_log = logging.getLogger("cardwright.requests")
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and what ``extra`` held under ``fields``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
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
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells at length what every start looks up


class Telemetry:
    """Counts and times the requests of a WSGI application, and logs each."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "cardwright_requests", "Requests answered.", ("operation", "code"), registry=self.registry
        )
        self._seconds = Histogram(
            "cardwright_request_seconds",
            "Time to answer.",
            ("operation",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._known: dict[tuple[str, str], tuple[Any, Any]] = {}

    def exposition(self) -> bytes:
        """The metrics in Prometheus's text format."""
        return generate_latest(self.registry)

    def observe(self, environ: Environ, seconds: float) -> None:
        """Count, time and log one answered request."""
        operation = environ.get("cardwright.operation", "unknown")
        code = environ.get("cardwright.error", "OK")
        known = self._known.get((operation, code))
        if known is None:
            known = (self._requests.labels(operation, code), self._seconds.labels(operation))
            self._known[operation, code] = known
        known[0].inc()
        known[1].observe(seconds)
        if requests_log.isEnabledFor(logging.INFO):
            self._log(environ, operation, code, seconds)

    def _log(self, environ: Environ, operation: str, code: str, seconds: float) -> None:
        actor = environ.get("cardwright.actor")
        line = {
            "request_id": environ["cardwright.request_id"],
            "operation": operation,
            "code": code,
            "milliseconds": round(seconds * 1000, 3),
            "source": environ["cardwright.source"],
        }
        if actor is not None:
            line |= {"account": actor.scope.account, "user": actor.user}
        requests_log.info("request", extra={"fields": line})
