"""Verify the stored findings, evidence, waivers and comments of a card against its audit chain."""

from collections.abc import Iterator, Mapping

from cardwright.core.annotations import Record, chained
from cardwright.core.integrity.annotation_replay import AnnotationReplay, Key
from cardwright.core.integrity.replay import Problem

Annotations = Mapping[Key, Record]
"""The stored annotations of one card."""


def label_of(key: Key) -> str:
    """Return the name of a record in a fault."""
    return f"{key[0]} {key[1]}"


def check_annotations(held: Annotations, expected: AnnotationReplay) -> Iterator[Problem]:
    """Yield the differences between the stored annotations and a complete audit chain."""
    for key in [*expected.records, *(key for key in held if key not in expected.records)]:
        if key not in held:
            yield label_of(key), "is missing"
        elif key not in expected.records:
            yield label_of(key), "has no audit link"
        elif chained(key[0], held[key]) != expected.records[key]:
            yield label_of(key), "is another record than the audit chain's"
