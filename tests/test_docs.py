"""Documentation tests: complete reference pages, valid links, and examples that run."""

import os
import re
import runpy
from pathlib import Path
from types import FunctionType

import pytest

from cardwright import model_card
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
from cardwright.formats import FORMATS
from tests import servers
from tests.cli.commands import run_text

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def reference(name: str) -> str:
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")


def test_the_generated_pages_of_the_reference_are_current() -> None:
    generated = runpy.run_path(str(ROOT / "scripts" / "reference.py"))["pages"]()
    stale = [
        name for name, text in generated.items() if text != (ROOT / "docs" / "reference" / name).read_text("utf-8")
    ]
    assert not stale, "run: make reference"


def test_each_operation_is_in_the_reference() -> None:
    assert not [name for name in (*OPERATIONS, *OWN_OPERATIONS) if f"`{name}`" not in reference("operations")]


def test_each_page_of_the_console_is_in_the_reference() -> None:
    console = ROOT / "src" / "cardwright" / "console"
    sources = "".join(path.read_text("utf-8") for path in console.rglob("*.py"))
    pages = {re.sub(r"<\w+:", "<", rule) for rule in re.findall(r'@(?:blueprint|app)\.get\("([^"]+)"\)', sources)}
    assert "/cards/<name>" in pages
    text = reference("console")
    assert not [rule for rule in pages if not rule.startswith("/static") and f"| `{rule}` |" not in text]


def test_each_format_is_in_the_reference() -> None:
    rows = [f"| `{row.name}` | `{row.extension}` | `{row.media_type}` |" for row in FORMATS.values()]
    assert not [row for row in rows if row not in reference("formats")]


def test_each_class_and_method_of_the_sdk_is_in_the_reference() -> None:
    text = reference("sdk")
    own = {name for name in model_card.__all__ if name[0].isupper()}
    methods = {
        method
        for name in own
        for method, member in vars(getattr(model_card, name)).items()
        if not method.startswith("_") and isinstance(member, (FunctionType, classmethod, staticmethod))
    }
    assert not [name for name in own | methods if f"`{name}`" not in text]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_has_a_target(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md", "docs/reference/formats.md"])
def test_the_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / name).read_text("utf-8")
    blocks = re.findall(r"```(python|console)\n(.*?)```", text, re.S)
    python = "\n".join(code for kind, code in blocks if kind == "python")
    console = [line[2:] for kind, code in blocks if kind == "console" for line in code.splitlines()]
    for variable in [variable for variable in os.environ if variable.startswith("AWS_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    with servers.running(tmp_path / "home") as server:
        monkeypatch.setenv("CARDWRIGHT_ENDPOINT_URL", server.url)
        Path("example.py").write_text(python.replace("http://127.0.0.1:8765", server.url), "utf-8")
        runpy.run_path("example.py")
        for line in console:
            _, *arguments = line.split()
            result = run_text(*arguments)
            assert result.returncode == 0, result.stderr
