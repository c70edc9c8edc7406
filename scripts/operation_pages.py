"""The reference of operations: rows and sections made from the service models and the tables of operations."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

import orjson

from cardwright.aws import model
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS, Operation

OWN_PAGE = "own-operations.md"
_HEADER = "| operation | writes | required members | notes |"
_REGISTRY = frozenset({"models", "package_groups", "packages", "processing_jobs", "training_jobs"})
_MARKED = re.compile(r"(<!-- generated: (\w+) -->\n\n).*?(\n\n<!-- end -->)", re.S)
_ROW = re.compile(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", re.M)

Document = Mapping[str, Any]


def operations_page(page: str) -> str:
    """The page with new tables between its marks. A note stays the page's own.

    Raises:
        LookupError: an operation of SageMaker's has no row with a note yet.
    """
    notes = dict(_ROW.findall(page))
    tables = {
        "cards": _table(_sagemaker_rows(notes, in_registry=False)),
        "registry": _table(_sagemaker_rows(notes, in_registry=True)),
        "own": _table(_own_rows()),
    }
    return _MARKED.sub(lambda found: found[1] + tables[found[2]] + found[3], page)


def own_operations_page(page: str) -> str:
    """The page with a new section for each operation between its marks."""
    document = _own_document()
    sections = "\n".join(_section(name, row, document) for name, row in OWN_OPERATIONS.items())
    return _MARKED.sub(lambda found: found[1] + sections.rstrip() + found[3], page)


def _table(rows: Iterable[str]) -> str:
    return "\n".join([_HEADER, "| --- | --- | --- | --- |", *rows])


def _sagemaker_rows(notes: Mapping[str, str], *, in_registry: bool) -> Iterator[str]:
    sagemaker = model.sagemaker_model()
    for name, row in OPERATIONS.items():
        noun = row.handler.__module__.rpartition(".")[2]
        if (noun in _REGISTRY) == in_registry:
            shape = sagemaker.shape(sagemaker.input_of(name))
            if name not in notes:
                raise LookupError(f"Add the row | `{name}` | | | what it does | to docs/reference/operations.md")
            yield _row(f"`{name}`", row, shape, notes[name])


def _own_rows() -> Iterator[str]:
    document = _own_document()
    for name, row in OWN_OPERATIONS.items():
        described = document["operations"][name]
        first, _, _ = _text(described).partition(". ")
        link = f"[`{name}`]({OWN_PAGE}#{name.lower()})"
        yield _row(link, row, document["shapes"][described["input"]["shape"]], first.rstrip(".") + ".")


def _row(name: str, row: Operation, shape: Document, note: str) -> str:
    required = ", ".join(f"`{member}`" for member in shape.get("required", ()))
    return f"| {name} | {'yes' if row.writes else 'no'} | {required} | {note} |"


def _section(name: str, row: Operation, document: Document) -> str:
    described, shapes = document["operations"][name], document["shapes"]
    parts = [f"## {name}", _text(described), f"Writes: {'yes' if row.writes else 'no'}."]
    for title, side in (("Request", "input"), ("Response", "output")):
        if side in described:
            parts.append(_members(title, described[side]["shape"], shapes))
    errors = ", ".join(f"`{error['shape']}`" for error in described.get("errors", ()))
    if errors:
        parts.append(f"**Errors**: {errors}, and those of [every operation](operations.md#errors).")
    return "\n\n".join(parts) + "\n"


def _members(title: str, shape_name: str, shapes: Document) -> str:
    rows = list(_member_rows(shape_name, shapes, ""))
    if not rows:
        return f"**{title}**: no members."
    return "\n".join([f"**{title}**", "", "| member | type | meaning |", "| --- | --- | --- |", *rows])


def _member_rows(shape_name: str, shapes: Document, path: str) -> Iterator[str]:
    """A row for each member, and after it a row for each member inside it."""
    shape = shapes[shape_name]
    for name, member in shape.get("members", {}).items():
        inner = shapes[member["shape"]]
        required = name in shape.get("required", ()) and not path
        place = f"{path}{name}"
        meaning = _text(member) or _text(inner)
        yield f"| `{place}`{', required' if required else ''} | {_type(inner, shapes)} | {meaning} |"
        if inner["type"] == "structure":
            yield from _member_rows(member["shape"], shapes, f"{place}.")
        elif inner["type"] == "list" and shapes[inner["member"]["shape"]]["type"] == "structure":
            yield from _member_rows(inner["member"]["shape"], shapes, f"{place}[].")


def _type(shape: Document, shapes: Document) -> str:
    kind = shape["type"]
    if "enum" in shape:
        return " or ".join(f"`{value}`" for value in shape["enum"])
    if kind == "list":
        return f"list of {shapes[shape['member']['shape']]['type']}{_limits(shape)}"
    if kind == "map":
        return f"map of {shapes[shape['value']['shape']]['type']}{_limits(shape)}"
    return f"{kind}{_limits(shape)}"


def _limits(shape: Document) -> str:
    minimum, maximum = shape.get("min"), shape.get("max")
    if maximum is None:
        return "" if not minimum else f", at least {minimum}"
    return f", at most {maximum:,}" if not minimum else f", {minimum:,} to {maximum:,}"


def _text(described: Document) -> str:
    """The documentation of an operation, a shape or a member without its markup."""
    return unescape(re.sub(r"<[^>]+>", "", described.get("documentation", ""))).replace("|", "\\|")


def _own_document() -> Document:
    document: Document = orjson.loads(model.DATA.joinpath(*model.OWN).read_bytes())
    return document
