"""Anchors of an earlier ``verify`` find what a store alone cannot detect: removed, reset and rewritten cards."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cardwright.actions.cards import create_card, delete_card, update_card
from cardwright.core.card import Status
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from tests.cli.commands import run_text
from tests.storage.test_verify import ACTOR, CARD, LINKS, copy, fill, filled, read_link, tamper

__all__ = ["copy", "filled"]  # fixtures

TABLES = (
    "contents",
    "versions",
    "tags",
    "audit",
    "export_jobs",
    "card_texts",
    "card_sources",
    "evaluation_pairs",
    "reviews",
    "review_assignments",
    "review_decisions",
    "approvals",
    "findings",
    "evidence",
    "waivers",
    "field_comments",
)
GONE = [
    *(f"DELETE FROM {table} WHERE {'resource_id' if table == 'tags' else 'card_id'} IN (SELECT card_id FROM cards)"
    for table in TABLES),
    "DELETE FROM cards",
]  # fmt: skip


def verify(settings: Settings, anchors: Path, *more: str) -> tuple[int, str]:
    there = ["--home", str(settings.home)]
    there += [] if settings.database_url is None else ["--database-url", settings.database_url]
    done = run_text("verify", *there, "--anchors", str(anchors), *more)
    return done.returncode, done.stdout + done.stderr


def change(settings: Settings) -> None:
    store = open_store(settings)
    with store.open_unit(ACTOR) as unit:
        update_card(unit, "card", None, Status.PENDING_REVIEW)
        create_card(unit, "new", "{}", Status.DRAFT)
    store.close()


def test_later_changes_verify_and_update_the_anchors(copy: Settings, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    assert verify(copy, anchors)[0] == 0
    first = [json.loads(line) for line in anchors.read_text().splitlines()]
    assert sorted((one["name"], one["sequence"]) for one in first) == [("card", LINKS), ("gone", 2)]
    change(copy)
    assert verify(copy, anchors)[0] == 0
    then = [json.loads(line) for line in anchors.read_text().splitlines()]
    assert sorted((one["name"], one["sequence"]) for one in then) == [("card", LINKS + 1), ("gone", 2), ("new", 1)]


def remade(settings: Settings) -> None:
    """The card's last link has another address, with consistent digests."""
    link = read_link(settings, LINKS)._replace(source="203.0.113.9")
    changed = f"source = '{link.source}', digest = '{link.digest()}'"
    tamper(
        settings,
        f"UPDATE audit SET {changed} WHERE {CARD} AND sequence = {LINKS}",
        f"UPDATE cards SET audit_digest = '{link.digest()}'",
    )


@pytest.mark.parametrize(
    ("forge", "problem"),
    [
        (lambda it: tamper(it, *GONE), f"audit link {LINKS} is missing, but existed"),
        (
            lambda it: tamper(it, "DELETE FROM audit WHERE name = 'gone'"),
            "audit link 2 is missing, but existed",
        ),
        (remade, f"audit link {LINKS} is another link"),
    ],
)
def test_an_undetectable_forgery_is_found_by_anchors_which_stay(
    copy: Settings, tmp_path: Path, forge: Callable[[Settings], object], problem: str
) -> None:
    anchors = tmp_path / "anchors"
    verify(copy, anchors)
    before = anchors.read_bytes()
    forge(copy)
    if copy.database_url is None and forge is not remade:
        tamper(copy, "DELETE FROM card_names WHERE card_id NOT IN (SELECT card_id FROM cards)")
    code, output = verify(copy, tmp_path / "none")
    assert code == 0, output  # the store itself cannot detect it
    code, output = verify(copy, anchors, "--all")
    assert (code, problem in output) == (1, True), output
    assert anchors.read_bytes() == before


def test_a_card_reset_to_an_earlier_state_is_found(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    fill(settings)
    shutil.copytree(settings.home, tmp_path / "older")
    change(settings)
    anchors = tmp_path / "anchors"
    assert verify(settings, anchors)[0] == 0
    code, output = verify(Settings(home=tmp_path / "older"), anchors, "--all")
    assert (code, output.count("is missing, but existed")) == (1, 2), output


def test_a_regularly_deleted_card_keeps_its_anchor(copy: Settings, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    verify(copy, anchors)
    store = open_store(copy)
    with store.open_unit(ACTOR) as unit:
        delete_card(unit, "card")
    store.close()
    assert verify(copy, anchors)[0] == 0


@pytest.mark.parametrize("line", ["x", "[]", '{"account": "1"}', '{"account":1,"card_id":"","name":"","sequence":1}'])
def test_a_file_without_anchors_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    settings = Settings(home=tmp_path / "home")
    fill(settings)
    anchors = tmp_path / "anchors"
    verify(settings, anchors)
    kept = anchors.read_text() + line + "\n"
    anchors.write_text(kept)
    code, output = verify(settings, anchors)
    assert (code, "line 3: A line of anchors is a JSON object with the members account" in output) == (2, True), output
    assert anchors.read_text() == kept
