"""Writes a card as a document of the Model Card Toolkit, schema v0.0.2."""

from base64 import b64encode
from datetime import date

from cardwright.interchange.card_version import CardVersion, WrittenCard
from cardwright.interchange.chart_pictures import write_pictures
from cardwright.interchange.delivery import Delivery, is_address, parts_of, people_of
from cardwright.interchange.licences import spdx_identifier
from cardwright.interchange.limits import Path
from cardwright.interchange.model_card_toolkit import EVALUATION_DATA, TRAINING_DATA
from cardwright.interchange.performance_metrics import Members, write_metrics
from cardwright.interchange.source import Source

_INTERVAL = Members("confidence_interval", "lower_bound", "upper_bound")
_PART = "A part of the text"
_DETAILS: Path = ("model_details",)
_CONSIDERATIONS: Path = ("considerations",)
_TEXTS: tuple[tuple[Path, Path], ...] = (
    (("model_overview", "model_name"), (*_DETAILS, "name")),
    (("model_overview", "model_description"), (*_DETAILS, "overview")),
    (("model_overview", "model_version"), (*_DETAILS, "version", "name")),
    (("model_overview", "algorithm_type"), ("model_parameters", "model_architecture")),
)
# The member for the text without a label, and the members for its labelled parts.
_LISTS: tuple[tuple[Path, str, dict[str, str]], ...] = (
    (("intended_uses", "purpose_of_model"), "use_cases", {}),
    (("intended_uses", "intended_uses"), "use_cases", {"Users": "users", "Use cases": "use_cases"}),
    (
        ("additional_information", "caveats_and_recommendations"),
        "limitations",
        {"Limitations": "limitations", "Tradeoffs": "tradeoffs"},
    ),
    (("intended_uses", "factors_affecting_model_efficiency"), "limitations", {}),
)
_CUSTOM: tuple[tuple[str, Path], ...] = (
    ("mct.version", (*_DETAILS, "version", "name")),
    ("mct.version_diff", (*_DETAILS, "version", "diff")),
    ("mct.documentation", (*_DETAILS, "documentation")),
    ("mct.citation", (*_DETAILS, "citations", 0, "citation")),
    ("mct.input_format", ("model_parameters", "input_format")),
    ("mct.output_format", ("model_parameters", "output_format")),
)
_RISKS = ("risk_rating", "explanations_for_risk_rating")


def write(version: CardVersion) -> WrittenCard:
    """Return the card as indented JSON. Nothing in this format is demanded. Charts are PNG pictures.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    delivery = Delivery(version)
    delivery.set(("schema_version",), "0.0.2")
    delivery.set(_DETAILS, {})  # readers know the format by it
    for steps, target in _TEXTS:
        delivery.text(target, delivery.card.find(*steps))
    for key, target in _CUSTOM:
        delivery.text(target, delivery.detail(key))
    _date(delivery)
    _owners(delivery)
    _licences(delivery)
    _lists_of_details(delivery)
    _datasets(delivery)
    delivery.text((*_DETAILS, "path"), delivery.card.find("model_overview", "model_artifact", 0))
    write_pictures(
        delivery,
        ("quantitative_analysis", "graphics", "collection"),
        version.png,
        lambda data: b64encode(data).decode(),
    )
    write_metrics(delivery, ("quantitative_analysis", "performance_metrics"), _INTERVAL)
    for steps, member, labels in _LISTS:
        _texts(delivery, delivery.card.find(*steps), member, labels)
    _risk(delivery)
    _ethics(delivery)
    return delivery.written()


def _date(delivery: Delivery) -> None:
    """Write the date of the version. The format wants YYYY-MM-DD; another text is left out."""
    source = delivery.detail("mct.version_date")
    try:
        date.fromisoformat(source.text)
    except ValueError:
        delivery.drop(source, "It is not a date such as 2026-02-28")
    else:
        delivery.text((*_DETAILS, "version", "date"), source)


def _owners(delivery: Delivery) -> None:
    source = delivery.card.find("model_overview", "model_owner")
    for name, contact in people_of(source.text, several=delivery.is_structured):
        place = (*_DETAILS, "owners", delivery.count((*_DETAILS, "owners")))
        for key, value in (("name", name), ("contact", contact)):
            if value:
                delivery.put((*place, key), source, value, "" if value == source.value else _PART)


def _licences(delivery: Delivery) -> None:
    target = (*_DETAILS, "licenses")
    licence, stated = delivery.detail("cw.license"), delivery.details("mct.license")
    for rest, source in stated:
        member = "custom_text" if rest.endswith("custom_text") else "identifier"
        delivery.put((*target, delivery.count(target), member), source)
    if licence.text in {spdx_identifier(source.text) for _, source in stated}:
        delivery.claim(target, licence, detail="One of the licences")
    else:
        delivery.put((*target, delivery.count(target), "identifier"), licence)


def _lists_of_details(delivery: Delivery) -> None:
    """Write references, citations and formats, whose parts the card has in custom details."""
    for key, member in (("references", "reference"), ("citations", "citation")):
        places: dict[str, int] = {}
        for rest, source in delivery.details(f"mct.{key}"):
            if key == "references" and not is_address(source.text):
                delivery.text((*_DETAILS, "citations", delivery.count((*_DETAILS, "citations")), "citation"), source)
                continue
            number, _, part = rest.partition(".")
            item = places.setdefault(number, delivery.count((*_DETAILS, key)))
            delivery.text((*_DETAILS, key, item, part or member), source)
    for key in ("input_format_map", "output_format_map"):
        for name, source in delivery.details(f"mct.{key}"):
            place = ("model_parameters", key, delivery.count(("model_parameters", key)))
            delivery.set((*place, "key"), name)
            delivery.text((*place, "value"), source)


def _datasets(delivery: Delivery) -> None:
    found = [
        (TRAINING_DATA, source)
        for source in delivery.card.find("training_details", "training_job_details", "training_datasets").items()
    ]
    for job in delivery.card.find("evaluation_details").items():
        found += [(EVALUATION_DATA, source) for source in job.find("datasets").items()]
    others = [("", source) for number, source in delivery.details("mct.data") if number.isdigit()]
    for role, source in found + others:
        place = ("model_parameters", "data", delivery.count(("model_parameters", "data")))
        if delivery.put((*place, "link" if is_address(source.text) else "name"), source) and role:
            delivery.set((*place, "description"), role)


def _texts(delivery: Delivery, source: Source, member: str, labels: dict[str, str]) -> None:
    text = source.value if isinstance(source.value, str) else ""
    for label, part in parts_of(text, [*labels]) if labels else [("", text)]:
        target = (*_CONSIDERATIONS, labels.get(label, member))
        place = (*target, delivery.count(target), "description")
        delivery.put(place, source, part, "" if part == text else _PART)


def _risk(delivery: Delivery) -> None:
    """Write the rating as a limitation in words: the format has no field for it."""
    rating, reasons = (delivery.card.find("intended_uses", key) for key in _RISKS)
    target = (*_CONSIDERATIONS, "limitations")
    for label, source in (("Risk rating", rating), ("Explanation of the risk rating", reasons)):
        delivery.put(
            (*target, delivery.count(target), "description"), source, f"{label}: {source.text}", "Written in words"
        )


def _ethics(delivery: Delivery) -> None:
    """Write the considerations: one a line where an import made the lines, else all in one."""
    source = delivery.card.find("additional_information", "ethical_considerations")
    for line in source.text.split("\n") if delivery.is_structured else [source.text]:
        name, separator, strategy = line.partition(": ") if delivery.is_structured else (line, "", "")
        place = (
            *_CONSIDERATIONS,
            "ethical_considerations",
            delivery.count((*_CONSIDERATIONS, "ethical_considerations")),
        )
        delivery.put((*place, "name"), source, name, "" if name == source.value else _PART)
        if separator:
            delivery.put((*place, "mitigation_strategy"), source, strategy, _PART)
