"""Promises about the source that the linter and the type checker do not check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.storage.unit import Unit

SOURCE = Path(__file__).parent.parent / "src" / "cardwright"
ANY_LIMIT = 4  # uses of Any in 1,000 lines


def uses_of_any(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the names ``Any`` of a module: imports, annotations, also those in quotes."""
    for child in ast.walk(node):
        match child:
            case ast.Name(id="Any") | ast.alias(name="Any") | ast.Attribute(attr="Any"):
                yield child
            case ast.Constant(value=str(text)) if "Any" in text:
                yield from _in_quotes(text)


def _in_quotes(text: str) -> Iterator[ast.AST]:
    try:
        quoted = ast.parse(text.strip(), mode="eval")
    except SyntaxError:  # words, not a type
        return
    yield from uses_of_any(quoted)


def test_any_is_rare_in_the_source() -> None:
    uses = lines = 0
    for file in SOURCE.rglob("*.py"):
        text = file.read_text()
        lines += text.count("\n")
        uses += len(list(uses_of_any(ast.parse(text)))) if "Any" in text else 0
    assert uses * 1000 <= ANY_LIMIT * lines, (
        f"{uses} uses of Any in {lines:,} lines: use object and the readers of JSON"
    )


@pytest.mark.parametrize(
    ("code", "uses"),
    [
        ("from typing import Any\nx: dict[str, Any] = {}", 2),
        ("import typing\nx: typing.Any = 1", 1),
        ('def f(x: "list[Any]") -> object: ...', 1),
        ('"""Any card."""\nWORDS = ("Any status", "Any")', 1),
        ("x: object = 1", 0),
    ],
)
def test_uses_of_any_are_counted_where_they_are_types(code: str, uses: int) -> None:
    assert len(list(uses_of_any(ast.parse(code)))) == uses


def test_the_console_and_exported_pages_take_their_colours_from_one_file() -> None:
    colour = re.compile(r"(--cw-[\w-]+):\s*(?:light-dark\(|#)")
    shared = set(colour.findall((SOURCE / "formats/templates/tokens.css").read_text()))
    own = set(colour.findall((SOURCE / "console/static/console.css").read_text()))
    assert len(shared) > 25
    assert not shared & own


def _tables() -> set[str]:
    """The names of a unit that reach its tables."""
    reached = {name for name, member in vars(Unit).items() if isinstance(member, property)}
    return reached - {"now", "scope"} | {"delete_annotations", "registry_search"}


@pytest.mark.parametrize("package", ["aws", "cli", "client", "console", "jobs", "model_card", "recording", "server"])
def test_interfaces_leave_the_tables_of_a_unit_to_actions(package: str) -> None:
    tables, found = _tables(), []
    assert "cards" in tables
    for file in sorted((SOURCE / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Attribute(value=ast.Name(id="unit"), attr=name) if name in tables:
                    found.append(f"{file.relative_to(SOURCE)}:{node.lineno}: unit.{name}")
    assert not found, "\n".join(found)


def patched_names(node: ast.AST) -> Iterator[str]:
    """Yield the private names that a test passes to ``setattr``, ``delattr`` or ``patch`` as text."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and re.search(r"(?:setattr|delattr|patch)\b", ast.unparse(child.func)):
            texts = [one.value for one in child.args[:2] if isinstance(one, ast.Constant)]
            yield from (str(text) for text in texts if re.search(r"(?:^|\.)_(?!_)\w*$", str(text)))


def test_tests_patch_public_names_alone() -> None:
    files = [file for folder in ("tests", "bench") for file in (SOURCE.parent.parent / folder).rglob("*.py")]
    assert files
    found = [f"{file.name}: {name}" for file in files for name in patched_names(ast.parse(file.read_text()))]
    assert not found, "\n".join(found)


def test_private_names_are_found_in_texts() -> None:
    code = 'monkeypatch.setattr("a.b._few", 1)\nm.delattr(x, "_few")\nm.setattr(x, "__call__", "_value")\nprint("_few")'
    assert [*patched_names(ast.parse(code))] == ["a.b._few", "_few"]
