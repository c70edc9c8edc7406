"""A visitor without a browser: cookies, tokens and forms over plain HTTP, for what a browser would not send."""

import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

from tests.console.browser_form import multipart
from tests.waiting import DEADLINE


class Answer:
    def __init__(self, status: int, headers: Any, body: bytes, url: str) -> None:
        self.status, self.headers, self.text, self.url = status, headers, body.decode(), url


class Visitor:
    """Keeps the session's cookie, and the token of the last page."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.token = ""
        self.revision = ""

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self._send(urllib.request.Request(self.url + path, headers=headers or {}))

    def ask(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form whose method is GET."""
        return self.get(f"{path}?{urllib.parse.urlencode(fields)}")

    def post(
        self, path: str, fields: list[tuple[str, str]], headers: dict[str, str] | None = None, *, token: bool = True
    ) -> Answer:
        given = [("token", self.token), *fields] if token else fields
        data = urllib.parse.urlencode(given).encode()
        return self._send(urllib.request.Request(self.url + path, data=data, headers=headers or {}))

    def upload(self, path: str, fields: list[tuple[str, str]], name: str, filename: str, data: bytes) -> Answer:
        boundary = "----cardwright-test"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in [("token", self.token), ("revision", self.revision), *fields]
        ]
        disposition = f'form-data; name="{name}"; filename="{filename}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/json\r\n\r\n"
        body = b"".join([*parts, head.encode(), data, f"\r\n--{boundary}--\r\n".encode()])
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._send(urllib.request.Request(self.url + path, data=body, headers=headers))

    def submit(self, path: str, content_type: str, body: bytes) -> Answer:
        """Send a form that is encoded already."""
        return self._send(urllib.request.Request(self.url + path, data=body, headers={"Content-Type": content_type}))

    def begin(self, name: str) -> str:
        """Begin a draft; gives its address without the step."""
        self.get("/new")
        answer = self.post("/drafts", [("name", name), ("do", "save")])
        assert answer.status == 200, answer.text[:500]
        return urllib.parse.urlsplit(answer.url).path.rpartition("/")[0]

    def save(self, draft: str, step: str, fields: list[tuple[str, str]], do: str = "save") -> Answer:
        """Send a step of the form, as its page encodes it."""
        posted = [("token", self.token), ("revision", self.revision), ("do", do), *fields]
        return self.submit(f"{draft}/{step}", *multipart(posted))

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=DEADLINE) as answer:
                found = Answer(answer.status, answer.headers, answer.read(), answer.url)
        except urllib.error.HTTPError as error:
            found = Answer(error.code, error.headers, error.read(), error.url)
        token = re.search(r'name="token" value="([^"]+)"', found.text)
        revision = re.search(r'name="revision" value="(\d+)"', found.text)
        self.token = token[1] if token else self.token
        self.revision = revision[1] if revision else self.revision
        return found
