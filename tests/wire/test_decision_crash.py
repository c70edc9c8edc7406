"""A killed server leaves a decision with everything that follows from it, or nothing of it."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cardwright.client.own_client import own_client
from tests import servers
from tests.cli.commands import run_text
from tests.console.team import add_users
from tests.waiting import DEADLINE, wait_until
from tests.wire.calls import account, create

POLICY = "policy: two\napproval:\n  approvals: [{role: approver, count: 2, independent: true}]\n"
ROLES = {"ana": "author", "ben": "approver", "cem": "approver", "dora": "admin"}
CARDS, EARLY = 30, 20
DIGEST = hashlib.sha256(b"{}").hexdigest()


def test_a_kill_between_decision_and_status_leaves_both_or_neither(tmp_path: Path) -> None:
    server = servers.start(tmp_path / "home", "--auth", "sigv4")
    try:
        number = account()
        add_users(server, number, **ROLES)
        keys = {name: server.key(number, name, role) for name, role in ROLES.items()}
        clients = {name: server.client(*key) for name, key in keys.items()}
        own_client(clients["dora"]).put_review_policy(PolicyDocument=POLICY)
        names = [create(clients["ana"]) for _ in range(CARDS)]
        for name in names:
            own_client(clients["ana"]).request_review(ModelCardName=name)
        kept: dict[str, list[str]] = {"ben": [], "cem": []}

        def decide_all(by: str) -> None:
            for name in names:
                try:
                    own_client(clients[by]).decide_review(ModelCardName=name, Decision="approve", ContentDigest=DIGEST)
                except (BotoCoreError, ClientError):
                    return
                kept[by].append(name)

        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(decide_all, by) for by in kept]
            wait_until(lambda: len(kept["ben"]) + len(kept["cem"]) > EARLY)
            server.process.kill()
            server.process.wait()
            for one in running:
                one.result(timeout=DEADLINE)
        server = servers.start(tmp_path / "home", "--auth", "sigv4", port=server.port)
        check(clients["ana"], names, kept)
        verified = run_text("verify", *server.store_options, "--json")
        assert json.loads(verified.stdout)["faults"] == []
    finally:
        server.stop()


def check(client: Any, names: list[str], kept: dict[str, list[str]]) -> None:
    own = own_client(client)
    for name in names:
        events = own.list_model_card_events(ModelCardName=name)["ModelCardEvents"]
        kinds = [event["EventType"] for event in events]
        deciders = {event["UserName"] for event in events if event["EventType"] == "ReviewDecided"}
        assert deciders >= {by for by, decided in kept.items() if name in decided}
        approved = client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"
        assert approved is (len(deciders) == 2)
        assert kinds.count("ReviewCompleted") == int(approved)
        assert own.list_reviews(ModelCardName=name)["Reviews"][0]["State"] == ("Approved" if approved else "Open")
