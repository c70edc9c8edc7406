"""The metrics of an evaluation job, each with its deviation.

Reports write the deviation of a metric as a second metric, such as ``auc - standard_deviation``. Here it belongs to the
metric that it describes.
"""

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard

from cardwright.core.json_value import number_at, objects_at

_DEVIATION = re.compile(
    r"^(?P<base>.*[^\s_(-])[\s_-]*(?:[\s_-]|\()"
    r"(?:standard[ _]deviation|standard[ _]error|std|stdv|std_?dev|std_?err)\)?(?P<rest> \([^()]*\))?$",
    re.IGNORECASE | re.DOTALL,
)
_LARGEST = sys.float_info.max
_SHORT = 60  # characters of a name whose parts are kept: the jobs of a card repeat the same few
_MEANS = ("", "_mean", " mean", " - mean")  # ``auc_std`` describes ``auc`` or ``auc_mean``


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric of an evaluation job.

    Attributes:
        group, name: the stored names.
        number: 0 for the first metric of this group and name, 1 for the second.
        stored: the metric as the content has it.
        deviation: the standard deviation or standard error of a number; None where none is given.
    """

    group: str
    name: str
    number: int
    stored: Mapping[str, object]
    deviation: float | None = None


def measures_of(job: Mapping[str, object]) -> list[Measure]:
    """Return the metrics of an evaluation job of any shape, in its order, with deviations in their metrics."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for group in objects_at(job, "metric_groups"):
        metrics = [metric for metric in objects_at(group, "metric_data") if "type" in metric]
        deviations = _deviations(metrics)
        folded = {id(metric) for metric in deviations.values()}
        for metric in metrics:
            key = (str(group.get("name", "")), str(metric.get("name", "")))
            if id(metric) not in folded:
                deviation = number_at(deviations.get(key[1]), "value")
                found.append(Measure(*key, seen[key], metric, None if deviation is None else abs(deviation)))
                seen[key] += 1
    return found


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a finite number. JSON's true and false do not count."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST


def _deviations(metrics: Sequence[Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    """Map each metric's name to the metric that holds its deviation. Duplicate names are skipped."""
    numbers = [metric for metric in metrics if is_number(metric.get("value"))]
    counts = Counter(str(metric.get("name", "")) for metric in numbers)
    found: dict[str, Mapping[str, object]] = {}
    for metric in numbers:
        name = str(metric.get("name", ""))
        bases = (_kept_described(name) if len(name) <= _SHORT else _described(name)) if counts[name] == 1 else ()
        base = next((base for base in bases if counts[base] == 1), None)
        if base is not None and base not in found:
            found[base] = metric
    return found


def _described(name: str) -> tuple[str, ...]:
    """The names of the metrics that one with this name may be the deviation of; none for other names."""
    match = _DEVIATION.match(name)
    return tuple(f"{match['base']}{mean}{match['rest'] or ''}" for mean in _MEANS) if match else ()


_kept_described = lru_cache(maxsize=4096)(_described)
