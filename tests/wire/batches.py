"""An application whose requests one thread answers in batches, as the event loop of a server does."""

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cardwright.http import Request, Response
from cardwright.server.app import build
from cardwright.server.application import Application
from cardwright.server.request_threads import RequestThreads
from cardwright.settings import Settings
from cardwright.storage.engines.database import LoopWork

Key = tuple[str, str]
"""An access key: its identifier and its secret."""
Asked = tuple[str, Mapping[str, Any]]
"""An operation, with its service where that is not SageMaker, and its members."""

_AT_ONCE = 16  # requests of one loop
_SIGNED = "host;x-amz-date;x-amz-target"


class BatchServer:
    """A server without sockets. Each request is answered in this thread, before one commit of its batch.

    Args:
        auth: as ``--auth``.
        key: signs the requests; without one they are unsigned.
        database_url: of PostgreSQL; else the store is in the home folder.
    """

    def __init__(
        self, home: Path, *, auth: str = "none", key: Key | None = None, database_url: str | None = None
    ) -> None:
        self.application: Application = build(Settings(home=home, auth=auth, database_url=database_url))
        self.application.store.database.gather_commits()
        self.key = key

    def send(self, asked: Asked, receive: Callable[[Response], None], key: Key | None = None) -> None:
        """Answer a request of the open batch, now or at the end of the batch."""
        self.application.answer_in_batch(request_of(asked, key or self.key), receive)

    def end(self) -> None:
        """Commit what the batch wrote, and answer the requests that wait for it."""
        waiting = self.application.take_batch()
        self.application.answer_batch(waiting, self.application.commit())

    def responses(self, *asked: Asked, key: Key | None = None) -> list[tuple[int, bytes]]:
        """Answer requests as one batch. Returns statuses and bodies, of errors too."""
        found: list[tuple[int, bytes]] = [(0, b"")] * len(asked)

        def keep(number: int) -> Callable[[Response], None]:
            def receive(response: Response) -> None:
                found[number] = (response.status, response.body)

            return receive

        for number, one in enumerate(asked):
            self.send(one, keep(number), key)
        self.end()
        return found

    def batch(self, *asked: Asked) -> list[Any]:
        """Answer requests as one batch. An error's answer is its code."""
        return [
            json.loads(body or b"{}") if status == 200 else json.loads(body)["__type"]
            for status, body in self.responses(*asked)
        ]

    def call(self, operation: str, **members: Any) -> Any:
        return self.batch((operation, members))[0]

    def describe(self, name: str = "fraud") -> Any:
        return self.call("DescribeModelCard", ModelCardName=name)

    def names(self) -> list[str]:
        return [card["ModelCardName"] for card in self.call("ListModelCards", SortBy="Name")["ModelCardSummaries"]]

    def close(self) -> None:
        self.application.close()


class LoopServer(BatchServer):
    """A server on PostgreSQL. An event loop answers the requests of a batch at the same time."""

    def __init__(self, home: Path, **how: Any) -> None:
        super().__init__(home, **how)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._work = asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result()

    async def _begin(self) -> LoopWork:
        work = self.application.store.database.loop_work(self._loop, _AT_ONCE, RequestThreads(_AT_ONCE, "test"))
        assert work is not None
        return work

    def responses(self, *asked: Asked, key: Key | None = None) -> list[tuple[int, bytes]]:
        return [*asyncio.run_coroutine_threadsafe(self._answers(asked, key), self._loop).result()]

    async def _answers(self, asked: Sequence[Asked], key: Key | None) -> list[tuple[int, bytes]]:
        waiting: list[asyncio.Future[Response]] = [self._loop.create_future() for _ in asked]
        for one, answered in zip(asked, waiting, strict=True):
            self._work.call(partial(self.application.answer, request_of(one, key or self.key)), answered.set_result)
        return [(response.status, response.body) for response in await asyncio.gather(*waiting)]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        super().close()


def server_on(home: Path, database_url: str | None, **how: Any) -> BatchServer:
    """A server that answers requests as one with sockets does on this engine."""
    return (BatchServer if database_url is None else LoopServer)(home, database_url=database_url, **how)


def request_of(asked: Asked, key: Key | None = None) -> Request:
    """A request to an operation, signed with a key where there is one."""
    operation, members = asked
    body = json.dumps(members).encode()
    headers = {"host": "localhost", "x-amz-target": operation if "." in operation else f"SageMaker.{operation}"}
    if key is None:
        headers["authorization"] = "Credential=tester/"
    else:
        headers |= _signature(headers, body, key)
    return Request("POST", "/", "", headers, body, peer="127.0.0.1")


def _signature(headers: Mapping[str, str], body: bytes, key: Key) -> dict[str, str]:
    """The headers that sign a request by Signature Version 4 for SageMaker in us-east-1."""
    identifier, secret = key
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{at[:8]}/us-east-1/sagemaker/aws4_request"
    lines = f"host:{headers['host']}\nx-amz-date:{at}\nx-amz-target:{headers['x-amz-target']}\n"
    canonical = f"POST\n/\n\n{lines}\n{_SIGNED}\n{hashlib.sha256(body).hexdigest()}"
    signer = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        signer = hmac.digest(signer, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(signer, text.encode(), "sha256").hex()
    named = f"AWS4-HMAC-SHA256 Credential={identifier}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
    return {"x-amz-date": at, "authorization": named}
