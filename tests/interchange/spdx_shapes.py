"""SHACL shapes of SPDX 3.0.1, and SPDX documents as RDF.

The shapes of SPDX are not part of this repository. ``spdx-python-model`` is generated from them and has their
constraints: classes, properties, counts, data types, values and patterns. These become shapes again here. With the
environment variable ``SPDX_MODEL`` naming a folder with ``spdx-model.ttl`` and ``spdx-context.jsonld`` of
https://spdx.org/rdf/3.0.1/, the published shapes and the published context are used.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from spdx_python_model.bindings.v3_0_1 import model as spdx

PUBLISHED = os.environ.get("SPDX_MODEL")
_DATATYPES = (
    (spdx.PositiveIntegerProp, XSD.positiveInteger),
    (spdx.NonNegativeIntegerProp, XSD.nonNegativeInteger),
    (spdx.IntegerProp, XSD.integer),
    (spdx.BooleanProp, XSD.boolean),
    (spdx.FloatProp, XSD.decimal),
    (spdx.DateTimeStampProp, XSD.dateTimeStamp),
    (spdx.AnyURIProp, XSD.anyURI),
    (spdx.StringProp, XSD.string),
)


@cache
def shapes() -> Graph:
    """The shapes, with the classes below each class."""
    graph = Graph()
    if PUBLISHED is not None:
        return graph.parse(Path(PUBLISHED) / "spdx-model.ttl")
    for kind in _kinds():
        shape = URIRef(_type(kind))
        graph.add((shape, RDF.type, OWL.Class))
        graph.add((shape, RDF.type, SH.NodeShape))
        for base in kind.__bases__:
            if getattr(base, "_TYPE", None):
                graph.add((shape, RDFS.subClassOf, URIRef(_type(base))))
        for stated in _own(kind):
            graph.add((shape, SH.property, _property(graph, stated)))
    return graph


def document(data: bytes) -> Graph:
    """An SPDX document as RDF; nothing is loaded from the network."""
    found = json.loads(data)
    context = json.loads((Path(PUBLISHED) / "spdx-context.jsonld").read_text()) if PUBLISHED else _context()
    return Graph().parse(data=json.dumps(found | context), format="json-ld")


def _kinds() -> Iterator[Any]:
    found = (value for value in vars(spdx).values() if isinstance(value, type) and issubclass(value, spdx.SHACLObject))
    yield from (kind for kind in found if getattr(kind, "_TYPE", None))


def _own(kind: Any) -> Iterator[Any]:
    """The properties of a class, without those of the classes above."""
    above = {iri for base in kind.__bases__ for iri in getattr(base, "_OBJ_IRI_PROPS", {})}
    yield from (one for one in kind._OBJ_PY_PROPS.values() if one.iri not in above and one.iri.startswith("http"))


def _property(graph: Graph, stated: Any) -> BNode:
    node, prop = BNode(), stated.reg()
    single = prop.prop if isinstance(prop, spdx.ListProp) else prop
    graph.add((node, SH.path, URIRef(stated.iri)))
    if stated.min_count is not None:
        graph.add((node, SH.minCount, Literal(stated.min_count)))
    maximum = stated.max_count if isinstance(prop, spdx.ListProp) else 1
    if maximum is not None:
        graph.add((node, SH.maxCount, Literal(maximum)))
    if isinstance(single, spdx.EnumProp):
        graph.add((node, getattr(SH, "in"), _list(graph, [URIRef(iri) for iri, _ in single.context])))
    elif isinstance(single, spdx.ObjectProp):
        known, of_class = BNode(), BNode()  # a known individual, such as NoAssertionLicense, or an object of the class
        graph.add((known, getattr(SH, "in"), _list(graph, [URIRef(iri) for iri, _ in single.context or ()])))
        graph.add((of_class, getattr(SH, "class"), URIRef(_type(single.cls))))
        graph.add((node, getattr(SH, "or"), _list(graph, [known, of_class])))
    else:
        graph.add((node, SH.datatype, next(name for kind, name in _DATATYPES if isinstance(single, kind))))
        if getattr(single, "pattern", None) is not None:
            graph.add((node, SH.pattern, Literal(single.pattern)))
    return node


def _type(kind: Any) -> str:
    return str(kind._TYPE)


def _list(graph: Graph, items: list[Any]) -> Any:
    if not items:
        return RDF.nil
    head = BNode()
    Collection(graph, head, items)
    return head


@cache
def _context() -> dict[str, Any]:
    """The JSON-LD context by the same bindings."""
    terms: dict[str, Any] = {"type": "@type", "spdxId": "@id"}
    for kind in _kinds():
        if kind._COMPACT_TYPE:
            terms[kind._COMPACT_TYPE] = kind._TYPE
        for stated in _own(kind):
            terms[stated.compact] = {"@id": stated.iri, **_term(stated.reg())}
    return {"@context": terms}


def _term(prop: Any) -> dict[str, Any]:
    single = prop.prop if isinstance(prop, spdx.ListProp) else prop
    if isinstance(single, spdx.EnumProp):
        return {"@type": "@vocab", "@context": {"@vocab": single.context[0][0].rpartition("/")[0] + "/"}}
    if isinstance(single, spdx.ObjectProp):
        return {"@type": "@id"}
    return {"@type": str(next(name for kind, name in _DATATYPES if isinstance(single, kind)))}
