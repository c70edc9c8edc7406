"""Words of cards and texts, and where they are in a text."""

from collections.abc import Mapping

import pytest

from cardwright.core import card_text
from cardwright.core.card_text import (
    card_words,
    length_of_beginning,
    searched_words,
    texts_and_numbers,
    words_in,
    words_of,
)

LONG = " ".join(f"w{number}" for number in range(300))


def _words(name: str, value: object, tags: Mapping[str, str]) -> str:
    return " ".join(card_words(name, value, tags))


def test_words_of_name_tags_texts_and_numbers_come_once_and_in_this_order() -> None:
    value = {"a": {"type": "number", "b": "Größe of 1,842 cards"}, "c": ["cards", "v1.5"], "d": 0.25, "e": LONG}
    words = _words("card-1", value, {"team": "Risk"})
    assert words == f"card 1 team risk grosse of 1842 cards v1d5 {LONG} 0d25 0d2500"


def test_a_long_text_and_a_short_one_have_the_same_words() -> None:
    short = [f"w{number}" for number in range(300)]
    assert _words("w0", [LONG], {}) == _words("w0", short, {}) == LONG


def test_a_word_is_cut_and_words_and_numbers_are_limited() -> None:
    assert _words("x", ["a" * 70, "a" * 80], {}) == f"x {'a' * 64}"
    assert len(_words("x", [" ".join(f"w{number}" for number in range(5_000))], {}).split()) == 1 + card_text.WORDS
    numbers = {f"n{number}": number for number in range(2_000)}
    assert len(_words("x", numbers, {}).split()) == 1 + card_text.NUMBERS


def test_texts_beyond_the_limit_of_a_card_have_no_words() -> None:
    assert _words("x", ["a " * 99_999 + "last", "beyond"], {}) == "x a la"


def test_the_words_of_a_text_that_cards_share_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    split: list[str] = []

    def counted(text: str) -> list[str]:
        split.append(text)
        return words_of(text)

    monkeypatch.setattr(card_text, "words_of", counted)
    for name in ("first", "second"):
        assert _words(name, ["A text of several cards"], {}) == f"{name} a text of several cards"
    assert split.count("A text of several cards") == 1


@pytest.mark.parametrize(
    ("value", "texts", "numbers"),
    [
        ([1, 2.5], [], [1, 2.5]),
        ([1] * 201, [], []),
        ([[1, 2], [3]], [], [1, 2, 3]),
        ([[1] * 100, [2] * 101], [], []),
        ([[]] * 201 + [[1]], [], []),
        ([["a", 1], [2, "dropped"], ["b"]], ["a", "b"], [1, 2]),
        ([[[1, 2]], [[3]]], [], [1, 2, 3]),
        ([{"value": [[1, 2]], "name": "a"}, {"value": 3}], ["a"], [1, 2, 3]),
        ({"custom_details": {"key": "text"}, "other": {"name": "b", "yes": True}}, ["key", "text", "b"], []),
    ],
)
def test_texts_and_numbers_come_in_document_order(value: object, texts: list[str], numbers: list[float]) -> None:
    assert texts_and_numbers(value) == (texts, numbers)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (3, "3"),
        (-0.5, "0d5 0d5000"),
        (12.0, "12d0 12d00"),
        (0.86178, "0d86178 0d8618"),
        (1e22, "1" + "0" * 22),
        (2e-7, "0d0000002 0d0000002000"),
    ],
)
def test_a_number_is_found_as_stored_and_as_pages_round_it(number: float, words: str) -> None:
    assert _words("x", number, {}).removeprefix("x ") == words


@pytest.mark.parametrize(
    "text",
    [
        "Fraud_classifier of 1,842,770 payments, e.g. 0.93, v2.1 and 1,23,456",
        "Café Cafe\u0301 straße STRASSE İstanbul ﬁn ½ x²",
        "模型卡片 0.5% -0.25 1.2.3. ,1 1,",
        "x" * 100,
        "",
    ],
)
def test_places_of_words_are_those_of_the_index(text: str) -> None:
    assert list(dict.fromkeys(word for _, _, word in words_in(text))) == words_of(text)
    assert all(words_of(text[start:end])[0] for start, end, _ in words_in(text))


def test_the_beginning_of_a_word_has_its_separators_and_accents() -> None:
    for text, letters, found in (
        ("1,842", 1, "1"),
        ("1,842", 2, "1,8"),
        ("0.93", 3, "0.9"),
        ("Cafe\u0301s", 4, "Cafe\u0301"),
        ("straße", 5, "straß"),
        ("word", 9, "word"),
    ):
        assert text[: length_of_beginning(text, letters)] == found


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1e-5", ["0d00001"]),
        ("1E-05 loss", ["0d00001", "loss"]),
        ("2.5e+3", ["2500"]),
        ("-.8003", ["0d8003"]),
        ("auc .8003", ["auc", "0d8003"]),
        ("1e999", ["1e999"]),
        ("v1e5 run-2e5 2e5-run .net a.5", ["v1e5", "run", "2e5", "net", "a", "5"]),
        ("1,842 and 3.5", ["1842", "and", "3d5"]),
        ("1.5×10²⁰ and 2×10⁻³", ["150000000000000000000", "and", "0d002"]),
        ("1.5 × 10³ 2x10^-3 model-2x10", ["1500", "0d002", "model", "2x10"]),
    ],
)
def test_a_search_finds_numbers_as_people_type_them(typed: str, words: list[str]) -> None:
    assert searched_words(typed) == words
