"""Simple metrics of evaluation jobs as Model Card Toolkit and CycloneDX have them: type, value, slice, interval."""

from typing import Final, NamedTuple

from cardwright.interchange.delivery import Delivery, Noted
from cardwright.interchange.limits import Path

JOB: Final = "Quantitative analysis"
GROUP: Final = "overall"
"""The group of metrics without a slice."""


class Members(NamedTuple):
    """The names of a format's members, which differ in case."""

    interval: str
    lower: str
    upper: str


def write_metrics(delivery: Delivery, target: Path, members: Members) -> None:
    """Write each simple metric of the card into a list. The group is the slice, with its job if two jobs share it."""
    slices = delivery.slices()
    for noted in delivery.metrics():
        place = (*target, delivery.count(target))
        _metric(delivery, noted, place, members)
        _slice(delivery, noted, (*place, "slice"), slices[noted.group.pointer])


def _metric(delivery: Delivery, noted: Noted, place: Path, members: Members) -> None:
    delivery.text((*place, "type"), noted.metric.find("name"))
    delivery.put((*place, "value"), noted.metric.find("value"), noted.value)
    delivery.claim((*place, "value"), noted.metric.find("type"), detail="The value is text")
    if noted.unit:
        delivery.claim((*place, "value"), noted.metric.find("notes"), detail="Behind the number")
    interval = (*place, members.interval)
    if any(noted.interval):
        for key, bound in zip((members.lower, members.upper), noted.interval, strict=True):
            delivery.set((*interval, key), bound)
        delivery.claim(interval, noted.metric.find("notes"), detail="The bounds in it")
        delivery.claim(interval, *noted.companions, detail="A bound of the interval")


def _slice(delivery: Delivery, noted: Noted, place: Path, words: str) -> None:
    job, group = noted.job.find("name"), noted.group.find("name")
    if words != GROUP or "/" in noted.name:  # readers take a type with a slash for a slice and a metric
        delivery.set(place, words)
    delivery.claim(place, group, detail="" if words == group.text != GROUP else "Metrics without a slice")
    if words != group.text:
        delivery.claim(place, job, detail="Part of the slice")
    elif job.text == JOB:
        delivery.claim(place[:-2], job, detail="Readers give the list this name")
