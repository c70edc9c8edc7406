"""Documentation tests: complete reference pages, valid links, and examples that run."""

import os
import re
import shlex
from pathlib import Path
from types import FunctionType

import click
import pytest
from scripts.reference import pages

from cardwright import model_card
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
from cardwright.cli import commands
from cardwright.core.policy.presets import NAMES
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.rule_reading import KINDS
from cardwright.formats import FORMATS
from cardwright.formats.checks import CHECK_FORMATS
from cardwright.interchange import FORMATS as CARD_FORMATS
from tests import servers
from tests.cli.commands import run_text

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def reference(name: str) -> str:
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")


def test_the_generated_pages_of_the_reference_are_current() -> None:
    current = {name: (ROOT / "docs" / "reference" / name).read_text("utf-8") for name in pages()}
    assert current == pages(), "run: make reference"


def test_each_operation_is_in_the_reference() -> None:
    assert not [name for name in (*OPERATIONS, *OWN_OPERATIONS) if f"`{name}`" not in reference("operations")]


def test_each_member_of_an_own_operation_has_a_meaning() -> None:
    rows = [line for line in reference("own-operations").splitlines() if line.startswith("| `")]
    assert len(rows) > len(OWN_OPERATIONS)
    assert not [row for row in rows if row.endswith("|  |")]


def test_each_page_of_the_console_is_in_the_reference() -> None:
    console = ROOT / "src" / "cardwright" / "console"
    sources = "".join(path.read_text("utf-8") for path in console.rglob("*.py"))
    pages = {re.sub(r"<\w+:", "<", rule) for rule in re.findall(r'@(?:blueprint|app)\.get\("([^"]+)"\)', sources)}
    assert "/cards/<name>" in pages
    text = reference("console")
    assert not [rule for rule in pages if not rule.startswith("/static") and f"| `{rule}` |" not in text]


def test_the_map_of_the_code_names_each_package() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    packages = [path.parent for path in (ROOT / "src" / "cardwright").glob("*/__init__.py")]
    assert packages
    assert not [package.name for package in packages if f"| `{package.name}/` |" not in text]


def test_each_decision_has_date_status_options_and_a_row() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "index.md").read_text("utf-8")
    for path in folder.glob("0*.md"):
        text = path.read_text("utf-8")
        title = re.match(r"# (\d+)\. (.+)\n", text)
        date = re.search(r"^- \*\*Date:\*\* (\d{4}-\d\d-\d\d)$", text, re.M)
        assert title, path.name
        assert date, path.name
        assert re.search(r"^- \*\*Status:\*\* (accepted|superseded)", text, re.M), path.name
        assert "\n## Options considered\n" in text, path.name
        assert f"| {title[1]} | [{title[2]}]({path.name}) | {date[1]} |" in index, path.name


def test_the_navigation_has_each_page_once() -> None:
    listed = sorted(re.findall(r"^ +- (?:.+: )?(\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M))
    docs = ROOT / "docs"
    decisions = set((docs / "decisions").glob("0*.md"))  # their index lists them
    pages = sorted(page.relative_to(docs).as_posix() for page in docs.rglob("*.md") if page not in decisions)
    assert listed == pages


def test_the_list_of_how_to_pages_has_each_page_once() -> None:
    folder = ROOT / "docs" / "how-to"
    listed = sorted(re.findall(r"^\| \[.+\]\((.+\.md)\) \|", (folder / "index.md").read_text("utf-8"), re.M))
    assert listed == sorted(page.name for page in folder.glob("*.md") if page.name != "index.md")


def test_the_contract_of_layers_and_its_decision_are_equal() -> None:
    contract = re.search(r"^layers = \[\n(.+?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.M | re.S)
    layers = [set(re.findall(r"cardwright\.(\w+)", line)) for line in contract[1].splitlines()] if contract else []
    rows = re.findall(r"^\d+\. (.+)$", (ROOT / "docs" / "decisions" / "0001-one-house.md").read_text("utf-8"), re.M)
    assert layers == [set(re.findall(r"`(\w+)`", row)) for row in rows]


def test_each_picture_is_small_and_shown() -> None:
    pictures = {path.name: path.stat().st_size for path in (ROOT / "docs").rglob("*.png")}
    texts = [page.read_text("utf-8") for page in PAGES]
    shown = {Path(link).name for text in texts for link in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)}
    assert set(pictures) == shown
    assert not {name: size for name, size in pictures.items() if size > 150_000}


def test_each_format_is_in_the_reference() -> None:
    rows = [f"| `{row.name}` | `{row.extension}` | `{row.media_type}` |" for row in FORMATS.values()]
    assert not [row for row in rows if row not in reference("formats")]


def test_each_card_format_is_in_the_reference() -> None:
    rows = [f"| `{row.key}` | {row.name} | `{row.media_type}` |" for row in CARD_FORMATS.values()]
    assert not [row for row in rows if row not in reference("card-formats")]


def test_the_policy_page_has_each_kind_format_and_preset_and_its_example_is_valid() -> None:
    text = reference("policies")
    assert not [name for name in (*KINDS, *CHECK_FORMATS) if f"| `{name}` |" not in text]
    assert not [name for name in NAMES if f"`{name}`" not in text]
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.S)
    assert read_policy(example).name == "bank-high-risk"


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_the_documentation_exist(page: Path) -> None:
    lines = re.findall(r"^(?:    |\$ )(cardwright [a-z].*)$", page.read_text("utf-8"), re.M)
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        command: click.Command = commands
        while isinstance(command, click.Group):
            assert words, line
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None, line
            command = found
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert not [word for word in words if word.startswith("--") and word.partition("=")[0] not in known], line


_NAVIGATION = (ROOT / "mkdocs.yml").read_text("utf-8")
TUTORIAL = sorted((ROOT / "docs" / "tutorial").glob("*.md"), key=lambda page: _NAVIGATION.index(page.name))
EXAMPLES = {
    "README": [ROOT / "README.md"],
    "tutorial": TUTORIAL,
    "formats": [ROOT / "docs" / "reference" / "formats.md"],
    "training": [ROOT / "docs" / "how-to" / "cards-from-training.md"],
    "registry": [ROOT / "docs" / "how-to" / "cards-from-the-registry.md"],
    "checks": [ROOT / "docs" / "how-to" / "ci.md"],
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_run_in_order_and_again(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = [block for page in EXAMPLES[name] for block in _blocks(page)]
    assert blocks
    for variable in [variable for variable in os.environ if variable.startswith("AWS_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    with servers.running(tmp_path / "home") as server:
        monkeypatch.setenv("CARDWRIGHT_ENDPOINT_URL", server.url)
        for _ in range(2 if name == "README" else 1):
            names: dict[str, object] = {}
            for kind, text in blocks:
                _run(kind, text.replace("http://127.0.0.1:8765", server.url), names)


def _blocks(page: Path) -> list[tuple[str, str]]:
    """The examples of a page in order, each as its language and its text."""
    return re.findall(r"```(python|console)\n(.*?)```", page.read_text("utf-8"), re.S)


def _run(kind: str, text: str, names: dict[str, object]) -> None:
    if kind == "python":
        exec(compile(text, "example", "exec"), names)  # noqa: S102 - the documentation's own example
        return
    for line in text.splitlines():
        result = run_text(*shlex.split(line)[2:])
        assert result.returncode == 0, f"{line}: {result.stderr}"
