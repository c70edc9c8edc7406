"""Answers made small for the line: pages each time, files once."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

_TYPES = frozenset({"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"})
_SMALLEST = 1024
_LEVEL = 5


def compress(app: Flask) -> None:
    """Give gzip to those who take it, where it saves anything."""

    @app.after_request
    def smaller(response: Response) -> Response:
        takes = request.accept_encodings.quality("gzip") > 0
        if not takes or response.mimetype not in _TYPES or response.status_code in {204, 304}:
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) < _SMALLEST:
            return response
        is_file = request.path.startswith("/static/")
        response.set_data(_packed(body) if is_file else gzip.compress(body, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        return response


@lru_cache(maxsize=32)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
