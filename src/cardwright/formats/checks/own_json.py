"""The report as JSON. Equal input gives equal bytes, apart from ``startedAt``."""

import orjson

from cardwright.core.policy.result import CardCheck, as_members
from cardwright.formats.checks.report import CheckReport


def print_json(report: CheckReport) -> str:
    """Return the report as indented JSON."""
    return orjson.dumps(as_document(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def as_document(report: CheckReport) -> dict[str, object]:
    """Return the report as data for JSON."""
    totals = report.totals
    return {
        "policy": report.policy.name,
        "policyDigest": report.policy.digest,
        "engine": f"cardwright {report.engine}",
        "startedAt": report.started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "cards": [_card(card.check) for card in report.cards],
        "totals": {
            "cards": totals.cards,
            "failedCards": totals.failed_cards,
            "outcomes": totals.outcomes,
            "failures": totals.failures,
        },
    }


def _card(check: CardCheck) -> dict[str, object]:
    return {
        "name": check.card.name,
        "version": check.card.version,
        "digest": check.card.digest,
        "status": check.card.status,
        "outcome": "pass" if check.passed else "fail",
        "results": [dict(as_members(result)) for result in check.results],
        "pairings": [
            {
                "against": one.against,
                "version": one.version,
                "jobs": [{"before": pair.before, "after": pair.after, "how": pair.how} for pair in one.pairs],
            }
            for one in check.comparisons
        ],
    }
