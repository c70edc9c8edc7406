"""Evaluation reports as a draft keeps them."""

import orjson

from cardwright.core.content import LONGEST
from cardwright.core.draft_form import DraftReport
from cardwright.reports import ReportInvalid, read_report
from cardwright.reports.unknown_files import ALL_KINDS

_LARGEST = 4 * LONGEST  # characters of one report's metrics: more could never become a card
_MOST_OMISSIONS = 200  # that a draft keeps of one report
_ALL_KINDS = "The list Kind has all kinds. If you know that of the file, choose it there."


def read(data: bytes, name: str, kind: str | None, content_type: str | None, now: int) -> DraftReport:
    """A report as a draft keeps it.

    Args:
        name: of the file, or its ``s3://`` address.
        kind: a name in ``reports.KINDS``; detected when there is none.
        now: milliseconds since the epoch.

    Raises:
        ReportInvalid: it is not a report, holds no metric, or more than a card can have.
    """
    try:
        translation = read_report(data, kind=kind, content_type=content_type)
    except ReportInvalid as error:
        raise ReportInvalid(str(error).replace(ALL_KINDS, _ALL_KINDS)) from None
    length = len(orjson.dumps(translation.metric_groups).decode())
    if length > _LARGEST:
        raise ReportInvalid(
            f"Its metrics have {length:,} characters, and a whole card may have {LONGEST:,}: leave out what a card"
            f" does not need."
        )
    omissions = [[item.path, item.message] for item in translation.omissions[:_MOST_OMISSIONS]]
    if len(translation.omissions) > _MOST_OMISSIONS:
        omissions.append(["", f"{len(translation.omissions) - _MOST_OMISSIONS} more are not listed"])
    return {
        "file": name,
        "size": len(data),
        "at": now,
        "kind": translation.kind,
        "omissions": omissions,
        "facts": [[fact.path, fact.text] for fact in translation.facts],
        "groups": translation.metric_groups,
    }
