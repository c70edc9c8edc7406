"""A server that gives recorded answers of an MLflow server, and changed ones."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

RECORDED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "mlflow_answers.json").read_text())
_PATH = "/api/2.0/mlflow/"

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class MlflowAnswers:
    """The address of the server, the requests that it got, and a function that may answer instead of the records."""

    url: str
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    instead: Callable[[str], Answer | None] = lambda _: None


@contextmanager
def mlflow_answers() -> Iterator[MlflowAnswers]:
    """Run the server for the length of a block."""
    state = MlflowAnswers("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append((self.path, dict(self.headers)))
            status, headers, body = state.instead(self.path) or _recorded(self.path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def _recorded(path: str) -> Answer:
    asked = path.removeprefix(_PATH)
    key = next((one for one in (asked, f"{asked}?") if one in RECORDED), None)
    if key is None:
        return 404, {}, b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not recorded"}'
    answer = RECORDED[key]
    return int(answer.get("status", 200)), {"Content-Type": "application/json"}, json.dumps(answer).encode()
