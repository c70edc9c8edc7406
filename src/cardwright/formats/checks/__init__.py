"""Reports of checks, in the formats that people and CI systems read.

A new format is one file with a printer and one row of ``CHECK_FORMATS``.
"""

import importlib
from collections.abc import Callable, Mapping

from cardwright.formats.checks.report import CheckedCard, CheckReport, CheckTotals, Source

__all__ = ["CHECK_FORMATS", "CheckReport", "CheckTotals", "CheckedCard", "Source", "print_report"]

CHECK_FORMATS: Mapping[str, str] = {
    "text": "plain_text:print_text",
    "json": "own_json:print_json",
    "sarif": "sarif:print_sarif",
    "junit": "junit:print_junit",
    "github": "github:print_annotations",
    "gitlab": "gitlab:print_code_quality",
}
"""Module and function of each printer, by the name of ``--format``. Each is imported at its first use."""


def print_report(report: CheckReport, name: str) -> bytes:
    """Print a report in one of ``CHECK_FORMATS``, as UTF-8."""
    module, _, function = CHECK_FORMATS[name].partition(":")
    printer: Callable[[CheckReport], str] = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    return printer(report).encode()
