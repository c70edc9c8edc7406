"""No test needs a network: sockets of the test process connect to loopback and to Unix sockets alone.

Processes that a test starts, and libraries that connect without Python's sockets, are not guarded.
"""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest

from cardwright.core.addresses import is_loopback

Address: TypeAlias = tuple[Any, ...] | str | bytes

_INTERNET = {socket.AF_INET, socket.AF_INET6}


class BeyondLoopback(RuntimeError):
    """A test connects to another machine. Not an OSError: clients would take that for a server that is away."""

    def __init__(self, address: object) -> None:
        super().__init__(f"A test connects to {address!r}: tests use loopback and Unix sockets only")


def _check(connecting: socket.socket, address: Address) -> None:
    if connecting.family in _INTERNET and isinstance(address, tuple) and not is_loopback(str(address[0])):
        raise BeyondLoopback(address)


@contextlib.contextmanager
def loopback_alone() -> Iterator[None]:
    """Refuse connections beyond loopback for the length of a block."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(connecting: socket.socket, address: Address) -> None:
        _check(connecting, address)
        connect(connecting, address)

    def guarded_ex(connecting: socket.socket, address: Address) -> int:
        _check(connecting, address)
        return connect_ex(connecting, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        yield
