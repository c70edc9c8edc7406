"""Words with the server's seal are not found again, and a change of what they were found in breaks the seal."""

import json
from collections.abc import Iterator

import pytest

from cardwright.actions.cards import create_card, update_card
from cardwright.actions.portfolio import index_words
from cardwright.actions.tags import add_tags
from cardwright.core.access_keys import ServerKey
from cardwright.core.card import Status
from cardwright.core.card_text import card_words
from cardwright.core.indexed_words import WordSeals
from cardwright.core.integrity import verification as rules
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store
from tests.storage.test_verify import tamper

ME = Actor(Scope("us-east-1", "000000000000"), "me", Role.ADMIN)
TEXT = "UPDATE card_texts SET"
OTHER_WORDS = "the card has another words than its newest content"


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    opened = open_existing_store(store_settings)
    with opened.open_unit(ME) as unit:
        content = json.dumps({"intended_uses": {"purpose_of_model": "sort waste"}})
        create_card(unit, "bin", content, Status.DRAFT, [("team", "green")])
        assert index_words(unit, 10) == 1
    yield opened
    opened.close()


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the cards whose words were found again."""
    names: list[str] = []

    def noted(name: str, value: object, tags: dict[str, str]) -> list[str]:
        names.append(name)
        return card_words(name, value, tags)

    monkeypatch.setattr(rules, "card_words", noted)
    return names


def faults(store: Store, seals: WordSeals | None) -> list[str]:
    return [f"{fault.record} {fault.problem}" for fault in Verification(store.database, seals=seals).faults()]


def test_words_with_a_seal_are_not_found_again(store: Store, found: list[str]) -> None:
    assert faults(store, store.seals) == []
    assert found == []


def test_words_are_found_again_on_request(store: Store, found: list[str]) -> None:
    assert faults(store, None) == []
    assert found == ["bin"]


CHANGED = {
    "a word removed": (f"{TEXT} words = 'bin team green sort'", [OTHER_WORDS]),
    "a word added": (f"{TEXT} words = words || ' gold'", [OTHER_WORDS]),
    "no seal": (f"{TEXT} seal = NULL", []),
    "another seal": (f"{TEXT} seal = '00112233445566778899aabbccddeeff'", []),
    "a tag": ("UPDATE tags SET tag_value = 'red'", [OTHER_WORDS, "tag team has another value than the audit chain"]),
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_change_behind_the_servers_back_breaks_the_seal(
    store: Store, store_settings: Settings, found: list[str], change: str
) -> None:
    statement, expected = CHANGED[change]
    tamper(store_settings, statement)
    assert faults(store, store.seals) == expected
    assert found == ["bin"]


def test_a_seal_of_another_server_is_not_trusted(store: Store, found: list[str]) -> None:
    assert faults(store, WordSeals(ServerKey.generate())) == []
    assert found == ["bin"]


def test_words_of_an_earlier_content_with_their_own_seal_are_reported(store: Store, store_settings: Settings) -> None:
    """The words and the seal are those that the server once stored, but not those of the newest content."""
    words, seal = tamper(store_settings, "SELECT words, seal FROM card_texts")[0]
    with store.open_unit(ME) as unit:
        update_card(unit, "bin", json.dumps({"intended_uses": {"purpose_of_model": "sort metal"}}), None)
        assert index_words(unit, 10) == 1
    assert faults(store, store.seals) == []
    tamper(store_settings, f"{TEXT} words = '{words}', seal = '{seal}'")
    assert faults(store, store.seals) == [OTHER_WORDS]


def test_words_that_are_due_have_no_seal(store: Store, store_settings: Settings) -> None:
    for change in (
        lambda unit: update_card(unit, "bin", '{"intended_uses": {}}', None),
        lambda unit: add_tags(unit, ME.scope.card_arn("bin"), [("team", "blue")]),
    ):
        with store.open_unit(ME) as unit:
            change(unit)
        assert tamper(store_settings, "SELECT words, seal FROM card_texts") == [(None, None)]
        with store.open_unit(ME) as unit:
            index_words(unit, 10)
        assert faults(store, store.seals) == []
