"""The properties that Search knows match the members of SageMaker's descriptions."""

from collections.abc import Iterator

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from cardwright.core.search import PropertyKind
from cardwright.core.searchable import Searchable, properties_of

MODEL = botocore.session.get_session().get_service_model("sagemaker")
KINDS = {
    "string": PropertyKind.TEXT,
    "integer": PropertyKind.NUMBER,
    "long": PropertyKind.NUMBER,
    "float": PropertyKind.NUMBER,
    "double": PropertyKind.NUMBER,
    "boolean": PropertyKind.FLAG,
    "timestamp": PropertyKind.TIME,
}


def scalars(shape: Shape, name: str = "") -> Iterator[tuple[str, str | None, PropertyKind]]:
    """Every member with one value: its dotted name, its list, and its type; and text maps."""
    assert isinstance(shape, StructureShape)
    for member, inner in shape.members.items():
        path = f"{name}.{member}" if name else member
        if isinstance(inner, StructureShape):
            yield from scalars(inner, path)
        elif isinstance(inner, ListShape) and isinstance(inner.member, StructureShape):
            for found, outer, kind in scalars(inner.member):
                if outer is None and "*" not in found:
                    yield found, path, kind
        elif isinstance(inner, MapShape):
            yield f"{path}.*", None, KINDS.get(inner.value.type_name, PropertyKind.TEXT)
        elif inner.type_name in KINDS:
            yield path, None, KINDS[inner.type_name]


@pytest.mark.parametrize("searchable", list(Searchable))
def test_every_member_of_a_record_is_searchable_but_for_card_content(searchable: Searchable) -> None:
    properties = properties_of(searchable)
    hidden = {"ModelCard.ModelCardContent"}
    for name, holder, kind in scalars(MODEL.shape_for(searchable)):
        if holder == "Tags" or name in hidden:
            continue
        if holder is not None:
            assert properties.lists[holder][name] is kind, (holder, name)
        elif name.endswith(".*"):
            assert properties.kind(name) is kind, name
        else:
            assert properties.plain[name] is kind, name


@pytest.mark.parametrize("searchable", list(Searchable))
def test_nothing_else_is_but_for_the_times_of_all_and_the_metrics_of_jobs(searchable: Searchable) -> None:
    known = {(holder, name) for name, holder, _ in scalars(MODEL.shape_for(searchable))}
    properties = properties_of(searchable)
    assert {name for name in properties.plain if (None, name) not in known} <= {"CreationTime", "LastModifiedTime"}
    assert {name for name in properties.maps if (None, f"{name}.*") not in known} <= {"Metrics"}
    assert not [name for holder, members in properties.lists.items() for name in members if (holder, name) not in known]


def test_card_content_of_packages_is_not_searchable() -> None:
    assert "ModelCard.ModelCardContent" not in properties_of(Searchable.PACKAGE).plain
