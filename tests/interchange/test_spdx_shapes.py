"""SPDX files that are written pass SHACL with the shapes of SPDX 3.0.1. Run by ``make test-long``."""

import json
from typing import Any

import pytest

from tests.interchange.test_writers import CONTENTS, render

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning"),  # of rdflib, as pyshacl uses it
]


def faults(data: bytes) -> str:
    """The report of pyshacl; empty for a valid document."""
    pytest.importorskip("pyshacl", reason="make test-long installs it")
    from pyshacl import validate
    from rdflib import RDF, URIRef

    from tests.interchange import spdx_shapes

    graph = spdx_shapes.document(data)
    packages = list(graph.subjects(RDF.type, URIRef("https://spdx.org/rdf/3.0.1/terms/AI/AIPackage")))
    assert len(packages) == 1, "the document was not read as SPDX"
    conforms, _, report = validate(graph, shacl_graph=spdx_shapes.shapes(), ont_graph=spdx_shapes.shapes())
    return "" if conforms else str(report)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_written_document_passes_the_shapes(name: str) -> None:
    assert faults(render("spdx", CONTENTS[name]).data) == ""


@pytest.mark.parametrize("damage", ["no creation info", "two names", "a wrong value", "no key"])
def test_the_shapes_find_a_damaged_document(damage: str) -> None:
    document = json.loads(render("spdx", CONTENTS["model.spdx.json"]).data)
    package = next(item for item in document["@graph"] if item["type"] == "ai_AIPackage")
    changes: dict[str, dict[str, Any]] = {
        "no creation info": {"creationInfo": []},
        "two names": {"name": ["a", "b"]},
        "a wrong value": {"ai_safetyRiskAssessment": "harmless"},
        "no key": {"ai_metric": [{"type": "DictionaryEntry", "value": "1"}]},
    }
    package |= changes[damage]
    assert faults(json.dumps(document).encode()) != ""
