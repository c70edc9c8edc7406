"""Words of texts, and where they are in a text."""

import pytest

from cardwright.core.card_text import length_of_beginning, words_in, words_of


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
