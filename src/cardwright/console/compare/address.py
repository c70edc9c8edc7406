"""The state of a comparison, read from its query string and written to it."""

from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from cardwright.console.query import whole_number
from cardwright.core.errors import Invalid

SHOWN = ("changed", "worse", "all")
TEXTS = ("sides", "line")
CHARTS = ("overlaid", "sides")
_MOST_PAIRS = 200


@dataclass(frozen=True, slots=True)
class ChosenVersion:
    """One side: the name of a card, and a version; None for the newest."""

    name: str = ""
    version: int | None = None

    @property
    def text(self) -> str:
        return self.name if self.version is None else f"{self.name}:{self.version}"


@dataclass(frozen=True, slots=True)
class Address:
    """Two sides and the switches of the page.

    Attributes:
        show: which metrics: changed, worse or all.
        texts: in line or side by side.
        charts: overlaid or side by side.
        every_chart: whether all charts are drawn, and not the first of many.
        pairs: pairs of evaluation jobs that were given for this comparison, as ``A=B``.
        change: the job whose pair is about to be changed, as ``a:3`` or ``b:3``, by side and position.
    """

    one: ChosenVersion = ChosenVersion()
    other: ChosenVersion = ChosenVersion()
    show: str = "changed"
    texts: str = "sides"
    charts: str = "overlaid"
    every_chart: bool = False
    pairs: tuple[str, ...] = ()
    change: str = ""

    @classmethod
    def read(cls, args: "MultiDict[str, str]") -> "Address":
        return cls(
            one=_chosen_version(args, "a"),
            other=_chosen_version(args, "b"),
            show=_word(args, "show", SHOWN),
            texts=_word(args, "texts", TEXTS),
            charts=_word(args, "charts", CHARTS),
            every_chart=args.get("every") == "chart",
            pairs=tuple(args.getlist("pair"))[:_MOST_PAIRS],
            change=args.get("change", ""),
        )

    def to(self, anchor: str | None = None, **changes: Any) -> str:
        """The address of the same comparison with other switches."""
        wanted = replace(self, **changes)
        return url_for("compare.show", _anchor=anchor, **wanted.members())

    def members(self) -> dict[str, Any]:
        """The parameters that differ from the defaults."""
        given = {
            "a": self.one.text,
            "b": self.other.text,
            "show": self.show if self.show != SHOWN[0] else "",
            "texts": self.texts if self.texts != TEXTS[0] else "",
            "charts": self.charts if self.charts != CHARTS[0] else "",
            "every": "chart" if self.every_chart else "",
            "pair": list(self.pairs),
            "change": self.change,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def swapped(self) -> str:
        return self.to(one=self.other, other=self.one, pairs=(), change="")


def _chosen_version(args: "MultiDict[str, str]", side: str) -> ChosenVersion:
    """Read ``a=name:version``, or the form's ``a=name`` and ``av=version``.

    A version that was chosen for another card, ``ac``, is left out."""
    name, colon, number = args.get(side, "").strip().partition(":")
    if not colon and args.get(f"{side}c", name) == name:
        number = args.get(f"{side}v", "")
    version = whole_number(number)
    if number and not version:
        raise Invalid("A version is a whole number, such as in fraud-classifier:3")
    return ChosenVersion(name, version)


def _word(args: "MultiDict[str, str]", name: str, words: tuple[str, ...]) -> str:
    wanted = args.get(name, "")
    return wanted if wanted in words else words[0]
