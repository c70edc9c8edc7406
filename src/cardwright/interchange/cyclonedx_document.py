"""Writes a card as a CycloneDX bill of materials with one component, version 1.6 or 1.7.

What the format has no member for becomes a property of the component. Its name is the place in the card:
``cardwright:business_details:line_of_business``. The reader puts such properties back.
"""

import re
from base64 import b64encode
from decimal import Decimal
from typing import Final

from cardwright.interchange.card_version import CardVersion, WrittenCard
from cardwright.interchange.chart_pictures import write_pictures
from cardwright.interchange.cyclonedx import OWN, RISK, ROLE
from cardwright.interchange.delivery import Delivery, is_address, parts_of, people_of
from cardwright.interchange.energy import GRAMS_A_TONNE, converted
from cardwright.interchange.licences import spdx_identifier
from cardwright.interchange.limits import Path
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.performance_metrics import Members, write_metrics
from cardwright.interchange.source import Source, joined

EDITIONS: Final = ("1.6", "1.7")
_COMPONENT: Path = ("components", 0)
_CARD: Path = (*_COMPONENT, "modelCard")
_PARAMETERS: Path = (*_CARD, "modelParameters")
_CONSIDERATIONS: Path = (*_CARD, "considerations")
_PART = "A part of the text"
_PROPERTY = "A property: the format has no member for it"
_OF_ANOTHER = "It describes the document that the card was imported from"
_INTERVAL = Members("confidenceInterval", "lowerBound", "upperBound")
_TEXTS: tuple[tuple[Path, Path], ...] = (
    (("model_overview", "model_version"), (*_COMPONENT, "version")),
    (("model_overview", "model_description"), (*_COMPONENT, "description")),
    (("model_overview", "problem_type"), (*_PARAMETERS, "task")),
)
_CUSTOM: tuple[tuple[str, Path], ...] = (
    ("cdx.version", (*_COMPONENT, "version")),
    ("cdx.group", (*_COMPONENT, "group")),
    ("cdx.copyright", (*_COMPONENT, "copyright")),
)
_LISTS: tuple[tuple[Path, str, dict[str, str]], ...] = (
    (("intended_uses", "intended_uses"), "useCases", {"Users": "users", "Use cases": "useCases"}),
    (
        ("additional_information", "caveats_and_recommendations"),
        "technicalLimitations",
        {"Technical limitations": "technicalLimitations", "Performance tradeoffs": "performanceTradeoffs"},
    ),
)
_FAIRNESS = {"group": "groupAtRisk", "benefits": "benefits", "harms": "harms", "mitigation": "mitigationStrategy"}
_APPROACHES = frozenset({"supervised", "unsupervised", "reinforcement-learning", "semi-supervised", "self-supervised"})
_ACTIVITIES = {
    activity.replace("-", "_"): activity
    for activity in (
        "design", "data-collection", "data-preparation", "training", "fine-tuning", "validation", "deployment",
        "inference", "other",
    )
}  # fmt: skip
_ARCHITECTURE = re.compile(r"(.+) \((.+)\)")
_EXPRESSION = re.compile(r"[A-Za-z0-9.+:() -]+ (?:AND|OR|WITH) [A-Za-z0-9.+:() -]+")


def write(version: CardVersion) -> WrittenCard:
    """Return the card as indented JSON.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    delivery = Delivery(version)
    _document(delivery, version)
    name = delivery.card.find("model_overview", "model_name")
    if not delivery.text((*_COMPONENT, "name"), name):
        delivery.demand((*_COMPONENT, "name"), version.name)
    for steps, target in _TEXTS:
        delivery.text(target, delivery.card.find(*steps))
    for key, target in _CUSTOM:
        delivery.text(target, delivery.detail(key))
    _component(delivery)
    _architecture(delivery)
    _datasets(delivery)
    write_pictures(delivery, (*_CARD, "quantitativeAnalysis", "graphics", "collection"), str.encode, _attachment)
    write_metrics(delivery, (*_CARD, "quantitativeAnalysis", "performanceMetrics"), _INTERVAL)
    _considerations(delivery)
    _energy(delivery)
    _properties(delivery)
    return delivery.written()


def _attachment(data: bytes) -> dict[str, str]:
    return {"contentType": "image/svg+xml", "encoding": "base64", "content": b64encode(data).decode()}


def _document(delivery: Delivery, version: CardVersion) -> None:
    edition = version.edition or EDITIONS[0]
    delivery.document |= {
        "$schema": f"http://cyclonedx.org/schema/bom-{edition}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": edition,
        "serialNumber": f"urn:uuid:{delivery.identifier()}",
        "version": 1,
        "metadata": {
            "timestamp": delivery.time,
            "tools": {"components": [{"type": "application", "name": "Cardwright"}]},
        },
        "components": [{"type": "machine-learning-model"}],
    }
    reference = delivery.detail("cdx.bom_ref")
    if not delivery.text((*_COMPONENT, "bom-ref"), reference):
        delivery.set((*_COMPONENT, "bom-ref"), str(delivery.identifier("component")))


def _component(delivery: Delivery) -> None:
    identifier = delivery.card.find("model_overview", "model_id")
    if identifier.text.startswith("pkg:"):
        delivery.text((*_COMPONENT, "purl"), identifier)
        delivery.claim((*_COMPONENT, "purl"), delivery.detail("cdx.purl"))
    creator = delivery.card.find("model_overview", "model_creator")
    authors: Path = (*_COMPONENT, "authors")
    for name, contact in people_of(creator.text, several=delivery.is_structured):
        words = f"{name} <{contact}>" if contact else name
        detail = "" if words == creator.value else _PART
        delivery.put((*authors, delivery.count(authors), "name"), creator, words, detail)
    _licence(delivery, delivery.detail("cw.license"))
    references: Path = (*_COMPONENT, "externalReferences")
    for source in delivery.card.find("model_overview", "model_artifact").items():
        if is_address(source.text):
            place = (*references, delivery.count(references))
            delivery.set((*place, "type"), "distribution")
            delivery.text((*place, "url"), source)
    ancestors: Path = (*_COMPONENT, "pedigree", "ancestors")
    for number, source in delivery.details("cw.base_model"):
        place = (*ancestors, delivery.count(ancestors))
        if number.isdigit() and source.text:
            delivery.set((*place, "type"), "machine-learning-model")
            delivery.text((*place, "name"), source)


def _licence(delivery: Delivery, source: Source) -> None:
    place: Path = (*_COMPONENT, "licenses", 0)
    if spdx_identifier(source.text) == source.text:
        delivery.text((*place, "license", "id"), source)
    elif _EXPRESSION.fullmatch(source.text):
        delivery.text((*place, "expression"), source)
    else:
        delivery.text((*place, "license", "name"), source)


def _architecture(delivery: Delivery) -> None:
    source = delivery.card.find("model_overview", "algorithm_type")
    found = _ARCHITECTURE.fullmatch(source.text) if delivery.is_structured else None
    if found is None:
        delivery.text((*_PARAMETERS, "modelArchitecture"), source)
    else:
        delivery.put((*_PARAMETERS, "modelArchitecture"), source, found[1], _PART)
        delivery.set((*_PARAMETERS, "architectureFamily"), found[2])
    approach = delivery.detail("cdx.approach")
    if approach.text in _APPROACHES:
        delivery.text((*_PARAMETERS, "approach", "type"), approach)
    for key in ("input", "output"):
        target = (*_PARAMETERS, f"{key}s")
        for _, source in delivery.details(f"cdx.{key}"):
            delivery.text((*target, delivery.count(target), "format"), source)


def _datasets(delivery: Delivery) -> None:
    """Write the data sets. A property says which are those of an evaluation."""
    trained = delivery.card.find("training_details", "training_job_details", "training_datasets").items()
    jobs = delivery.card.find("evaluation_details").items()
    tested = [source for job in jobs for source in job.find("datasets").items()]
    target: Path = (*_PARAMETERS, "datasets")
    for source, role in [(one, "training") for one in trained] + [(one, "evaluation") for one in tested]:
        if not source.text:
            continue
        place = (*target, delivery.count(target))
        delivery.set((*place, "type"), "dataset")
        delivery.text((*place, *(("contents", "url") if is_address(source.text) else ("name",))), source)
        delivery.set((*place, "contents", "properties", 0), {"name": ROLE, "value": role})


def _considerations(delivery: Delivery) -> None:
    for steps, member, labels in _LISTS:
        source = delivery.card.find(*steps)
        for label, part in parts_of(source.text, [*labels]):
            target = (*_CONSIDERATIONS, labels.get(label, member))
            delivery.add(target, source, part, "" if part == source.value else _PART)
    known = _fairness(delivery)
    source = delivery.card.find("additional_information", "ethical_considerations")
    target = (*_CONSIDERATIONS, "ethicalConsiderations")
    for line in source.text.split("\n") if delivery.is_structured else [source.text]:
        name, separator, strategy = line.partition(": ") if delivery.is_structured else (line, "", "")
        if line in known:
            delivery.claim((*_CONSIDERATIONS, "fairnessAssessments"), source, detail=_PART)
            continue
        place = (*target, delivery.count(target))
        delivery.put((*place, "name"), source, name, "" if name == source.value else _PART)
        if separator:
            delivery.put((*place, "mitigationStrategy"), source, strategy, _PART)


def _fairness(delivery: Delivery) -> set[str]:
    """Write the fairness assessments, and return the lines that the reader makes of them."""
    target: Path = (*_CONSIDERATIONS, "fairnessAssessments")
    found: dict[str, dict[str, Source]] = {}
    for rest, source in delivery.details("cw.fairness"):
        number, _, word = rest.partition(".")
        if word in _FAIRNESS:
            found.setdefault(number, {})[word] = source
    for assessment in found.values():
        place = (*target, delivery.count(target))
        for word, source in assessment.items():
            delivery.text((*place, _FAIRNESS[word]), source)
    words = ("group", "harms", "mitigation")
    return {joined((one[word].text for word in words if word in one), ": ") for one in found.values()}


def _energy(delivery: Delivery) -> None:
    """Write energy in kilowatt hours. Emissions without an amount of energy are properties."""
    target: Path = (*_CONSIDERATIONS, "environmentalConsiderations", "energyConsumptions")
    for key, activity in _ACTIVITIES.items():
        energy, emitted = (delivery.detail(f"cw.energy.{key}.{unit}") for unit in ("kwh", "gco2eq"))
        amount = converted(energy, Decimal(1))
        tonnes = converted(emitted, 1 / GRAMS_A_TONNE, digits=15)
        if not amount:
            continue
        place = (*target, delivery.count(target))
        delivery.set(place, {"activity": activity, "energyProviders": []})
        cost, equivalent = (*place, "activityEnergyCost"), (*place, "co2CostEquivalent")
        delivery.set(cost, {"unit": "kWh"})
        delivery.put((*cost, "value"), energy, _number(amount), "Written as a number")
        if tonnes:
            delivery.set(equivalent, {"unit": "tCO2eq"})
            delivery.put((*equivalent, "value"), emitted, _number(tonnes), "Written in tonnes")


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)


def _properties(delivery: Delivery) -> None:
    """Write what is left as properties, and facts about the version."""
    version = delivery.version
    facts = {"name": version.name, "arn": version.arn, "version": str(version.number), "status": version.status}
    for name, value in (facts | {"content_sha256": version.content_sha256}).items():
        _property(delivery, f"{OWN}card:{name}", value)
    risk = delivery.card.find("intended_uses", "risk_rating")
    if risk.text:
        _property(delivery, RISK, risk.text, risk)
    for key in ("serial_number", "bom_version", "model_card_ref"):
        delivery.drop(delivery.detail(f"cdx.{key}"), _OF_ANOTHER)
    for _, source in delivery.details("cdx.prop.cardwright.card"):
        delivery.drop(source, _OF_ANOTHER)
    for rest, source in delivery.details("cdx.prop"):
        if not rest.startswith("cardwright") and not rest.endswith(".name"):
            raw = delivery.detail(f"cdx.prop.{rest}.name")
            _property(delivery, raw.text or rest.replace(".", ":"), source.text, source, raw)
    for leaf in delivery.rest():
        _property(delivery, OWN + ":".join(leaf.steps), leaf.text, leaf)


def _property(delivery: Delivery, name: str, value: str, *sources: Source) -> None:
    target: Path = (*_COMPONENT, "properties")
    place = (*target, delivery.count(target))
    delivery.set(place, {"name": name, "value": value})
    delivery.claim((*place, "value"), *sources, outcome=Outcome.MOVED, detail=_PROPERTY)
