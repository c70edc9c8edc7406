"""Bytes of a connection become requests, however the network splits them."""

from dataclasses import asdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.http import Request
from cardwright.server.request_reader import Phase, RequestReader

LIMIT = 10
"""Bytes of a body that the receiver allows."""

GET = b"GET /cards/caf%C3%A9?sort=name HTTP/1.1\r\nHost: localhost\r\nAccept: a\r\nACCEPT: b\r\nX_Source: c\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
EXPECTING = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"


class Receiver:
    """Keeps all that a reader reports."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.refusals: list[int] = []
        self.expectations = 0
        self.ended = False
        self.reader = RequestReader(self, "https", "192.0.2.1")

    def begin_request(self) -> None: ...

    def end_head(self, path: str) -> int:
        assert path.startswith("/")
        return LIMIT

    def expect(self) -> None:
        self.expectations += 1

    def count_body(self, kept: int, size: int) -> None: ...

    def take(self, request: Request) -> None:
        self.requests.append(request)

    def end_requests(self) -> None:
        self.ended = True

    def refuse(self, status: int, sentence: str) -> None:
        assert sentence
        self.refusals.append(status)
        self.reader.end()


def read(*parts: bytes) -> Receiver:
    receiver = Receiver()
    for part in parts:
        receiver.reader.feed(part)
    return receiver


def split(data: bytes, ends: list[int]) -> list[bytes]:
    bounds = [0, *sorted(end % len(data) for end in ends), len(data)]
    return [data[begin:end] for begin, end in pairwise(bounds)]


def test_a_request_keeps_its_method_path_query_headers_and_body() -> None:
    first, second = read(GET + POST).requests
    headers = {"host": "localhost", "accept": "a,b"}
    path = "/cards/caf\u00c3\u00a9"  # each character is a byte
    expected = Request("GET", path, "sort=name", headers, peer="192.0.2.1", scheme="https")
    assert asdict(first) == asdict(expected)
    assert (second.method, second.body, second.headers["content-length"]) == ("POST", b"hello", "5")


@given(st.lists(st.integers(0, 10_000), max_size=12))
def test_requests_do_not_depend_on_how_the_bytes_are_split(ends: list[int]) -> None:
    whole = GET + POST + CHUNKED + GET
    receiver = read(*split(whole, ends))
    assert receiver.refusals == []
    assert [asdict(request) for request in receiver.requests] == [asdict(request) for request in read(whole).requests]
    assert [request.body for request in receiver.requests] == [b"", b"hello", b"abcde", b""]
    assert receiver.reader.phase is Phase.BETWEEN


def test_a_body_beyond_its_limit_is_cut_one_byte_later() -> None:
    body = b"x" * (LIMIT + 20)
    (request,) = read(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)).requests
    assert request.body == body[: LIMIT + 1]


@pytest.mark.parametrize("ends", [[], [70_000], [30_000, 60_000]])
def test_a_head_beyond_its_limit_is_refused_once(ends: list[int]) -> None:
    head = b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 80_000 + b"\r\n\r\n"
    receiver = read(*split(head, ends), GET)
    assert (receiver.refusals, receiver.requests, receiver.reader.phase) == ([431], [], Phase.ENDED)


def test_many_small_requests_are_not_a_long_head() -> None:
    receiver = read(GET * 2000)
    assert (len(receiver.requests), receiver.refusals) == (2000, [])


def test_a_client_that_expects_100_continue_may_also_send_its_body_at_once() -> None:
    waiting = read(EXPECTING)
    assert (waiting.expectations, waiting.reader.phase, waiting.requests) == (1, Phase.EXPECTING, [])
    waiting.reader.feed(b"abc")
    assert [request.body for request in waiting.requests] == [b"abc"]
    assert [request.body for request in read(EXPECTING + b"abc").requests] == [b"abc"]


def test_an_expected_body_beyond_the_limit_is_refused_before_it_is_sent() -> None:
    receiver = read(EXPECTING.replace(b"Length: 3", b"Length: 300"))
    assert (receiver.refusals, receiver.expectations) == ([413], 0)


def test_an_upgrade_is_answered_in_http_and_ends_the_requests() -> None:
    receiver = read(b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", GET)
    assert (len(receiver.requests), receiver.ended, receiver.refusals) == (1, True, [])


def test_bytes_that_are_not_http_are_refused_once() -> None:
    receiver = read(b"\x16\x03\x01 hello\r\n\r\n", b"again\r\n\r\n", GET)
    assert (receiver.refusals, receiver.requests) == ([400], [])


def test_a_request_states_whether_its_connection_stays_open() -> None:
    (request,) = read(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").requests
    assert not request.keep_alive
