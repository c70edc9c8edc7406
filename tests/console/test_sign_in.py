"""Signing in over plain HTTP: who gets in, with which cookie, and what it takes to get in by trying."""

import http.client
import json
import re
import time
from pathlib import Path

import pytest

from tests import servers
from tests.console.team import PASSWORD, add_users, sign_in, signed_in
from tests.console.visits import Visitor
from tests.servers import Server


def test_a_page_leads_to_sign_in_and_back_to_itself(team: Server) -> None:
    visitor = Visitor(team.url)
    asked = visitor.get("/cards?status=Draft")
    assert asked.url.startswith(f"{team.url}/sign-in?next=")
    back = re.search(r'name="next" value="([^"]+)"', asked.text)
    assert back
    answer = visitor.post("/sign-in", [("user", "mei"), ("password", PASSWORD), ("next", back[1])])
    assert answer.url == f"{team.url}/cards?status=Draft"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/sign-out", "/\tx", "cards"]
)
def test_the_way_back_leads_to_no_other_site(team: Server, back: str) -> None:
    _, answer = sign_in(team, "mei", next=back)
    assert answer.url == f"{team.url}/cards"


def test_wrong_name_and_wrong_password_get_the_same_answer(team: Server) -> None:
    add_users(team, dora="viewer")
    _, wrong = sign_in(team, "dora", "not the password")
    _, unknown = sign_in(team, "nobody-like-that", "not the password")
    assert (wrong.status, unknown.status) == (422, 422)

    def plain(text: str) -> str:
        text = re.sub(r'name="token" value="[^"]+"', "", text)
        return re.sub(r'name="user" value="[^"]+"', "", text)

    assert plain(wrong.text) == plain(unknown.text)
    assert "do not go together" in wrong.text


def test_the_cookie_is_for_this_site_and_no_script_and_each_sign_in_has_its_own(team: Server) -> None:
    visitor = signed_in(team, "mei")
    cookie = next(one for one in visitor.cookies if one.name == "cardwright-session")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    assert not cookie.secure
    first = cookie.value
    visitor.cookies.clear()
    visitor.get("/sign-in")
    planted = "000000000000." + "A" * 43
    headers = {"Cookie": f"cardwright-session={planted}"}
    assert visitor.get("/cards", headers).url.startswith(f"{team.url}/sign-in")
    visitor.post("/sign-in", [("user", "mei"), ("password", PASSWORD)])
    second = next(one.value for one in visitor.cookies if one.name == "cardwright-session")
    assert second not in {first, planted}


def test_only_a_digest_of_the_cookie_is_stored(team: Server) -> None:
    visitor = signed_in(team, "mei")
    token = next(str(one.value) for one in visitor.cookies if one.name == "cardwright-session").partition(".")[2]
    for file in ("cardwright.db", "cardwright.db-wal", "server.log"):
        data = (team.home / file).read_bytes()
        assert token.encode() not in data
        assert PASSWORD.encode() not in data


def test_over_tls_the_cookies_are_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--auth", "sigv4", "--trusted-proxy", "127.0.0.1") as server:
        add_users(server, ana="admin")

        def send(method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
            line = http.client.HTTPConnection("127.0.0.1", server.port)
            common = {"Host": "cards.example.com", "X-Forwarded-For": "203.0.113.9"}
            form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            line.request(method, path, body or None, common | form | headers)
            answer = line.getresponse()
            answer.page = answer.read().decode()  # type: ignore[attr-defined]  # read before the line closes
            line.close()
            return answer

        plain = send("GET", "/sign-in")
        assert "This connection is not encrypted" in plain.page  # type: ignore[attr-defined]
        assert 'name="password"' not in plain.page  # type: ignore[attr-defined]
        secure = {"X-Forwarded-Proto": "https"}
        asked = send("GET", "/sign-in", **secure)
        cookie = asked.headers.get_all("Set-Cookie", [])[0]
        assert cookie.startswith("__Host-cardwright=")
        assert "Secure" in cookie
        token = re.search(r'name="token" value="([^"]+)"', asked.page)  # type: ignore[attr-defined]
        assert token
        body = f"token={token[1]}&user=ana&password={PASSWORD.replace(' ', '+')}"
        refused = send("POST", "/sign-in", body, Cookie=cookie.partition(";")[0].removeprefix("__Host-"))
        assert refused.status == 403
        assert "cardwright-session" not in str(refused.headers)
        entered = send("POST", "/sign-in", body, Cookie=cookie.partition(";")[0], **secure)
        assert entered.status == 303
        session = next(
            one for one in entered.headers.get_all("Set-Cookie", []) if one.startswith("__Host-cardwright-session=")
        )
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
        assert "Domain" not in session
        assert send("GET", "/cards", Cookie=session.partition(";")[0], **secure).status == 200


def test_a_forwarded_scheme_of_anybody_else_is_not_believed(team: Server) -> None:
    answer = Visitor(team.url).get("/sign-in", {"X-Forwarded-Proto": "https"})
    assert all("__Host-" not in one for one in answer.headers.get_all("Set-Cookie", []))


def test_with_no_user_yet_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--auth", "sigv4") as server:
        page = Visitor(server.url).get("/").text
        assert "cardwright user create YOUR-NAME --role admin" in page
        assert 'name="password"' not in page
        add_users(server, ana="admin")
        assert 'name="password"' in Visitor(server.url).get("/").text


def test_sign_out_ends_the_session_for_good(team: Server) -> None:
    visitor = signed_in(team, "mei")
    kept = next(one for one in visitor.cookies if one.name == "cardwright-session")
    assert "You are signed out" in visitor.post("/sign-out", []).text
    visitor.cookies.set_cookie(kept)
    assert visitor.get("/cards").url.startswith(f"{team.url}/sign-in")


def test_a_refused_try_is_logged_by_its_reason_and_a_name_that_nobody_has_is_not(team: Server) -> None:
    add_users(team, logged="viewer")
    sign_in(team, "my-secret-typed-as-a-name", "x" * 12)
    sign_in(team, "logged", "x" * 12)
    lines: list[dict[str, str]] = []
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and not any(line.get("user") == "logged" for line in lines):
        lines = [json.loads(line) for line in team.log.read_text().splitlines() if line.startswith("{")]
    assert next(line for line in lines if line.get("user") == "logged")["code"] == "WrongPassword"
    assert any(line.get("code") == "UnknownUser" for line in lines)
    assert "my-secret-typed-as-a-name" not in team.log.read_text()
