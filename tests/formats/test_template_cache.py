"""Compiled templates are kept, and only for the modules that they were compiled with."""

import sys
from pathlib import Path

import jinja2
import pytest

from cardwright.formats import template_cache
from cardwright.formats.template_cache import TemplateCache

PAGE = "{{ word() }} and {{ 'a constant' | upper }}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Python keeps compiled modules."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def drawn(upper: object = str.upper) -> tuple[str, int]:
    """Draw the page in a new environment. Returns it, and how many templates were compiled."""
    compiled = []

    class Counting(jinja2.Environment):
        def compile(self, source: str, *rest: object, **more: object) -> object:  # type: ignore[override]
            compiled.append(source)
            return super().compile(source, *rest, **more)  # type: ignore[call-overload]

    environment = Counting(loader=jinja2.DictLoader({"page": PAGE}), autoescape=True, bytecode_cache=TemplateCache())
    environment.filters["upper"] = upper
    return environment.get_template("page").render(word=lambda: "text"), len(compiled)


def kept(folder: Path) -> list[Path]:
    return [*folder.rglob("template-*.cache")]


def test_a_second_start_compiles_nothing(folder: Path) -> None:
    assert drawn() == ("text and A CONSTANT", 1)
    assert drawn() == ("text and A CONSTANT", 0)
    assert len(kept(folder)) == 1


def test_a_changed_module_compiles_its_templates_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template holds the results of functions on constants."""
    drawn()
    monkeypatch.setattr(template_cache, "state_of_modules", lambda: b"another state")
    assert drawn(upper=str.title) == ("text and A Constant", 1)
    assert len(kept(folder)) == 1


def test_a_damaged_file_is_written_again(folder: Path) -> None:
    drawn()
    (file,) = kept(folder)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert drawn() == ("text and A CONSTANT", 1)
    assert file.read_bytes() == whole


@pytest.mark.parametrize("obstacle", ["a file", "the setting"])
def test_a_place_that_cannot_be_written_stops_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    (tmp_path / "file").write_text("in the way of the folder")
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / ("file" if obstacle == "a file" else "folder")))
    monkeypatch.setattr(sys, "dont_write_bytecode", obstacle == "the setting")
    assert [drawn(), drawn()] == [("text and A CONSTANT", 1)] * 2
    assert kept(tmp_path) == []
