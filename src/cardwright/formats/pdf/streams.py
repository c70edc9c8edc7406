"""Streams of a PDF whose last byte is a carriage return: made unmistakable.

``endstream`` stands on a line of its own. After a carriage return its line feed looks like the end of a CRLF, and
validators of PDF/A then count one byte less than ``/Length`` says. One compressed stream in 256 ends that way.
"""

import re

_BEGIN, _END = b">>\nstream\n", b"\nendstream"
_LENGTH = re.compile(rb"/Length (\d+)")


def with_clear_ends(pdf: bytes) -> bytes:
    """The same document with ``CR LF`` before such an ``endstream``.

    Its length and all offsets stay: the line feed before ``stream``, which need not be there, makes room.
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
