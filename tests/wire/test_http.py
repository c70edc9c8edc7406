"""HTTP as clients speak it, well and badly, over raw sockets."""

import json
import re
import socket
import threading
import urllib.request
from pathlib import Path

import pytest

from tests import servers
from tests.servers import Server
from tests.waiting import DEADLINE, wait_until
from tests.wire.calls import create, fresh

_LIST = json.dumps({"MaxResults": 1}).encode()


def exchange(server: Server, sent: bytes, *, seconds: float = DEADLINE) -> bytes:
    """Send bytes, say that no more come, and read until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := client.recv(65536):
            received += chunk
    return received


def request(operation: str, body: bytes, *headers: str, start: str = "POST / HTTP/1.1") -> bytes:
    lines = [start, "Host: localhost", f"X-Amz-Target: SageMaker.{operation}", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def last(operation: str, body: bytes) -> bytes:
    return request(operation, body, "Connection: close")


def test_requests_sent_at_once_are_answered_in_their_order(open_server: Server) -> None:
    names = [fresh("pipelined") for _ in range(40)]
    sent = b""
    for name in names:
        body = json.dumps({"ModelCardName": name, "Content": "{}", "ModelCardStatus": "Draft"}).encode()
        sent += request("CreateModelCard", body)
        sent += request("DescribeModelCard", json.dumps({"ModelCardName": name}).encode())
    received = exchange(open_server, sent + last("ListModelCards", _LIST))
    assert received.count(b"HTTP/1.1 200 OK") == 81
    places = [received.index(f'"ModelCardName":"{name}"'.encode()) for name in names]
    assert places == sorted(places)


def test_small_requests_sent_at_once_are_answered_however_many_they_are(open_server: Server) -> None:
    count = 12_000
    sent = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * count + last("ListModelCards", _LIST)
    with socket.create_connection(("127.0.0.1", open_server.port), timeout=DEADLINE) as client:
        sending = threading.Thread(target=client.sendall, args=(sent,))
        sending.start()
        received = bytearray()
        while chunk := client.recv(1 << 20):
            received += chunk
        sending.join()
    assert received.count(b"HTTP/1.1 200 OK\r\n") == count + 1


def test_a_body_in_chunks_is_read(open_server: Server) -> None:
    name = fresh("chunked")
    create(open_server.client(), name)
    body = json.dumps({"ModelCardName": name}).encode()
    chunks = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in body) + b"0\r\nTrailer-Field: x\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: SageMaker.DescribeModelCard\r\n"
    received = exchange(open_server, head + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert name.encode() in received


def test_a_client_that_expects_100_continue_gets_it(open_server: Server) -> None:
    sent = request("ListModelCards", _LIST, "Expect: 100-continue", "Connection: close")
    assert exchange(open_server, sent).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_100_continue_follows_the_answers_to_earlier_requests(open_server: Server) -> None:
    with socket.create_connection(("127.0.0.1", open_server.port), timeout=DEADLINE) as client:
        length = b"Length: %d" % len(_LIST)
        asking = request("ListModelCards", b"", "Expect: 100-continue").replace(b"Length: 0", length)
        client.sendall(b"GET /cards HTTP/1.1\r\nHost: localhost\r\n\r\n" + asking)
        received = b""
        while not received.endswith(b"100 Continue\r\n\r\n"):
            received += client.recv(65536)
        client.sendall(_LIST)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_a_body_that_is_too_long_is_refused_before_it_is_sent(open_server: Server) -> None:
    asking = request("ListModelCards", b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 99999999999")
    assert exchange(open_server, asking).startswith(b"HTTP/1.1 413")


def test_head_gets_no_body(open_server: Server) -> None:
    received = exchange(open_server, b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"Content-Length: 3" in head
    assert body == b""


def test_a_client_of_http_1_0_gets_its_answer_and_the_end(open_server: Server) -> None:
    with socket.create_connection(("127.0.0.1", open_server.port), timeout=DEADLINE) as client:
        client.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        received = b""
        while chunk := client.recv(65536):
            received += chunk
    assert received.endswith(b"\r\n\r\nok\n")


def test_an_upgrade_is_not_taken_up(open_server: Server) -> None:
    sent = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    assert b"ok\n" in exchange(open_server, sent)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"not http at all\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"GET /%ff%00\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET " + b"/a" * 100_000, b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 200_000, b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
        (b"GET http:// HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3, b"400"),
    ],
)
def test_what_is_not_a_request_is_refused_and_others_are_served(
    open_server: Server, sent: bytes, status: bytes
) -> None:
    assert exchange(open_server, sent).startswith(b"HTTP/1.1 " + status)
    assert exchange(open_server, last("ListModelCards", _LIST)).startswith(b"HTTP/1.1 200 OK")


def test_clients_that_do_not_read_their_answers_delay_no_others(open_server: Server) -> None:
    name = fresh("unread")
    create(open_server.client(), name, json.dumps({"model_overview": {"model_description": "x" * 1000}}))
    describe = request("DescribeModelCard", json.dumps({"ModelCardName": name}).encode())
    deaf = [socket.create_connection(("127.0.0.1", open_server.port)) for _ in range(3)]
    try:
        for client in deaf:
            client.setblocking(False)
            try:
                while True:
                    client.send(describe * 20)
            except (BlockingIOError, ConnectionResetError):  # the second where filling it took the server's patience
                pass
        assert exchange(open_server, last("ListModelCards", _LIST)).startswith(b"HTTP/1.1 200 OK")
    finally:
        for client in deaf:
            client.close()


def answered(server: Server) -> int:
    """Requests that were answered, those to read this aside."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=DEADLINE) as answer:
        counts = re.findall(rb'requests_total\{code="OK",operation="DescribeModelCard"\} (\S+)', answer.read())
    return sum(int(float(count)) for count in counts)


def test_a_client_that_leaves_an_answer_unread_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    with servers.running(tmp_path) as server:
        name = create(server.client(), document=json.dumps({"model_overview": {"model_description": "x" * 1000}}))
        describe = request("DescribeModelCard", json.dumps({"ModelCardName": name}).encode())
        deaf = []
        for number in range(1600, 2200, 60):  # beyond the kernel's buffers, by less or more than the server's
            client = socket.create_connection(("127.0.0.1", server.port))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(describe * number)
            deaf.append(client)
        wait_until(lambda: answered(server) == answered(server) > 1600)  # no answer leaves any more
        assert server.stop() == 0
        assert "graceful shutdown exceeded" not in server.log.read_text()
        for client in deaf:
            client.close()


@pytest.mark.long
def test_a_request_that_never_ends_gets_an_error(open_server: Server) -> None:
    with socket.create_connection(("127.0.0.1", open_server.port), timeout=DEADLINE) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert client.recv(65536).startswith(b"HTTP/1.1 408")
