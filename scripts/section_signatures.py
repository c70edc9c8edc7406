"""Shows the documentation site what the constructors of sections take: attrs makes them, so the source has none."""

from typing import Any

import griffe


class SectionSignatures(griffe.Extension):
    """Gives each class under ``@section`` the constructor that its members describe."""

    def on_class_members(self, *, cls: griffe.Class, **_: Any) -> None:
        """Adds ``__init__`` to a section, as griffe does for the dataclasses of the standard library."""
        if not any(str(decorator.value) == "section" for decorator in cls.decorators):
            return
        given = [
            _parameter(member)
            for name, member in cls.members.items()
            if isinstance(member, griffe.Attribute) and not name.startswith("_") and "property" not in member.labels
        ]
        itself = griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)
        cls.set_member("__init__", griffe.Function("__init__", parameters=griffe.Parameters(itself, *given)))


def _parameter(member: griffe.Attribute) -> griffe.Parameter:
    keywords, kinds = _keywords(member.value), griffe.ParameterKind
    kind = kinds.keyword_only if "kw_only" in keywords else kinds.positional_or_keyword
    default = keywords.get("default")
    return griffe.Parameter(member.name, annotation=_given(member.annotation), kind=kind, default=default)


def _keywords(value: Any) -> dict[str, Any]:
    """The keyword arguments of the call that declares a member."""
    arguments = value.arguments if isinstance(value, griffe.ExprCall) else ()
    return {argument.name: argument.value for argument in arguments if isinstance(argument, griffe.ExprKeyword)}


def _given(annotation: Any) -> Any:
    """What the constructor takes for a member: more than the member gives, where it converts."""
    if isinstance(annotation, griffe.ExprSubscript):
        inner = annotation.slice
        match str(annotation.left):
            case "Converted" if isinstance(inner, griffe.ExprTuple):
                return inner.elements[1]
            case "PartOf":
                return f"{inner} | Mapping[str, Any] | None"
            case "ItemsOf":
                return f"list[{inner}] | None"
    return "list[str] | None" if str(annotation) == "Texts" else annotation
