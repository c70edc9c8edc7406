"""The limits of line coverage: what `make test-thorough` reports after the tests."""

import importlib
import runpy
import sys
from pathlib import Path

import coverage
import pytest
from coverage.exceptions import CoverageException
from scripts.line_coverage import LIMITS, SOURCE, combined, import_used, report

from tests.measuring import IN_SERVERS, IN_TEST_PROCESS

MODULE = "def ran():\n    return 1\n\n\ndef never():\n    return 2\n\n\nran()\n"


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    """A folder with a package of which a run left 20 % of the lines out, and the settings of that run."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "module.py").write_text(MODULE)
    settings = tmp_path / "settings"
    settings.write_text(f"[run]\nsource_dirs = {tmp_path}\ndata_file = {tmp_path / 'lines'}\nparallel = true\n")
    return settings


def test_a_package_below_its_limit_fails_the_run_and_names_its_lines(measured: Path) -> None:
    lines = coverage.Coverage(config_file=str(measured))
    with lines.collect():
        runpy.run_path(str(measured.parent / "package" / "module.py"))
    lines.save()
    for limit, reached in ((80.0, True), (81.0, False)):
        words, is_reached = report(combined(measured), measured.parent, {"package": limit})
        assert words.startswith(f"package   80.0 % of lines, at least {limit:.0f} %")
        assert is_reached is reached
        assert ("module.py" in words) is not reached


def test_lines_that_ran_before_the_measurement_count_in_modules_that_tests_used(
    measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = measured.parent / "package"
    (package / "unused.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(measured.parent)
    module = importlib.import_module("package.module")
    lines = coverage.Coverage(config_file=str(measured))
    with lines.collect():
        module.never()
    lines.save()
    monkeypatch.delitem(sys.modules, "package.module")
    again = combined(measured)
    import_used(again, package)
    words, _ = report(again, measured.parent, {"package": 100.0})
    assert ("module.py" in words, "unused.py" in words) == (False, True)


def test_a_report_without_a_run_is_an_error_and_not_a_success(measured: Path) -> None:
    with pytest.raises(CoverageException, match="No data to combine"):
        combined(measured)


def test_every_folder_and_package_that_is_measured_exists() -> None:
    packages = [SOURCE / package for package in LIMITS]
    assert [place for place in (*IN_TEST_PROCESS, *IN_SERVERS, *packages) if not place.exists()] == []
