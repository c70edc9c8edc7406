"""The console's request guard: it refuses forged posts and sets security headers."""

import http.client
import re
from collections.abc import Iterator

import pytest

from tests import servers
from tests.console.visits import Visitor
from tests.servers import Server
from tests.waiting import DEADLINE


@pytest.fixture
def visitor(console: Server) -> Visitor:
    return Visitor(console.url)


def status_of(console: Server, name: str) -> str:
    return str(console.client().describe_model_card(ModelCardName=name)["ModelCardStatus"])


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, False),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://127.0.0.1:1"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
    ],
)
def test_a_post_from_elsewhere_or_without_a_token_changes_nothing(
    console: Server, visitor: Visitor, headers: dict[str, str], token: bool
) -> None:
    visitor.get("/cards/credit-scorecard-2021")
    answer = visitor.post("/cards/credit-scorecard-2021/status", [("status", "Draft")], headers, token=token)
    assert answer.status == 403
    assert "did not come from a page of this console" in answer.text
    assert status_of(console, "credit-scorecard-2021") == "Archived"


def test_a_token_of_another_session_is_refused(console: Server, visitor: Visitor) -> None:
    other = Visitor(console.url)
    other.get("/cards/credit-scorecard-2021")
    visitor.get("/cards/credit-scorecard-2021")
    visitor.token = other.token
    assert visitor.post("/cards/credit-scorecard-2021/status", [("status", "Draft")]).status == 403


def test_a_post_of_the_page_itself_is_taken(console: Server, visitor: Visitor) -> None:
    console.client().create_model_card(ModelCardName="guard-open", Content="{}", ModelCardStatus="Draft")
    visitor.get("/cards/guard-open")
    headers = {"Origin": console.url, "Sec-Fetch-Site": "same-origin"}
    assert visitor.post("/cards/guard-open/status", [("status", "Approved")], headers).status == 200
    assert status_of(console, "guard-open") == "Approved"


def test_every_answer_carries_its_policy(visitor: Visitor) -> None:
    for path in (
        "/cards",
        "/cards/fraud-classifier",
        "/cards/no-such",
        "/static/console.css",
        "/help",
        "/drafts/x/model",
    ):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
    session = next(cookie for cookie in visitor.cookies if cookie.name == "cardwright")
    assert session.has_nonstandard_attr("HttpOnly")
    assert session.get_nonstandard_attr("SameSite") == "Lax"


@pytest.mark.parametrize(
    ("host", "scheme", "expected"),
    [
        ("cards.example.com", "https", "max-age=31536000"),
        ("cards.example.com:8443", "https", "max-age=31536000"),
        ("cards.example.com", "http", None),
        ("localhost", "https", None),
        ("127.0.0.1:8443", "https", None),
        ("[::1]:8443", "https", None),
    ],
)
def test_browsers_are_kept_to_tls_where_a_trusted_proxy_has_it(
    tls_proxied: Server, host: str, scheme: str, expected: str | None
) -> None:
    headers = {"Host": host, "X-Forwarded-Proto": scheme, "X-Forwarded-For": "9.9.9.9"}
    for path in ("/sign-in", "/cards", "/static/console.css", "/no-such-page"):
        answered = http.client.HTTPConnection("127.0.0.1", tls_proxied.port, timeout=DEADLINE)
        answered.request("GET", path, headers=headers)
        assert answered.getresponse().headers["Strict-Transport-Security"] == expected, path
        answered.close()


def test_a_forwarded_scheme_from_elsewhere_keeps_no_browser_to_tls(console: Server) -> None:
    answer = Visitor(console.url).get("/cards", {"X-Forwarded-Proto": "https"})
    assert answer.headers["Strict-Transport-Security"] is None


@pytest.fixture(scope="module")
def tls_proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("proxied")
    with servers.running(home, "--trusted-proxy", "127.0.0.1", "--auth", "sigv4") as server:
        yield server


def test_pages_are_not_kept_by_caches_and_files_are(visitor: Visitor) -> None:
    assert visitor.get("/cards").headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in visitor.get("/static/console.css").headers["Cache-Control"]


def test_another_name_of_this_machine_is_not_answered(console: Server) -> None:
    line = http.client.HTTPConnection("127.0.0.1", console.port)
    line.request("GET", "/cards", headers={"Host": "rebound.example"})
    assert line.getresponse().status == 403
    line.close()


def test_the_way_back_leads_nowhere_else(visitor: Visitor) -> None:
    visitor.get("/cards")
    for back in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = visitor.post("/appearance", [("theme", "dark"), ("back", back)])
        assert answer.url.startswith(visitor.url)
        assert visitor.ask("/bulk", [("back", back)]).url.startswith(visitor.url)
        assert back not in visitor.ask("/bulk", [("do", "export"), ("card", "fraud-classifier"), ("back", back)]).text


def test_without_sign_in_there_are_no_people_to_manage(visitor: Visitor) -> None:
    for path in ("/sign-in", "/users", "/users/new", "/keys", "/me"):
        assert visitor.get(path).status == 404, path


def test_drafts_belong_to_their_author_alone(console: Server, visitor: Visitor) -> None:
    draft = visitor.begin("mine-alone")
    assert visitor.get(f"{draft}/model").status == 200
    assert visitor.get("/drafts/01900000-0000-7000-8000-000000000000/model").status == 404
    assert visitor.get(f"{draft}/nothing").status == 404


def test_logs_hold_no_content(console: Server, visitor: Visitor) -> None:
    draft = visitor.begin("secret-draft")
    visitor.save(draft, "model", [("model_overview.model_description", "the-secret-words")])
    visitor.get("/cards?q=the-secret-words")
    assert "the-secret-words" not in console.log.read_text()


def test_a_deep_link_to_a_page_of_the_list_goes_on_after_it(console: Server, visitor: Visitor) -> None:
    for number in range(60):
        console.client().create_model_card(ModelCardName=f"paged-{number:02}", Content="{}", ModelCardStatus="Draft")
    seen: list[str] = []
    path = "/cards?q=paged&sort=name"
    while path:
        page = visitor.get(path).text
        seen += [part.split('"')[0] for part in page.split('name="card" value="')[1:]]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"paged-{number:02}" for number in range(60)]
    for wrong in ("x", "bnVsbA", "WyJhIiwgMV0", "%5B1%2C2%5D"):
        assert visitor.get(f"/cards?after={wrong}").status == 200


def test_the_page_to_sign_in_has_its_styles_and_scripts_before_anyone_signed_in(team: Server) -> None:
    stranger = Visitor(team.url)
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', stranger.get("/sign-in").text)
    assert any("tokens.css" in file for file in files)
    answers = {file: stranger.get(file) for file in files}
    assert {file: answer.url for file, answer in answers.items()} == {file: team.url + file for file in files}
    assert {answer.status for answer in answers.values()} == {200}
