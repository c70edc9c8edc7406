"""Findings in the console: the table, one finding, its state, evidence and waivers, and findings on a card's page."""

import csv
import datetime
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from cardwright.client.own_client import own_client
from cardwright.settings import Settings
from tests import servers
from tests.console.team import add_users, signed_in
from tests.console.visits import Answer, Visitor
from tests.servers import Server
from tests.storage.bulk import fill

ACCOUNT = "000000000000"


@pytest.fixture(scope="module")
def people(team: Server) -> Server:
    """The team's server with fay and finn, authors, and abe and amy, approvers."""
    add_users(team, fay="author", finn="author", abe="approver", amy="approver")
    return team


@pytest.fixture(scope="module")
def own(people: Server) -> Any:
    """A client for findings with a key of fay, an author."""
    return own_client(people.client(*people.key(ACCOUNT, "fay", "author")))


@pytest.fixture(scope="module")
def card(people: Server) -> str:
    client = people.client(*people.key(ACCOUNT, "fay", "author"))
    client.create_model_card(ModelCardName="findings-card", Content=json.dumps({}), ModelCardStatus="Draft")
    return "findings-card"


def opened(own: Any, card: str, title: str, severity: str = "high", **more: Any) -> str:
    """A finding, by its identifier."""
    answer = own.open_finding(ModelCardName=card, Title=title, Severity=severity, **more)
    identifier: str = answer["Finding"]["FindingId"]
    return identifier


def state_of(own: Any, finding: str) -> str:
    state: str = own.describe_finding(FindingId=finding)["Finding"]["State"]
    return state


def titles(answer: Answer) -> list[str]:
    """The titles in the table, in their order."""
    return re.findall(r'<td role="cell" class="c-name"><a href="[^"]*"[^>]*>([^<]*)</a>', answer.text)


def post(visitor: Visitor, finding: str, **fields: str) -> Answer:
    """Post a form of a finding as its page has it now, unless given otherwise."""
    page = visitor.get(f"/findings/{finding}").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    given = ({"seen": seen[1]} if seen else {}) | fields
    return visitor.post(f"/findings/{finding}", list(given.items()))


def test_the_most_severe_findings_come_first_then_the_earliest_due(own: Any, card: str, people: Server) -> None:
    for title, severity in (("order low", "low"), ("order critical", "critical"), ("order medium", "medium")):
        opened(own, card, title, severity)
    opened(own, card, "order medium, due first", "medium", DueTime="2100-01-01T00:00:00Z")
    opened(own, card, "order info", "info")
    shown = titles(signed_in(people, "vic").get(f"/findings?card={card}"))
    assert [title for title in shown if title.startswith("order")] == [
        "order critical", "order medium", "order medium, due first", "order low", "order info",
    ]  # fmt: skip


def test_a_finding_opens_next_to_the_list_and_keeps_its_filters(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Next to <b>the</b> list", Text="A <script>text</script>")
    answer = signed_in(people, "vic").get(f"/findings/{finding}?severity=grave&card={card}")
    assert answer.status == 200
    assert "Next to &lt;b&gt;the&lt;/b&gt; list" in answer.text
    assert "A &lt;script&gt;text&lt;/script&gt;" in answer.text
    assert f'href="/findings?severity=grave&amp;card={card}" aria-label="Close this finding"' in answer.text
    assert "Change state" not in answer.text
    assert "You read this finding" in answer.text


def test_the_state_changes_and_the_history_says_who_changed_what(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Moves through its states")
    abe = signed_in(people, "abe")
    assert "State: open to in progress" in post(abe, finding, state="in_progress").text
    done = post(abe, finding, state="closed", resolution="Retrained with new data.")
    assert (done.status, state_of(own, finding)) == (200, "closed")
    assert "State: in progress to closed" in done.text
    assert "Retrained with new data." in done.text
    assert "<b>abe</b> ended the finding" in done.text
    assert "Moves through its states" not in titles(abe.get(f"/findings?card={card}"))
    assert "Moves through its states" in titles(abe.get(f"/findings?card={card}&state=closed"))


def test_ending_without_a_resolution_is_refused_in_words(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Needs a resolution", "low")
    reply = post(signed_in(people, "abe"), finding, state="closed")
    assert (reply.status, "add a resolution" in reply.text, state_of(own, finding)) == (422, True, "open")


def test_the_owner_of_a_grave_finding_cannot_end_it_and_reads_why(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Owned by abe", Owner="abe")
    abe = signed_in(people, "abe")
    assert "You cannot end it: you are or were the owner" in abe.get(f"/findings/{finding}").text
    reply = post(abe, finding, state="closed", resolution="Fine.")
    assert (reply.status, "another person can close it" in reply.text) == (403, True)
    assert "Fine.</textarea>" in reply.text
    assert state_of(own, finding) == "open"


def test_a_viewer_who_posts_a_change_is_refused_and_reads_the_role(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Not for viewers", "low")
    reply = post(signed_in(people, "vic"), finding, state="in_progress")
    assert (reply.status, state_of(own, finding)) == (403, "open")
    assert "Only authors, approvers and administrators can do this" in reply.text


def test_an_owner_without_a_role_works_on_the_own_finding_only(own: Any, card: str, people: Server) -> None:
    add_users(people, vera="viewer")
    vera = signed_in(people, "vera")
    mine, other = opened(own, card, "Of vera", "low", Owner="vera"), opened(own, card, "Of no one", "low")
    assert post(vera, mine, state="in_progress").status == 200
    assert (state_of(own, mine), "Add evidence" in vera.get(f"/findings/{mine}").text) == ("in_progress", False)
    assert (post(vera, other, state="in_progress").status, state_of(own, other)) == (403, "open")


def test_owner_due_date_and_severity_change_in_one_form(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Edited", "low")
    abe = signed_in(people, "abe")
    done = post(abe, finding, owner="finn", due="2101-02-03", severity="medium", category="fairness")
    assert (done.status, "Owner: no one to finn" in done.text, "Severity: low to medium" in done.text) == (
        200, True, True,
    )  # fmt: skip
    changed = own.describe_finding(FindingId=finding)["Finding"]
    assert (changed["Owner"], changed["Severity"], changed["Category"]) == ("finn", "medium", "fairness")
    assert changed["DueTime"].date().isoformat() == "2101-02-03"


def test_wrong_entries_are_refused_and_kept_in_the_form(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Wrong entries", "low")
    abe = signed_in(people, "abe")
    reply = post(abe, finding, owner="unknown-person", due="2101-02-03")
    assert (reply.status, "unknown-person is not a person" in reply.text) == (422, True)
    assert 'value="unknown-person"' in reply.text
    assert 'value="2101-02-03"' in reply.text
    for fields in ({"due": "2001-01-01"}, {"due": "tomorrow"}, {"severity": "huge"}, {"state": "accepted"}):
        assert post(abe, finding, **fields).status == 422, fields


def test_a_form_that_was_shown_before_another_change_is_refused(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Changed by two", "low")
    abe, amy = signed_in(people, "abe"), signed_in(people, "amy")
    seen = re.search(r'name="seen" value="(\d+)"', abe.get(f"/findings/{finding}").text)
    assert seen is not None
    post(amy, finding, owner="finn")
    reply = abe.post(f"/findings/{finding}", [("seen", seen[1]), ("owner", "amy")])
    assert (reply.status, "amy changed the finding after you opened this page" in reply.text) == (409, True)
    assert own.describe_finding(FindingId=finding)["Finding"]["Owner"] == "finn"


def test_the_list_has_filters_for_state_severity_kind_owner_and_card(own: Any, card: str, people: Server) -> None:
    opened(own, card, "filter one", "critical", Kind="exception", Owner="finn")
    opened(own, card, "filter two", "low", Kind="limitation")
    finn = signed_in(people, "finn")
    for query, expected in (
        ("kind=exception&owner=FINN", {"filter one"}),
        ("severity=grave&kind=exception", {"filter one"}),
        ("kind=limitation&severity=low", {"filter two"}),
        ("state=remediated&kind=limitation", set()),
        ("overdue=1", set()),
        ("kind=huge&kind=limitation&severity=low&after=broken", {"filter one", "filter two"}),
    ):
        shown = {title for title in titles(finn.get(f"/findings?card={card}&{query}")) if title.startswith("filter")}
        assert shown == (expected if "huge" not in query else {"filter two"}), query
    assert "There is no card no-such-card" in finn.get("/findings?card=no-such-card").text
    assert "assigned to you" in finn.get("/cards").text


def test_the_list_is_searched_and_counters_filter_it(own: Any, card: str, people: Server) -> None:
    opened(own, card, "Sought <after>", severity="low", Text="In the description alone: quokka.")
    abe = signed_in(people, "abe")
    for words in ("sought", "QUOKKA", f"sought+{card}"):
        assert titles(abe.get(f"/findings?q={words}")) == ["Sought &lt;after&gt;"], words
    page = abe.get("/findings?q=sought+nowhere")
    assert ("No finding matches" in page.text, "Text: sought nowhere" in page.text) == (True, True)
    assert "Sought" in abe.get("/findings.csv?q=quokka").text
    for word, address in (
        ("Blocking an approval", "/findings?blocking=1"),
        ("Waivers ending in 30 days", "/findings?waiver=ends"),
    ):
        assert re.search(rf'href="{re.escape(address)}"><span class="cw-lab">{word}</span><b[^>]*>', page.text), word
        filtered = abe.get(address).text
        assert f'href="{address}" aria-current="true"' in filtered
        assert re.search(r'type="hidden" name="(waiver|blocking)"', filtered)


def test_the_list_is_a_csv_file_with_its_filters(own: Any, card: str, people: Server) -> None:
    title = '=HYPERLINK("https://example.com"), csv'
    opened(own, card, title, "critical", Owner="finn", Kind="exception", Category="legal")
    opened(own, card, "csv of another kind", "critical")
    abe = signed_in(people, "abe")
    page = abe.get(f"/findings?card={card}&kind=exception&severity=critical").text
    link = re.search(r'href="(/findings\.csv[^"]*)"', page)
    assert link is not None
    answer = abe.get(link[1].replace("&amp;", "&"))
    assert answer.headers["content-disposition"] == 'attachment; filename="findings.csv"'
    rows = {row["title"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert "csv of another kind" not in rows
    row = rows["'" + title]
    assert (row["severity"], row["card"], row["state"], row["owner"], row["overdue"], row["category"]) == (
        "critical", card, "open", "finn", "no", "legal",
    )  # fmt: skip
    assert abe.get("/findings.csv?card=no-such-card").status == 404


def test_pages_of_the_list_lead_forwards_and_back(own: Any, card: str, people: Server) -> None:
    for number in range(30):
        opened(own, "fraud-classifier", f"page {number:02}", "low")
    visitor = signed_in(people, "vic")
    first = visitor.get("/findings?card=fraud-classifier")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    second = visitor.get(following[1].replace("&amp;", "&"))
    back = re.search(r'rel="prev" href="([^"]+)"', second.text)
    assert back is not None
    assert len(set(titles(first)) | set(titles(second))) == 30
    assert titles(visitor.get(back[1].replace("&amp;", "&"))) == titles(first)


def test_unknown_findings_are_not_found(people: Server) -> None:
    visitor = signed_in(people, "vic")
    assert visitor.get("/findings/no-finding").status == 404
    assert visitor.get("/findings/00000000-0000-0000-0000-000000000000").status == 404


def upload(visitor: Visitor, path: str, data: bytes, name: str = "minutes.pdf", **fields: str) -> Answer:
    """Post a form with a file."""
    return visitor.upload(path, list(({"kind": "minutes"} | fields).items()), "file", name, data)


def stored_files(server: Server) -> set[str]:
    folder = server.home / "objects" / f"cardwright-evidence-{ACCOUNT}"
    return {path.name for path in folder.glob("*/*")}


def test_a_file_is_added_to_a_finding_and_downloaded_as_an_attachment(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "With a file", "low")
    abe = signed_in(people, "abe")
    abe.get(f"/findings/{finding}")
    data = b"<script>alert(1)</script>" * 1000
    done = upload(abe, f"/findings/{finding}/evidence?severity=low", data, "a b.html", note="From <b>June</b>")
    assert (done.status, "severity=low" in done.url) == (200, True)
    assert "From &lt;b&gt;June&lt;/b&gt;" in done.text
    assert "added the evidence a b.html" in done.text
    link = re.search(r'href="(/evidence/[^"]+/file)"', done.text)
    assert link is not None
    file = abe.get(link[1])
    assert file.text == data.decode()
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-security-policy"].startswith("sandbox")
    assert file.headers["x-content-type-options"] == "nosniff"


def test_a_refused_upload_leaves_no_file_and_no_record(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "No files here", "low")
    abe, vic = signed_in(people, "abe"), signed_in(people, "vic")
    abe.get(f"/findings/{finding}")
    before = stored_files(people)
    address, other = f"/findings/{finding}/evidence", f"/cards/{card}/evidence"
    for reply, status, words in (
        (upload(vic, address, b"from a viewer"), 403, "Only authors"),
        (upload(vic, other, b"from a viewer"), 403, "Only authors"),
        (upload(abe, address, b"a wrong kind", kind="Not A Kind"), 422, "is not a kind of evidence"),
        (upload(abe, address, b"a wrong name", name="..."), 422, "is not the name of a file"),
        (upload(abe, address, b"a long note", note="n" * 5000), 422, "characters"),
        (upload(abe, address, b""), 422, "The file is empty"),
        (upload(abe, other, b"no such version", version="99"), 404, ""),
        (upload(abe, "/cards/no-such-card/evidence", b"no card"), 404, ""),
        (upload(abe, address, bytes(50_000_001)), 422, "at most 50,000,000 bytes"),
        (upload(abe, address, bytes(57_000_000)), 413, "50 MB"),
        (abe.post(address, [("kind", "minutes")]), 422, "Choose a file"),
    ):
        assert (reply.status, words in reply.text) == (status, True), (words, reply.status, reply.text[:3000])
        abe.get(f"/findings/{finding}")
    assert stored_files(people) == before
    assert own.list_evidence(ModelCardName=card, FindingId=finding)["Evidence"] == []


def test_a_file_of_fifty_megabytes_is_stored_with_its_digest(own: Any, card: str, people: Server) -> None:
    abe = signed_in(people, "abe")
    abe.get(f"/cards/{card}/evidence/new")
    data = b"0123456789abcdef" * 3_125_000
    assert upload(abe, f"/cards/{card}/evidence", data, "large.bin", version="1", newest="1").status == 200
    found = own.list_evidence(ModelCardName=card)["Evidence"][0]
    assert (found["FileName"], found["FileSize"]) == ("large.bin", 50_000_000)
    assert found["FileSha256"] == hashlib.sha256(data).hexdigest()
    assert found["FileSha256"] in stored_files(people)


def in_days(days: int) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)).date().isoformat()


def asked_waiver(visitor: Visitor, finding: str, **fields: str) -> Answer:
    visitor.get(f"/findings/{finding}")
    given = {"reason": "An officer sees each case.", "until": in_days(30), "scope": "card"} | fields
    return visitor.post(f"/findings/{finding}/waiver", list(given.items()))


def decide(visitor: Visitor, answer: Answer, do: str, **fields: str) -> Answer:
    """Post a form of the first waiver on a page."""
    waiver = re.search(r"/waivers/([0-9a-f-]{36})/", answer.text)
    assert waiver is not None
    visitor.get("/findings")
    return visitor.post(f"/waivers/{waiver[1]}/{do}", list(fields.items()))


def test_a_waiver_is_asked_for_and_granted_by_a_second_person(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Waived until a date", Owner="finn")
    fay, abe = signed_in(people, "fay"), signed_in(people, "abe")
    asked = asked_waiver(fay, finding)
    assert "Waiver requested" in asked.text
    assert "You cannot grant it: you asked for the waiver: a second person agrees to it" in asked.text
    reply = decide(fay, asked, "grant")
    assert (reply.status, "a second person agrees" in reply.text, state_of(own, finding)) == (403, True, "open")
    assert "Waived until a date" in titles(abe.get("/findings?waiver=requested"))
    done = decide(abe, asked, "grant", until=in_days(20))
    assert (done.status, state_of(own, finding)) == (200, "accepted")
    assert "Waiver granted" in done.text
    assert "cw-fst-accepted" in done.text
    assert "waived until" in done.text
    revoked = decide(abe, asked, "revoke", reason="Rebuilt.")
    assert ("Rebuilt." in revoked.text, state_of(own, finding)) == (True, "open")


def test_a_request_for_a_waiver_is_refused_with_a_reason(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Refused waiver")
    fay, abe = signed_in(people, "fay"), signed_in(people, "abe")
    asked = asked_waiver(fay, finding)
    reply = decide(abe, asked, "revoke", refuse="1", reason=" ")
    assert (reply.status, "give a reason" in reply.text) == (422, True)
    done = decide(abe, asked, "revoke", refuse="1", reason="Fix it instead.")
    assert "Waiver refused" in done.text
    assert "Fix it instead." in done.text
    assert state_of(own, finding) == "open"


def test_a_waiver_needs_a_reason_and_an_end_within_the_limit(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Waiver without an end")
    fay = signed_in(people, "fay")
    for fields, words in (
        ({"until": ""}, "needs an end"),
        ({"reason": " "}, "needs a reason"),
        ({"until": in_days(91)}, "at most 90 days"),
        ({"until": in_days(-2)}, "The end has passed"),
        ({"scope": "everything"}, "covers the card or one version"),
    ):
        reply = asked_waiver(fay, finding, **fields)
        assert (reply.status, words in reply.text) == (422, True), words
    assert own.list_waivers(FindingId=finding)["Waivers"] == []
    assert asked_waiver(fay, finding, until=in_days(90)).status == 200, "the last day that is allowed"


def test_a_finding_is_opened_from_the_page_of_a_card(own: Any, card: str, people: Server) -> None:
    abe, vic = signed_in(people, "abe"), signed_in(people, "vic")
    page = abe.get(f"/cards/{card}").text
    assert f'href="/findings/new?card={card}"' in page
    assert "/findings/new" not in vic.get(f"/cards/{card}").text
    assert vic.get(f"/findings/new?card={card}").status == 403
    abe.get(f"/findings/new?card={card}")
    given = [("card", card), ("title", "From <the> page"), ("severity", "high"), ("kind", "limitation")]
    more = [("text", "Not for children."), ("pointer", "/intended_uses/risk_rating"), ("owner", "finn")]
    done = abe.post("/findings", [*given, *more])
    assert (done.status, "/findings/" in done.url) == (200, True)
    assert "From &lt;the&gt; page" in done.text
    assert f'href="/cards/{card}#intended-uses">Risk rating</a>' in done.text
    shown = vic.get(f"/cards/{card}").text
    assert "Known limitations of version 1" in shown
    assert "From &lt;the&gt; page" in shown


def test_a_finding_that_is_refused_keeps_what_was_entered(card: str, people: Server) -> None:
    abe = signed_in(people, "abe")
    abe.get("/findings/new")
    whole = {"card": card, "title": "Kept title", "severity": "low", "text": "Kept text", "due": "", "owner": ""}
    for fields, words in (
        ({"title": " "}, "The title of a finding is missing"),
        ({"severity": ""}, "Choose the severity"),
        ({"card": ""}, "Name the card"),
        ({"card": "a/b"}, "is not the name of a card"),
        ({"due": "2001-01-01"}, "The due date has passed"),
        ({"owner": "unknown-person"}, "is not a person of the account"),
        ({"pointer": "no-pointer"}, "is not a JSON Pointer"),
    ):
        reply = abe.post("/findings", list((whole | fields).items()))
        assert (reply.status, words in reply.text, "Kept text</textarea>" in reply.text) == (422, True, True), words
    assert abe.post("/findings", list((whole | {"card": "no-such-card"}).items())).status == 404


FAILING = """
policy: console-findings
version: 1
applies_to: {name: "checked-*"}
approval:
  approvals:
    - {role: approver, count: 1, independent: true}
  required_checks: [owner-named]
  blocking_findings: [critical, high]
  waivers: {by: model-risk, max_days: 30}
rules:
  - {id: owner-named, severity: error, require: [/model_overview/model_owner], title: The card <names> an owner}
reviewers:
  model-risk: [tom]
"""


@pytest.fixture(scope="module")
def checked(governed: Server) -> str:
    """A card in review by ben, una and tom, whose required check fails."""
    admin = own_client(governed.client(*governed.key(ACCOUNT, "loader-of-findings", "admin")))
    admin.put_review_policy(PolicyDocument=FAILING)
    author = governed.client(*governed.key(ACCOUNT, "lea", "author"))
    for name in ("checked-in-review", "checked-draft", "checked-waived"):
        author.create_model_card(ModelCardName=name, Content=json.dumps({}), ModelCardStatus="Draft")
    own_client(author).request_review(ModelCardName="checked-in-review", Reviewers=["ben", "una"])
    return "checked-in-review"


def test_one_click_makes_a_finding_of_a_failed_check(governed: Server, checked: str) -> None:
    una = signed_in(governed, "una")
    for name in (checked, "checked-draft"):
        page = una.get(f"/cards/{name}").text
        assert page.count('name="rule" value="owner-named"') == 1, name
        assert "The card &lt;names&gt; an owner" in page
        done = una.post(f"/cards/{name}/findings", [("rule", "owner-named")])
        assert (done.status, "Issue, from a failed check" in done.text) == (200, True)
        assert "Blocks approval" in done.text
        finding = done.url.rpartition("/")[2]
        again = una.post(f"/cards/{name}/findings", [("rule", "owner-named")])
        assert again.url.endswith(finding), "a check has one open finding"
        assert f'/findings/{finding}">' in una.get(f"/cards/{name}").text
        assert 'name="rule" value="owner-named"' not in una.get(f"/cards/{name}").text
    reply = una.post(f"/cards/{checked}/findings", [("rule", "no-such-rule")])
    assert (reply.status, "does not fail now" in reply.text) == (409, True)


def test_the_queue_shows_failed_checks_and_findings(governed: Server, checked: str) -> None:
    ben = signed_in(governed, "ben")
    queue = ben.get("/reviews/queue")
    pages = [queue.text] + [
        ben.get(path.replace("&amp;", "&")).text for path in re.findall(r'href="(/reviews/queue\?[^"]+)"', queue.text)
    ]
    page = next(text for text in pages if f'id="qn">{checked}<' in text)
    assert "The card &lt;names&gt; an owner" in page


def test_the_policy_says_who_grants_a_waiver(governed: Server, checked: str) -> None:
    own = own_client(governed.client(*governed.key(ACCOUNT, "mei", "author")))
    finding = opened(own, checked, "Waits for tom", "high")
    asked = asked_waiver(signed_in(governed, "mei"), finding)
    page = signed_in(governed, "una").get(f"/findings/{finding}").text
    assert "You cannot grant it: the review policy console-findings lets model-risk grant waivers" in page
    assert decide(signed_in(governed, "tom"), asked, "grant").status == 200
    assert state_of(own, finding) == "accepted"


def test_a_waiver_of_a_check_is_asked_for_and_granted_on_the_card(governed: Server, checked: str) -> None:
    name = "checked-waived"
    mei, tom = signed_in(governed, "mei"), signed_in(governed, "tom")
    assert f"/cards/{name}/waivers/new?rule=owner-named" in mei.get(f"/cards/{name}").text
    mei.get(f"/cards/{name}/waivers/new?rule=owner-named")
    given = [("rule", "owner-named"), ("reason", "The team is new."), ("scope", "card")]
    reply = mei.post(f"/cards/{name}/waivers", [*given, ("until", in_days(31))])
    assert (reply.status, "at most 30 days" in reply.text, "The team is new." in reply.text) == (422, True, True)
    asked = mei.post(f"/cards/{name}/waivers", [*given, ("until", in_days(10))])
    assert "Waiver requested" in asked.text
    refused = decide(mei, asked, "grant")
    assert (refused.status, "a second person agrees" in refused.text) == (403, True)
    granted = decide(tom, asked, "grant")
    assert "Waiver granted" in granted.text
    assert "1 failed" not in granted.text
    assert "Failed checks" not in granted.text
    ended = decide(mei, asked, "revoke", reason="Named now.")
    assert "Failed checks" in ended.text


def test_no_waiver_is_offered_where_the_policy_lets_no_one_grant_one(governed: Server) -> None:
    name = "waivers-of-no-one"
    author = governed.client(*governed.key(ACCOUNT, "lea", "author"))
    author.create_model_card(ModelCardName=name, Content=json.dumps({}), ModelCardStatus="Draft")
    lea = signed_in(governed, "lea")
    page = lea.get(f"/cards/{name}").text
    assert "Failed checks" in page
    assert f"/cards/{name}/waivers/new" not in page
    finding = lea.post(f"/cards/{name}/findings", [("rule", "owner-named")])
    assert "Issue, from a failed check" in finding.text
    assert "Ask for a waiver" not in finding.text
    assert "This policy lets no one grant waivers." in lea.get(f"/cards/{name}/waivers/new?rule=owner-named").text


def test_the_addresses_of_forms_lead_back_to_their_pages(own: Any, card: str, people: Server) -> None:
    finding = opened(own, card, "Addresses of forms", "low")
    vic = signed_in(people, "vic")
    asked = asked_waiver(signed_in(people, "fay"), finding)
    waiver = re.search(r"/waivers/([0-9a-f-]{36})/", asked.text)
    assert waiver is not None
    for address, expected in (
        (f"/findings/{finding}/evidence?card={card}", f"/findings/{finding}?card={card}"),
        (f"/findings/{finding}/waiver", f"/findings/{finding}"),
        (f"/waivers/{waiver[1]}/grant", f"/findings/{finding}"),
        (f"/cards/{card}/findings", f"/findings?card={card}"),
        (f"/cards/{card}/evidence", f"/cards/{card}#evidence"),
        (f"/cards/{card}/waivers", f"/cards/{card}#findings"),
    ):
        answer = vic.get(address)
        assert (answer.status, answer.url.removeprefix(people.url)) == (200, expected), address


def test_the_page_of_a_version_lists_the_evidence_of_that_version(own: Any, people: Server) -> None:
    client, name = people.client(*people.key(ACCOUNT, "fay", "author")), "findings-versions"
    client.create_model_card(ModelCardName=name, Content=json.dumps({}), ModelCardStatus="Draft")
    client.update_model_card(ModelCardName=name, Content=json.dumps({"business_details": {"line_of_business": "x"}}))
    abe = signed_in(people, "abe")
    abe.get(f"/cards/{name}/evidence/new?version=1")
    first = upload(abe, f"/cards/{name}/evidence", b"of the first", "first.txt", version="1")
    second = upload(abe, f"/cards/{name}/evidence", b"of the second", "second.txt", version="2", newest="1")
    assert first.url.endswith(f"/cards/{name}?version=1#evidence")
    assert second.url.endswith(f"/cards/{name}#evidence")
    for answer, file in ((first, "first.txt"), (second, "second.txt")):
        assert re.findall(r"download>([^<]+\.txt)</a>", answer.text) == [file]


def test_more_findings_than_are_counted_are_more_than_that(tmp_path: Path) -> None:
    fill(Settings(home=tmp_path), 3_000)
    with servers.running(tmp_path) as server:
        text = Visitor(server.url).get("/findings").text
    assert "More than 1,000 findings have not ended." in text
    numbers = re.findall(r'<b(?: class="cw-bad")?>(.*?)</b></a></li>', text)
    plain = [re.sub(r"<.*?>", "", number) for number in numbers]
    blocking, ends = plain.pop(3), plain.pop(5)
    assert plain == ["more than &gt; 1,000", "600", "3", "3", "3", "0"]
    assert (int(blocking), int(ends)) == (0, 0)
