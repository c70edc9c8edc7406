"""The change of a key metric as the pages of a card and of the queue show it."""

import pytest

from cardwright.console.readings import verdict_html
from cardwright.core.comparison import Verdict, compare


def content(**values: object) -> dict[str, object]:
    data = [
        {"name": name, "type": "string" if isinstance(value, str) else "number", "value": value}
        for name, value in values.items()
    ]
    return {"evaluation_details": [{"name": "J", "metric_groups": [{"name": "G", "metric_data": data}]}]}


@pytest.mark.parametrize(
    ("before", "after", "icon", "word", "shown", "brief"),
    [
        ({"auc": 0.8}, {"auc": 0.9}, "check", "Better", "+0.1000", "+0.1000"),
        ({"auc": 0.9}, {"auc": 0.8}, "warn", "Worse", "\N{MINUS SIGN}0.1000", "\N{MINUS SIGN}0.1000"),
        ({"auc": 0.9}, {"auc": 0.9}, "same", "Same", "no change", "same"),
        ({"xyz": 1}, {"xyz": 2}, "unknown", "Unknown direction", "+1", "+1"),
        ({"xyz": "<i>"}, {"xyz": "<b>"}, "unknown", "Unknown direction", "unknown direction", "unknown direction"),
        ({}, {"auc": 0.9}, "plus", "New", "new", "new"),
        ({"auc": 0.9}, {}, "minus", "Gone", "gone", "gone"),
    ],
)
def test_a_change_has_an_icon_a_word_and_a_number(  # noqa: PLR0917 - the columns of the table
    before: dict[str, object], after: dict[str, object], icon: str, word: str, shown: str, brief: str
) -> None:
    (change,) = compare(content(**before), content(**after)).metrics
    spoken = "" if change.difference is None or change.verdict is Verdict.SAME else word
    for is_brief, text in ((False, shown), (True, brief)):
        assert verdict_html(change, is_brief) == (
            f'<span class="cw-verdict v-{change.verdict.value}">'
            f'<svg class="cw-icon" aria-hidden="true"><use href="/static/icons.svg#i-{icon}"/></svg>'
            + (f'<span class="visually-hidden">{spoken}: </span>' if spoken else "")
            + f"{text}</span>"
        )
