"""Repairs the end of PDF streams whose last byte is a carriage return.

``endstream`` is on its own line. After a carriage return, its line feed looks like the end of a CRLF. Validators of
PDF/A then count one byte less than ``/Length``. One compressed stream in 256 ends this way.
"""

import re

_BEGIN, _END = b">>\nstream\n", b"\nendstream"
_LENGTH = re.compile(rb"/Length (\d+)")


def with_clear_ends(pdf: bytes) -> bytes:
    """Write ``CR LF`` before each such ``endstream``.

    The length and all offsets stay the same, because the optional line feed before ``stream`` is removed.
    """
    parts: list[bytes] = []
    copied = position = 0
    while (found := pdf.find(_BEGIN, position)) >= 0:
        begin = found + len(_BEGIN)
        lengths = _LENGTH.findall(pdf, pdf.rfind(b" obj\n", position, found), found)
        end = begin + int(lengths[-1]) if lengths else -1
        if not pdf.startswith(_END, end):  # a stream of another shape, or no stream
            position = found + 1
            continue
        if pdf[end - 1 : end] == b"\r":
            parts += [pdf[copied : found + 2], pdf[found + 3 : end], b"\r"]
            copied = end
        position = end
    return b"".join([*parts, pdf[copied:]]) if parts else pdf
