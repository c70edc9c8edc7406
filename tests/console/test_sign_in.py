"""Signing in over plain HTTP: who is let in, with which cookie, and how guesses are limited."""

import http.client
import json
import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from cardwright.core.sessions import USER_LIMIT
from tests import servers
from tests.cli.commands import run_text
from tests.console.team import PASSWORD, add_users, newly_signed_in, sign_in
from tests.console.visits import Visitor
from tests.servers import Server
from tests.waiting import DEADLINE


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
    _, unknown = sign_in(team, "unknown-person", "not the password")
    assert (wrong.status, unknown.status) == (422, 422)

    def plain(text: str) -> str:
        text = re.sub(r'name="token" value="[^"]+"', "", text)
        return re.sub(r'name="user" value="[^"]+"', "", text)

    assert plain(wrong.text) == plain(unknown.text)
    assert "Wrong name or password" in wrong.text


def test_the_cookie_is_for_this_site_and_no_script_and_each_sign_in_has_its_own(team: Server) -> None:
    visitor = newly_signed_in(team, "mei")
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
    visitor = newly_signed_in(team, "mei")
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
        device = next(
            one for one in entered.headers.get_all("Set-Cookie", []) if one.startswith("__Host-cardwright-device=")
        )
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(device.split("; "))
        assert send("GET", "/cards", Cookie=session.partition(";")[0], **secure).status == 200


def test_a_forwarded_scheme_of_another_sender_is_not_believed(team: Server) -> None:
    answer = Visitor(team.url).get("/sign-in", {"X-Forwarded-Proto": "https"})
    assert all("__Host-" not in one for one in answer.headers.get_all("Set-Cookie", []))


def test_an_unencrypted_sign_in_through_a_local_proxy_is_refused(team: Server) -> None:
    page = Visitor(team.url).get("/sign-in", {"X-Forwarded-For": "203.0.113.9"}).text
    assert ("This connection is not encrypted" in page, 'name="password"' in page) == (True, False)


def test_signing_in_leads_back_to_an_address_of_any_letters(team: Server) -> None:
    answer = Visitor(team.url).get("/cards/%C3%A9t%C3%A9?version=1")
    assert answer.url.endswith("/sign-in?next=/cards/%C3%A9t%C3%A9?version%3D1")


def test_with_no_user_yet_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--auth", "sigv4") as server:
        page = Visitor(server.url).get("/").text
        assert "cardwright user create YOUR-NAME --role admin" in page
        assert 'name="password"' not in page
        add_users(server, ana="admin")
        assert 'name="password"' in Visitor(server.url).get("/").text


def test_sign_out_ends_the_session_for_good(team: Server) -> None:
    visitor = newly_signed_in(team, "mei")
    kept = next(one for one in visitor.cookies if one.name == "cardwright-session")
    assert "You are signed out" in visitor.post("/sign-out", []).text
    visitor.cookies.set_cookie(kept)
    assert visitor.get("/cards").url.startswith(f"{team.url}/sign-in")


def test_a_refused_try_is_logged_with_its_reason_and_an_unknown_name_is_not(team: Server) -> None:
    add_users(team, logged="viewer")
    sign_in(team, "my-secret-typed-as-a-name", "x" * 12)
    sign_in(team, "logged", "x" * 12)
    log = team.log_after('"user":"logged"')
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{") and line.endswith("}")]
    assert next(line for line in lines if line.get("user") == "logged")["code"] == "WrongPassword"
    assert any(line.get("code") == "UnknownUser" for line in lines)
    assert "my-secret-typed-as-a-name" not in team.log.read_text()


def test_tries_beyond_the_limit_learn_when_to_try_again_known_name_or_not(team: Server) -> None:
    add_users(team, tried="viewer")
    for name in ("tried", "not-there"):
        answers = [sign_in(team, name, "wrong password")[1] for _ in range(USER_LIMIT.at_once + 1)]
        assert [answer.status for answer in answers] == [422] * USER_LIMIT.at_once + [429]
        refused = answers[-1]
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert re.search(r"Too many failed attempts to sign in. Try again in \d+ seconds?\.", refused.text)
    assert sign_in(team, "tried")[1].status == 429
    assert newly_signed_in(team, "mei").get("/cards").status == 200
    with closing(sqlite3.connect(team.home / "cardwright.db", timeout=DEADLINE)) as database, database:
        database.execute("DELETE FROM sign_in_tries")  # every test comes from one address


def processor_time(server: Server) -> int:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_the_time_for_an_answer_does_not_tell_whether_a_name_exists(team: Server) -> None:
    add_users(team, timed="viewer", off="viewer")
    disable(team, "off")

    def took(name: str) -> int:
        """Hundredths of a second that the server's processor takes: those of the clock tell of other programs too."""
        visitor = Visitor(team.url)
        visitor.get("/sign-in")
        before = processor_time(team)
        for _ in range(4):
            visitor.post("/sign-in", [("user", name), ("password", "wrong password")])
        return processor_time(team) - before

    spent = {name: took(name) for name in ("timed", "off", "not-at-all", "not a name")}
    assert min(spent.values()) > 0.3 * max(spent.values()), spent
    assert min(spent.values()) > 4  # each hashes
    with closing(sqlite3.connect(team.home / "cardwright.db", timeout=DEADLINE)) as database, database:
        database.execute("DELETE FROM sign_in_tries")


def test_a_disabled_person_gets_the_answer_of_a_wrong_password(team: Server) -> None:
    add_users(team, gone="viewer")
    disable(team, "gone")
    _, answer = sign_in(team, "gone")
    assert (answer.status, "Wrong name or password" in answer.text) == (422, True)


def test_a_hash_of_weaker_parameters_is_replaced_at_sign_in(team: Server) -> None:
    add_users(team, early="viewer")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

    def kept(sql: str, *values: str) -> str:
        with closing(sqlite3.connect(team.home / "cardwright.db", timeout=DEADLINE)) as database, database:
            row = database.execute(sql, values).fetchone()
        return "" if row is None else str(row[0])

    kept("UPDATE users SET password = ? WHERE user_name = 'early'", weak)
    newly_signed_in(team, "early")
    assert kept("SELECT password FROM users WHERE user_name = 'early'").startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    newly_signed_in(team, "early")


def test_many_sign_ins_at_once_delay_no_other_user(team: Server) -> None:
    reader = newly_signed_in(team, "vic")
    key_id, secret = team.key("000000000000", "storm", "viewer")
    client = team.client(key_id, secret)
    statuses: list[int] = []

    def storm(number: int) -> None:
        statuses.append(sign_in(team, f"storm-{number}", "wrong password")[1].status)

    threads = [threading.Thread(target=storm, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    answered = 0
    while any(thread.is_alive() for thread in threads):
        client.list_model_cards(MaxResults=1)
        assert reader.get("/me").status == 200
        answered += 1
    assert answered > 1
    assert set(statuses) <= {422, 429}
    assert 422 in statuses
    with closing(sqlite3.connect(team.home / "cardwright.db", timeout=DEADLINE)) as database, database:
        database.execute("DELETE FROM sign_in_tries")


def test_a_session_ends_without_use(tmp_path: Path) -> None:
    idle = 3600
    with servers.running(tmp_path, "--auth", "sigv4", "--session-idle", str(idle)) as server:
        add_users(server, mei="author")
        visitor = newly_signed_in(server, "mei")
        assert visitor.get("/cards").url == f"{server.url}/cards"
        with closing(sqlite3.connect(server.home / "cardwright.db", timeout=DEADLINE)) as database, database:
            database.execute("UPDATE sessions SET seen_at = seen_at - ?", [idle * 1000 + 1])
        assert visitor.get("/cards").url.startswith(f"{server.url}/sign-in")


def test_the_token_of_a_form_belongs_to_one_session(team: Server) -> None:
    mei, ravi = newly_signed_in(team, "mei"), newly_signed_in(team, "ravi")
    mei.get("/cards/demand-forecaster")
    ravi.get("/cards/demand-forecaster")
    token, change = mei.token, [("status", "Archived")]
    ravi.token = token
    assert ravi.post("/cards/demand-forecaster/status", change).status == 403
    ravi.token = token
    vouched = ravi.post("/cards/demand-forecaster/status", change, {"Sec-Fetch-Site": "same-origin"})
    assert (vouched.status, "Send it once more?" in vouched.text) == (409, True)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        mei.get("/cards/demand-forecaster")
        assert mei.post("/cards/demand-forecaster/status", change, headers).status == 403
    assert "draft" in ravi.get("/cards/demand-forecaster").text


@pytest.mark.parametrize("path", ["/users", "/keys", "/me/password", "/me/sign-out", "/sign-out", "/users/ana/disable"])
def test_every_new_form_needs_its_token(team: Server, path: str) -> None:
    visitor = newly_signed_in(team, "ana")
    assert visitor.post(path, [("user", "x"), ("role", "viewer")], token=False).status == 403
    assert visitor.get("/me").status == 200


def test_what_waited_cannot_be_forged(team: Server) -> None:
    for unsent in ("x", "W10.aaaa.bbbb", "." + "A" * 3000):
        _, answer = sign_in(team, "mei", unsent=unsent)
        assert answer.url == f"{team.url}/cards"


def test_pages_of_a_user_are_not_cached_and_not_shown_to_others(team: Server) -> None:
    visitor = newly_signed_in(team, "ana")
    for path in ("/users", "/users/mei", "/keys", "/me", "/sign-in"):
        answer = visitor.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    stranger = Visitor(team.url)
    for path in ("/users", "/users/mei", "/me", "/drafts", "/help", "/nowhere", "/cards/fraud-classifier/export/json"):
        assert stranger.get(path).url.startswith(f"{team.url}/sign-in"), path
    assert stranger.get("/static/console.css").status == 200


def test_on_each_engine_people_sign_in_and_out_everywhere(signed_server: Server) -> None:
    add_users(signed_server, "535353535353", ana="admin", mei="author")
    first, answer = sign_in(signed_server, "mei", account="535353535353")
    assert answer.status == 200
    second, _ = sign_in(signed_server, "mei", account="535353535353")
    draft = first.begin("on-each-engine")
    assert second.get(f"{draft}/model").status == 200
    first.get("/me")
    assert "You are signed out" in first.post("/me/sign-out", []).text
    assert second.get(f"{draft}/model").url.startswith(f"{signed_server.url}/sign-in")
    ana, _ = sign_in(signed_server, "ana", account="535353535353")
    ana.get("/users/new")
    assert ana.post("/users", [("user", "tom"), ("role", "viewer"), ("password", PASSWORD)]).status == 200
    assert sign_in(signed_server, "tom", account="535353535353")[1].status == 200


def test_a_page_of_before_leads_to_a_new_one(team: Server) -> None:
    answer = Visitor(team.url).post("/sign-in", [("user", "mei"), ("password", PASSWORD)], {"Origin": team.url})
    assert answer.url == f"{team.url}/sign-in?old=1"
    assert "This page has expired" in answer.text


def test_people_of_another_account_see_nothing_and_sign_in_with_its_number(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--auth", "sigv4") as server:
        add_users(server, ana="admin")
        add_users(server, "123456789012", ana="admin", bob="author")
        client = server.client(*server.key("123456789012", "maker", "admin"))
        client.create_model_card(ModelCardName="theirs", Content="{}", ModelCardStatus="Draft")
        visitor, refused = sign_in(server, "ana")
        assert (refused.status, 'name="account"' in refused.text) == (422, True)
        fields = [("user", "ana"), ("password", PASSWORD), ("account", "000000000000")]
        assert "theirs" not in visitor.post("/sign-in", fields).text
        assert visitor.get("/cards/theirs").status == 404
        assert "bob" not in visitor.get("/users").text
        assert visitor.get("/users/bob").status == 404
        other, _ = sign_in(server, "ana", account="123456789012")
        assert "theirs" in other.get("/cards").text
        assert "bob" in other.get("/users").text


def test_roles_hold_whatever_a_page_offers(team: Server) -> None:
    vic, mei = newly_signed_in(team, "vic"), newly_signed_in(team, "mei")
    card = "/cards/waste-sorter-vision"
    for path, fields in (
        (f"{card}/status", [("status", "Archived")]),
        (f"{card}/tags", [("key", "a"), ("value", "b")]),
        (f"{card}/edit", []),
        (f"{card}/duplicate", []),
        (f"{card}/delete", [("name", "waste-sorter-vision")]),
        ("/drafts", [("name", "x"), ("do", "save")]),
        ("/import", [("text", '{"model_overview": {}}')]),
        ("/new/from", [("pick", "model:none")]),
        (f"{card}/exports/new", [("path", "s3://bucket"), ("job", "x")]),
        ("/users", [("user", "x"), ("role", "admin")]),
        ("/keys", [("user", "vic"), ("role", "viewer")]),
    ):
        vic.get("/cards")
        answer = vic.post(path, fields)
        assert answer.status == 403, path
        assert "You are signed in as vic, a viewer." in answer.text
    assert vic.ask("/bulk", [("do", "archive"), ("card", "waste-sorter-vision")]).status == 403
    for path in ("/bulk/archive/run", "/bulk/tag/run"):
        assert vic.post(path, [("card", "waste-sorter-vision")]).status == 403
    mei.get(card)
    answer = mei.post(f"{card}/status", [("status", "Approved")])
    assert (answer.status, "Only approvers and administrators can do this" in answer.text) == (403, True)
    assert "Pending review" in mei.get(card).text


def disable(server: Server, name: str) -> None:
    assert run_text("user", "disable", name, *server.store_options).returncode == 0
