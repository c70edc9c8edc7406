"""Addresses of places in a card's page: search hits and findings link to them."""

import json
import re
from collections.abc import Iterator

import pytest

from cardwright.examples import examples
from cardwright.formats import FORMATS
from cardwright.formats.anchors import place_of
from tests.formats.records import record

CONTENTS = {
    f"{example.name} {number}": step.content
    for example in examples()
    for number, step in enumerate(example.steps)
    if step.content is not None
}


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of the texts, numbers and flags of a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if members is None:
        yield path
        return
    for key, member in members:
        yield from paths(member, (*path, key))


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_the_place_of_every_value_is_on_the_page(content: str) -> None:
    html = FORMATS["html"].print(record(content)).decode()
    ids = set(re.findall(r' id="([^"]*)"', html))
    places = {path: place_of(path) for path in paths(json.loads(content)) if path[0] != "evaluation_details"}
    lead = ("model_overview", "model_description")
    assert len(places) > 10
    assert {path: place for path, place in places.items() if place not in ids and path != lead} == {}
    assert places.get(lead, "") == ""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), ""),
        (("evaluation_details", 2, "metric_groups", 0, "name"), "e3"),
        (("evaluation_details",), "evaluation"),
        (("unknown", "key"), ""),
        (("intended_uses", "free words"), "intended-uses"),
    ],
)
def test_a_place_is_an_evaluation_job_a_section_or_the_top_of_the_page(path: tuple[str | int, ...], place: str) -> None:
    assert place_of(path) == place
