"""Reports how many lines of each package the tests ran. Fails when a package has fewer than its limit.

Run it after all tests: `make test` measures most with `pytest --measure first`, and `make test-thorough` the others.
"""

import importlib
import io
import sys
from pathlib import Path

import coverage
from coverage.exceptions import CoverageException

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "cardwright"
LIMITS = dict.fromkeys(("actions", "aws", "core", "formats", "reports", "storage"), 95.0)
"""Percent of the lines, by package."""


def combined(settings: Path) -> coverage.Coverage:
    """Return what all processes of the last run measured. Raises :class:`CoverageException` without a run."""
    lines = coverage.Coverage(config_file=str(settings))
    lines.combine(strict=True, keep=True)
    return lines


def import_used(lines: coverage.Coverage, source: Path) -> None:
    """Import again the modules of which the tests ran a line: they were imported before the measurement began.

    Args:
        source: the folder of the package, whose parent is on ``sys.path``.
    """
    data = lines.get_data()
    files = [Path(file).relative_to(source.parent) for file in sorted(data.measured_files()) if data.lines(file)]
    with lines.collect():
        for file in files:
            if file.suffix == ".py" and "migrations" not in file.parts:  # Alembic loads those, always during a test
                importlib.import_module(".".join(file.with_suffix("").parts).removesuffix(".__init__"))


def report(lines: coverage.Coverage, source: Path, limits: dict[str, float]) -> tuple[str, bool]:
    """Return a line for each package, with the lines that did not run in short ones, and whether none is short."""
    words, reached = [], True
    for package, limit in limits.items():
        files = io.StringIO()
        share = lines.report(
            include=[f"{source / package}/*"], file=files, show_missing=True, skip_covered=True, sort="miss"
        )
        words.append(f"{package:8} {share:5.1f} % of lines, at least {limit:.0f} %")
        if share < limit:
            reached = False
            words.append(files.getvalue())
    return "\n".join(words), reached


def main() -> int:
    try:
        lines = combined(ROOT / "pyproject.toml")
    except CoverageException as error:
        print(f"{error}: run pytest with --measure first", file=sys.stderr)
        return 1
    import_used(lines, SOURCE)
    words, reached = report(lines, SOURCE, LIMITS)
    print(words)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
