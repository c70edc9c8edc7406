"""What goes wrong around a server: clients that dawdle or lie, ports taken, files gone, logs that cannot be written."""

import contextlib
import json
import shutil
import socket
import sqlite3
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from tests import servers
from tests.cli.commands import run
from tests.console.visits import Visitor
from tests.servers import CARDWRIGHT, Server
from tests.waiting import DEADLINE
from tests.wire.calls import account, arn, content, create, fresh, post, refused, request

_HALF = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: SageMaker.ListModelCards\r\nContent-Length: 100\r\n\r\n{"


def test_clients_that_send_half_a_request_delay_no_others(open_server: Server) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(200):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", open_server.port)))
            slow.sendall(_HALF if number % 2 else b"")
        assert post(open_server, "ListModelCards", {}).status == 200


def test_a_second_server_on_the_port_is_refused(open_server: Server, tmp_path: Path) -> None:
    command = [CARDWRIGHT, "serve", "--home", str(tmp_path), "--port", str(open_server.port)]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=DEADLINE)
    assert ended.returncode == 1
    assert b"Cannot listen on 127.0.0.1 port" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_a_server_may_be_named_localhost(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--host", "localhost") as server:
        assert post(server, "ListModelCards", {}).status == 200


def test_a_very_long_name_is_refused(open_server: Server) -> None:
    answer = post(open_server, "DescribeModelCard", {"ModelCardName": arn("a" * 1_000_000 + "_")})
    assert answer.status == 400
    assert len(answer.body) < 2_000_000


def test_a_list_that_is_too_long_gets_one_sentence(open_server: Server) -> None:
    answer = post(open_server, "DeleteTags", {"ResourceArn": arn("x"), "TagKeys": ["!"] * 100_000})
    assert answer.status == 400
    assert len(answer.body) < 1000


def test_wrong_types_are_reported_with_the_members_own_name(open_server: Server) -> None:
    assert b"A string found at 'maxResults'" in post(open_server, "ListModelCards", {"MaxResults": "5"}).body


def test_a_database_file_that_is_taken_away_is_noticed(tmp_path: Path) -> None:
    with servers.running(tmp_path) as server:
        client = server.client()
        create(client)
        (tmp_path / "cardwright.db").rename(tmp_path / "elsewhere.db")
        with refused("ServiceUnavailable", "removed or replaced"):
            create(client)
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"{server.url}/readyz", timeout=DEADLINE)
        (tmp_path / "elsewhere.db").rename(tmp_path / "cardwright.db")
        create(client)


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_write_ahead_log_that_is_taken_away_is_noticed(tmp_path: Path, suffix: str) -> None:
    name = f"cardwright.db{suffix}"
    with servers.running(tmp_path) as server:
        client = server.client()
        create(client)
        (tmp_path / name).rename(tmp_path / "elsewhere")
        for _ in range(2):
            with refused("ServiceUnavailable", f"{name} was removed or replaced"):
                create(client)
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"{server.url}/readyz", timeout=DEADLINE)
        assert server.log_after("while it is in use").count("while it is in use") == 1
        (tmp_path / "elsewhere").rename(tmp_path / name)
        create(client)


def test_a_database_file_may_be_a_link_and_a_changed_link_stops_writes(tmp_path: Path) -> None:
    home, disk, other = (tmp_path / name for name in ("home", "disk", "other"))
    for folder in (home, disk):
        folder.mkdir()
    link, file = home / "cardwright.db", disk / "real.db"
    link.symlink_to("../disk/real.db")
    with servers.running(home) as server:
        before = create(server.client())
    assert file.stat().st_size > 0
    shutil.copytree(disk, other)
    with servers.running(home) as server:
        client = server.client()
        kept = create(client)
        assert (disk / "real.db-wal").exists()
        assert not (home / "cardwright.db-wal").exists()
        for arguments in (["verify"], ["backup", str(tmp_path / "backup")]):
            result = subprocess.run([CARDWRIGHT, *arguments, "--home", str(home)], check=False, capture_output=True)
            assert (result.returncode, b"2 cards" in result.stdout) == (0, True), result.stderr
        link.unlink()
        link.symlink_to("../other/real.db")
        with refused("ServiceUnavailable", "cardwright.db was removed or replaced"):
            create(client)
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"{server.url}/readyz", timeout=DEADLINE)
        assert len(client.list_model_cards()["ModelCardSummaries"]) == 2
        link.unlink()
        link.symlink_to(file)
        kept_later = create(client)
    assert not list(other.glob("*-wal"))
    restored = tmp_path / "restored"
    subprocess.run([CARDWRIGHT, "restore", str(tmp_path / "backup"), "--home", str(restored)], check=True)
    for where, expected in ((home, {before, kept, kept_later}), (restored, {before, kept})):
        with contextlib.closing(sqlite3.connect(where / "cardwright.db")) as database:
            assert {name for (name,) in database.execute("SELECT name FROM cards")} == expected


def test_what_was_acknowledged_before_the_log_was_taken_away_survives_a_polite_stop(tmp_path: Path) -> None:
    with servers.running(tmp_path) as server:
        name = create(server.client())
        (tmp_path / "cardwright.db-wal").unlink()
        with refused("ServiceUnavailable"):
            create(server.client())
        assert server.stop() == 0
    with servers.running(tmp_path) as server:
        assert [card["ModelCardName"] for card in server.client().list_model_cards()["ModelCardSummaries"]] == [name]


def test_another_store_written_over_the_database_file_is_noticed(tmp_path: Path) -> None:
    """`cp other.db cardwright.db` keeps the file and changes all that is in it."""
    for home in (tmp_path / "other", tmp_path / "used"):
        with servers.running(home, empty=True) as server:  # a store of its own, and no copy of a common one
            create(server.client())
    with servers.running(tmp_path / "used") as server:
        client = server.client()
        file = tmp_path / "used" / "cardwright.db"
        file.write_bytes((tmp_path / "other" / "cardwright.db").read_bytes())
        with refused("ServiceUnavailable", "is damaged, or was overwritten"):
            create(client)
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"{server.url}/readyz", timeout=DEADLINE)
        assert server.log_after("overwritten while").count("overwritten while") == 1


def test_a_read_detects_an_overwritten_database_file(tmp_path: Path) -> None:
    with servers.running(tmp_path) as server:
        create(server.client())
    with servers.running(tmp_path) as server:
        client = server.client()
        file = tmp_path / "cardwright.db"
        file.write_bytes(b"\x55" * file.stat().st_size)
        with refused("ServiceUnavailable"):
            client.list_model_cards()
        with refused("ServiceUnavailable", "is damaged, or was overwritten"):
            create(client)


def test_other_programs_on_the_database_take_nothing_away(tmp_path: Path) -> None:
    """Checkpoints, closed connections and commands next to a server keep its files."""
    with servers.running(tmp_path, "--auth", "sigv4") as server:
        key = server.key("123456789012", "ann", "author")
        create(server.client(*key))
        with contextlib.closing(sqlite3.connect(tmp_path / "cardwright.db")) as other:
            assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        for command in (["backup", str(tmp_path / "kept")], ["migrate"], ["verify"]):
            assert run(*command, "--home", str(tmp_path)).returncode == 0
        create(server.client(*key))
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=DEADLINE) as answer:
            assert answer.status == 200


def test_a_log_that_cannot_be_written_takes_no_answer_away(tmp_path: Path) -> None:
    port = servers.free_port()
    command = [CARDWRIGHT, "serve", "--home", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        server = Server(tmp_path, port, process, tmp_path / "server.log", ())
        servers.wait_until_ready(server)
        assert process.stderr is not None
        process.stderr.close()  # the log has no reader any more
        assert post(server, "ListModelCards", {}).status == 200
        assert post(server, "ListModelCards", {}).status == 200
        server.stop()


def test_the_store_is_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "open-folder"
    home.mkdir(mode=0o755)
    with servers.running(home, empty=True) as server:
        create(server.client())
        files = [*home.glob("cardwright.db*"), home / "server.key"]
        assert all(file.stat().st_mode & 0o077 == 0 for file in files), files


@pytest.mark.parametrize(
    ("headers", "source"),
    [
        ({}, "127.0.0.1"),
        ({"X-Forwarded-For": "9.9.9.9"}, "9.9.9.9"),
        ({"X-Forwarded-For": "127.0.0.1, 9.9.9.9"}, "9.9.9.9"),
        ({"X-Forwarded-For": "9.9.9.9", "X_Forwarded_For": "127.0.0.1"}, "9.9.9.9"),
        ({"X-Forwarded-For": "not an address"}, "unknown"),
    ],
)
def test_a_trusted_proxy_states_the_source_and_clients_cannot(
    proxied_server: Server, headers: dict[str, str], source: str
) -> None:
    name = fresh("source")
    answer = post(proxied_server, "DescribeModelCard", {"ModelCardName": name}, headers)
    assert answer.status == 400
    request_id = answer.headers["x-amzn-requestid"]
    lines = [line for line in proxied_server.log_after(request_id).splitlines() if request_id in line]
    assert json.loads(lines[-1])["source"] == source


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_client_behind_an_untrusted_local_proxy_is_not_local(open_server: Server, header: str) -> None:
    through = {"Host": "localhost", header: "for=9.9.9.9"}
    assert request(open_server, "GET", "/metrics", headers={"Host": "localhost"}).status == 200
    assert request(open_server, "GET", "/metrics", headers=through).status == 403


@pytest.fixture(scope="module")
def proxied_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.running(tmp_path_factory.mktemp("proxied"), "--trusted-proxy", "127.0.0.1") as server:
        yield server


def test_listing_keys_makes_no_store(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert run("key", "list", "--home", str(nowhere)).returncode == 1
    assert not nowhere.exists()


def test_a_listed_key_can_be_read_whole(signed_server: Server) -> None:
    key_id, _ = signed_server.key(account(), "someone", "viewer")
    assert key_id in run("key", "list", *signed_server.store_options).stdout.decode()


@pytest.mark.parametrize("first", [0x0430, 0x4E00, 0x1F300])
def test_the_longest_texts_of_any_script_are_kept(open_server: Server, first: int) -> None:
    """What an index holds is short enough for it, however many bytes its letters take, and however unlike they are."""
    client = open_server.client()
    random = Random(first)  # noqa: S311 - no secret; letters that repeat would be packed
    text = "".join(chr(first + random.randrange(200)) for _ in range(1024))
    longest = content(model_name=text, model_id=text, model_owner=text, model_creator=text, model_description=text)
    name = create(client, document=longest)
    assert client.describe_model_card(ModelCardName=name)["Content"] == longest
    client.update_model_card(ModelCardName=name, Content=content(model_name=text[1:]))
    page = Visitor(open_server.url).get(f"/cards?{urlencode({'model': text[1:]})}").text
    assert f'href="/cards/{name}?list=' in page


def test_a_request_with_very_many_faults_gets_a_bounded_answer(open_server: Server) -> None:
    leaf: dict[str, Any] = {"Filters": [{}] * 20}
    tree = {"SubExpressions": [{"SubExpressions": [leaf] * 20}] * 20}
    answer = post(open_server, "Search", {"Resource": "ModelCard", "SearchExpression": tree})
    result = json.loads(answer.body)["Message"]
    assert (answer.status, result.startswith("100 or more validation errors detected: ")) == (400, True)
    assert result.count("failed to satisfy constraint") == 100
