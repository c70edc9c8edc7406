"""Plain English in docstrings, comments, messages, templates, pages and identifiers, without idioms.

The rule is "no people for programs, no idiom": say caller, client, user, operator, reported, stored, again, next to,
invalid.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

WORDS = {
    "anew": "again",
    "anybody": "a caller, a user",
    "beside": "next to",
    "everybody": "every caller, every user",
    "lies": "is",
    "meanwhile": "in between, or nothing",
    "nobody": "no caller, no user",
    "ours": "Cardwright's",
    "said": "reported",
    "somebody": "a user, another user",
    "stands": "is",
    "stood": "was",
    "tells": "reports",
    "told": "reported",
    "whoever": "the caller, the operator",
}
"""A word that this project does not use, and what to write instead. Identifiers do not contain it either."""

IDENTIFIERS = {
    "Done": "ChangedCard, TaskResult",
    "Moment": "TimeType",
    "Shown": "StepView",
    "least": "minimum",
    "most": "limit, maximum",
    "MOST": "..._LIMIT",
    "_MOST": "..._LIMIT",
}
"""An identifier that this project does not use, and what to write instead."""

PHRASES = {
    r"(?<!there )\b(?:is|are|was) no (?!longer\b|more\b|other\b)\w+": "is not a ..., is invalid",
    r"\b(?:that|which) (?:is|are) none\b": "is not valid",
    r"\b(?:is|are) (?-i:none)\b(?= *[.;:]| *$)(?<!there is none)(?<!there are none)": "do not count, are not valid",
    r"\b(?:to|may|can|or|and|not|that|they|which|who|together) stand\b(?!-)": "is, are, put",
    r"\bstand(?= (?:together|in|on|at|beside|under|above|below|between|next|before|behind)\b)": "is, are, put",
    r"\bin this (?:room|house)\b": "package",
    r"\b(?:every|each|other|no|both|its) faces?\b": "interface",
    r"\b(?:is|are|was) there (?:once|twice)\b": "occurs once, occurs twice",
    r"\b(?:ha[sd]|have|with) (?:an)?other contents?\b": "differs, different content",
    r"\bthe most that (?:can|may|is|are) \w+": "the limit",
    r"\bwhat it takes\b": "name it",
    r"\b(?:that|which|still|no longer) holds?\b(?= (?:no more|no longer|good)\b|[.,;:]|$)": "is valid, is active",
    r"\bfor ever\b": "permanently",
    r"\bby now\b": "now",
    r"\bsmall letters\b": "lower case",
    r"\bwho (?:may|can) (?:not )?do (?:what|it)\b": "callers, users",
}
"""A phrase that this project does not use, and what to write instead."""

ALLOWED = (
    "told by a migration",  # stored in the account events of older stores
    "Modelcard {name} has version {version} by now",
    "Modelcard {name} is {status} by now",
)
"""Texts that stay: stored data, AWS's own sentences."""

LICENSED = ("LICENSE", "vendor/", "fonts/", "node_modules/")
"""Parts of the paths of texts that others wrote."""

_FORBIDDEN = re.compile("|".join([rf"\b(?:{'|'.join(WORDS)})\b", *PHRASES]), re.IGNORECASE)
_ALLOWED = re.compile("|".join(map(re.escape, ALLOWED)))
_TEXTS = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
_LONGEST_NAME = 80


def files() -> Iterator[Path]:
    """Every text of this project, without those of other authors."""
    found = [*ROOT.glob("*.md")]
    for folder in ("src", "tests", "docs", "bench", "scripts"):
        for ending in ("py", "md", "html", "js", "css", "json", "typ"):
            found += (ROOT / folder).rglob(f"*.{ending}")
    for path in sorted(found):
        name = path.relative_to(ROOT).as_posix()
        if not any(part in name for part in LICENSED) and path != Path(__file__):
            yield path


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file with their line numbers: of Python the comments, strings and names of tests."""
    written = path.read_text("utf-8")
    if path.suffix != ".py":
        yield from enumerate(written.splitlines(), start=1)
        return
    for token in tokenize.generate_tokens(io.StringIO(written).readline):
        if token.type in _TEXTS:
            yield from enumerate(token.string.splitlines(), start=token.start[0])
        elif token.type == tokenize.NAME and token.string.startswith("test_"):
            yield token.start[0], token.string.replace("_", " ")


def forbidden_names(source: str) -> Iterator[tuple[int, str]]:
    """The identifiers of Python source that are forbidden or contain a forbidden word, with their line numbers."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and (
            token.string in IDENTIFIERS or WORDS.keys() & token.string.lower().split("_")
        ):
            yield token.start[0], token.string


def findings(path: Path) -> list[str]:
    """The forbidden words and phrases of a file, each with its line."""
    found = []
    for number, text in texts(path):
        own = _ALLOWED.sub("", text)
        found += [f"{path.relative_to(ROOT)}:{number}: {hit[0]!r}" for hit in _FORBIDDEN.finditer(own)]
    return found


def test_every_text_is_in_plain_english() -> None:
    found = [line for path in files() for line in findings(path)]
    assert not found, "\n".join([*found, "WORDS and PHRASES in this file say what to write instead"])


def test_every_identifier_is_in_plain_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {name!r}"
        for path in files()
        if path.suffix == ".py"
        for number, name in forbidden_names(path.read_text("utf-8"))
    ]
    assert not found, "\n".join([*found, "WORDS and IDENTIFIERS in this file say what to write instead"])


def test_the_names_of_tests_are_short_promises() -> None:
    names = [
        found
        for path in files()
        for found in re.findall(r"^ *(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert names
    assert [name for name in names if len(name) > _LONGEST_NAME] == []


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ('"""Whoever has one waits."""\n', "Whoever"),
        ("# What nobody may do\n", "nobody"),
        ("raise ValueError('a risk rating that is none')\n", "that is none"),
        ("raise ValueError(f'its name {name} is no name of a card')\n", "is no name"),
        ("def test_a_file_that_lies_beside(): ...\n", "lies"),
        ('"""JSON\'s true and false are none."""\n', "are none"),
        ("# the groups that they stand in\n", "they stand"),
        ("nobody = 'there is no card, and it is no longer needed'\n", None),
        ("# a key if there is none; 600 points stand for odds; stand-alone systems\n", None),
    ],
)
def test_idioms_are_found_in_strings_comments_and_names(tmp_path: Path, text: str, hit: str | None) -> None:
    file = tmp_path / "module.py"
    file.write_text(text, "utf-8")
    found = [match[0] for _, line in texts(file) for match in _FORBIDDEN.finditer(line)]
    assert found[:1] == ([] if hit is None else [hit])


@pytest.mark.parametrize("name", ["told", "_nobody", "labels_beside", "most", "Moment"])
def test_idioms_are_found_in_identifiers(name: str) -> None:
    assert [*forbidden_names(f"{name} = 1\nfoundation = 'most'\n")] == [(1, name)]
