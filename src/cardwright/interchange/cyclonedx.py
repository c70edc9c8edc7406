"""Models in a CycloneDX bill of materials, versions 1.5 to 1.7 (https://cyclonedx.org/docs/1.7/json/)."""

from collections.abc import Iterator, Mapping
from typing import Final

from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions, check_models
from cardwright.interchange.card_places import CUSTOM, key_of, place_of
from cardwright.interchange.data_sets import datasets_of, is_for_evaluation
from cardwright.interchange.energy import GRAMS_A_TONNE, converted, kilowatt_hours, move_amount
from cardwright.interchange.licences import spdx_identifier
from cardwright.interchange.limits import Path
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.numbers import read_number
from cardwright.interchange.source import Source, joined
from cardwright.interchange.source_file import SourceFile, Unreadable
from cardwright.interchange.transfer import Transfer

KEY: Final = "cyclonedx"
JOB: Final = "Quantitative analysis"
_VERSIONS = ("1.5", "1.6", "1.7")
_TYPE = "machine-learning-model"
_OTHER_MODEL = "It belongs to another model of the file"
_PICTURE = "A picture: it stays in the kept source"
_CREATORS = ("authors", "author", "manufacturer", "publisher", "supplier")
_CREATOR: Path = ("model_overview", "model_creator")
_USES: Path = ("intended_uses", "intended_uses")
_CAVEATS: Path = ("additional_information", "caveats_and_recommendations")
_ETHICS: Path = ("additional_information", "ethical_considerations")
_LISTS: tuple[tuple[str, Path, str], ...] = (
    ("users", _USES, "Users"),
    ("useCases", _USES, "Use cases"),
    ("technicalLimitations", _CAVEATS, "Technical limitations"),
    ("performanceTradeoffs", _CAVEATS, "Performance tradeoffs"),
)
_FAIRNESS: Mapping[str, str] = {
    "groupAtRisk": "group",
    "benefits": "benefits",
    "harms": "harms",
    "mitigationStrategy": "mitigation",
}
_PLAIN = ("bom-ref", "group", "mime-type", "scope", "copyright", "cpe", "swid", "tags", "hashes")
_NOT_OF_DATASETS = frozenset({"bom-ref", "ref", "contents", "modelCard", "components"})
OWN: Final = "cardwright:"
RISK: Final = "cardwright:risk_rating"
ROLE: Final = "cardwright:role"
"""A property of a data set: ``training`` or ``evaluation``."""
_RATINGS = frozenset({"High", "Medium", "Low", "Unknown"})


def recognises(file: SourceFile) -> bool:
    """Whether a JSON object calls itself a CycloneDX document."""
    return file.json_object().get("bomFormat") == "CycloneDX"


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read a card of each machine learning model in the document.

    Raises:
        Unreadable: the document has another version.
        NotACard: it has no model.
    """
    del options
    root = Source("", file.json)
    version = root.find("specVersion").text
    if version not in _VERSIONS:
        raise Unreadable(
            f"The document is CycloneDX {version or 'without specVersion'}; {', '.join(_VERSIONS)} can be read"
        )
    components = list(_components(root))
    models = [one for one in components if one.find("type").text == _TYPE or one.find("modelCard").exists]
    if not models:
        raise NotACard("This is a bill of materials, and none of its components is a model")
    check_models(root, models)
    by_reference = {one.find("bom-ref").text: one for one in reversed(components)}
    return tuple(_card(file, root, model, models, by_reference) for model in models)


def _components(root: Source) -> Iterator[Source]:
    waiting = [*root.find("metadata", "component").items(), *root.find("components").items()][::-1]
    while waiting:
        component = waiting.pop()
        yield component
        waiting += component.find("components").items()[::-1]


def _card(
    file: SourceFile, root: Source, model: Source, models: list[Source], components: Mapping[str, Source]
) -> ImportedCard:
    transfer = Transfer(root)
    _component(transfer, model)
    card = model.find("modelCard")
    _parameters(transfer, card.find("modelParameters"), components)
    _analysis(transfer, card.find("quantitativeAnalysis"))
    _considerations(transfer, card.find("considerations"))
    for properties in (model.find("properties"), card.find("properties")):
        _properties(transfer, properties)
    transfer.move("cdx.model_card_ref", card.find("bom-ref"))
    transfer.move("cdx.serial_number", root.find("serialNumber"))
    transfer.move("cdx.bom_version", root.find("version"))
    for other in models:
        if other.pointer != model.pointer and not model.pointer.startswith(f"{other.pointer}/"):
            transfer.drop(other, _OTHER_MODEL)
    return transfer.imported(file, KEY, model.find("name").text)


def _component(transfer: Transfer, model: Source) -> None:
    transfer.keep(("model_overview", "model_name"), model.find("name"))
    transfer.version(model.find("version"), "cdx.version")
    transfer.keep_or_move(("model_overview", "model_description"), model.find("description"), "cdx.description")
    transfer.keep(("model_overview", "model_id"), model.find("purl"))
    transfer.move("cdx.purl", model.find("purl"))
    for key in _PLAIN:
        transfer.move(f"cdx.{key_of(key)}", model.find(key))
    for key in _CREATORS:
        for number, item in enumerate(model.find(key).items()):
            name = item.find("name") if isinstance(item.value, dict) else item
            if transfer.get(_CREATOR) is None or key == "authors":
                transfer.add_line(_CREATOR, f"cdx.{key}.{number}", "; ", name.text, name)
            for step, source in item.members():
                if not transfer.is_used(source):
                    transfer.move(f"cdx.{key}.{number}.{key_of(step)}", source)
            if not item.members() and not transfer.is_used(item):
                transfer.move(f"cdx.{key}", item)
    _licences(transfer, model.find("licenses"))
    _references(transfer, model.find("externalReferences"))
    for number, ancestor in enumerate(model.find("pedigree", "ancestors").items()):
        name = ancestor.find("purl") if ancestor.find("purl").text else ancestor.find("name")
        transfer.move(f"cw.base_model.{number}", name)
    transfer.move("cdx.data", model.find("data"))


def _licences(transfer: Transfer, licences: Source) -> None:
    """Join the SPDX identifiers and expressions of a component with AND, as a list of licences means."""
    named: list[tuple[Source, str]] = []
    for number, entry in enumerate(licences.items()):
        if entry.find("expression").text:
            named.append((entry.find("expression"), entry.find("expression").text))
        for key in ("id", "name"):
            source = entry.find("license", key)
            known = spdx_identifier(source.text) or (source.text if key == "id" else None)
            if known:
                named.append((source, known))
            if known != source.text:
                transfer.move(f"cdx.license.{number}", source)
        for key, source in entry.find("license").members():
            if key not in {"id", "name"}:
                transfer.move(f"cdx.license.{number}.{key_of(key)}", source)
    parts = [f"({words})" if " OR " in words and len(named) > 1 else words for _, words in named]
    expression = " AND ".join(parts)
    for source, words in named:
        detail = "" if expression == words == source.text else f"Part of {expression}"
        if transfer.get((*CUSTOM, "cw.license")) is None:
            transfer.move("cw.license", source, expression, detail)
        else:
            transfer.claim(source, (*CUSTOM, "cw.license"), Outcome.MOVED, detail)


def _references(transfer: Transfer, references: Source) -> None:
    for number, reference in enumerate(references.items()):
        kind, url = reference.find("type"), reference.find("url")
        key = f"cdx.ref.{key_of(kind.text)}.{number}"
        target: Path = ("model_overview", "model_artifact")
        if kind.text == "distribution" and transfer.add(target, url):
            transfer.claim(kind, target, Outcome.CHANGED, "It decides where the address goes")
        else:
            transfer.move(key, url)
            if transfer.get((*CUSTOM, key)) is not None:
                transfer.claim(kind, (*CUSTOM, key), Outcome.MOVED, "Part of the key")
        for step, source in reference.members():
            if step not in {"type", "url"}:
                transfer.move(f"{key}.{key_of(step)}", source)


def _parameters(transfer: Transfer, parameters: Source, components: Mapping[str, Source]) -> None:
    transfer.keep(("model_overview", "problem_type"), parameters.find("task"))
    transfer.move("cdx.approach", parameters.find("approach", "type"))
    architecture, family = parameters.find("modelArchitecture"), parameters.find("architectureFamily")
    words = (
        f"{architecture.text} ({family.text})" if architecture.text and family.text else architecture.text + family.text
    )
    parts = [one for one in (architecture, family) if one.text]
    transfer.add_line(("model_overview", "algorithm_type"), "cdx.architecture", "", words, *parts)
    for key in ("inputs", "outputs"):
        for number, item in enumerate(parameters.find(key).items()):
            transfer.move(f"cdx.{key[:-1]}.{number}", item.find("format"))
    for number, item in enumerate(parameters.find("datasets").items()):
        _dataset(transfer, number, item, components)


def _dataset(transfer: Transfer, number: int, item: Source, components: Mapping[str, Source]) -> None:
    """Carry a data set; one that is given by reference is that component of the document."""
    reference = item.find("ref")
    found = components.get(reference.text) if reference.text else item
    described = found or item
    name, address = described.find("name"), described.find("contents", "url")
    if not address.text:
        address = described.find("data", 0, "contents", "url")
    place = address if address.text else name
    roles = [one for one in described.find("contents", "properties").items() if one.find("name").text == ROLE]
    is_test = roles[0].find("value").text == "evaluation" if roles else is_for_evaluation(name.text)
    target = datasets_of(transfer, JOB, evaluation=is_test) if place.text else None
    key = f"cdx.dataset.{number}"
    if target is None or not transfer.add(target, place):
        transfer.move(key, place)
    if reference.text:
        if found is not None and target is not None:
            transfer.claim(reference, target, Outcome.CHANGED, f"Resolved to {place.text}")
        else:
            transfer.move(f"{key}.ref", reference)
    if target is not None:
        for role in roles:
            transfer.claim(role, target, Outcome.CHANGED, "It says what the data is used for")
        if described.find("type").text == "dataset":
            transfer.claim(described.find("type"), target, Outcome.CHANGED, "It is in a list of data sets")
    for step, source in [*described.members(), *described.find("contents").members()]:
        if step == "graphics":
            transfer.drop(source, _PICTURE)
        elif (
            step not in _NOT_OF_DATASETS
            and not transfer.is_used(source)
            and place.pointer
            not in {
                source.pointer,
                source.find(0, "contents", "url").pointer,
            }
        ):
            transfer.move(f"{key}.{key_of(step)}", source)


def _analysis(transfer: Transfer, analysis: Source) -> None:
    for number, metric in enumerate(analysis.find("performanceMetrics").items()):
        _metric(transfer, number, metric)
    transfer.drop(analysis.find("graphics"), _PICTURE)


def _metric(transfer: Transfer, number: int, metric: Source) -> None:
    """Carry a metric. A type such as ``slice/metric`` names a group and a metric where there is no slice."""
    kind, part, value = metric.find("type"), metric.find("slice"), metric.find("value")
    head, _, tail = kind.text.partition("/")
    group, name = (part.text, kind.text) if part.text or not tail else (head, tail)
    job = transfer.job(JOB)
    path = transfer.group(job, group or "overall", *([part] if part.text else []))
    bounds = [metric.find("confidenceInterval", key) for key in ("lowerBound", "upperBound")]
    has_both = all(one.text for one in bounds)
    notes = f"CI [{', '.join(one.text for one in bounds)}]" if has_both else ""
    name = name or f"metric {number}"
    used = [one for one in (kind, *(bounds if has_both else ())) if one.text]
    if value.exists:
        transfer.metric(path, name, value, notes, used)
    if all(read_number(one.value).kind == "number" for one in bounds):
        for bound, suffix in zip(bounds, ("ci_lower", "ci_upper"), strict=True):
            transfer.metric(path, f"{name}_{suffix}", bound, used=[kind])


def _considerations(transfer: Transfer, considerations: Source) -> None:
    for key, target, label in _LISTS:
        for number, item in enumerate(considerations.find(key).items()):
            transfer.keep_or_move(target, item, f"cdx.{key_of(key)}.{number}", label)
    for number, item in enumerate(considerations.find("ethicalConsiderations").items()):
        parts = [one for one in (item.find("name"), item.find("mitigationStrategy")) if one.text]
        words = joined((one.text for one in parts), ": ")
        transfer.add_line(_ETHICS, f"cdx.ethical.{number}", "\n", words, *parts)
    for number, item in enumerate(considerations.find("fairnessAssessments").items()):
        parts = [item.find(key) for key in ("groupAtRisk", "harms", "mitigationStrategy") if item.find(key).text]
        transfer.add_line(_ETHICS, f"cdx.fairness.{number}", "\n", joined((one.text for one in parts), ": "), *parts)
        for key, word in _FAIRNESS.items():
            transfer.move(f"cw.fairness.{number}.{word}", item.find(key))
    environment = considerations.find("environmentalConsiderations")
    for number, item in enumerate(environment.find("energyConsumptions").items()):
        _energy(transfer, number, item)
    _properties(transfer, environment.find("properties"))


def _energy(transfer: Transfer, number: int, item: Source) -> None:
    activity = item.find("activity")
    key = f"cw.energy.{key_of(activity.text)}"
    raw = f"cdx.energy.{number}"
    cost, emitted = item.find("activityEnergyCost"), item.find("co2CostEquivalent")
    amount, unit = cost.find("value"), cost.find("unit")
    move_amount(transfer, f"{key}.kwh", kilowatt_hours(amount, unit), amount, unit, f"{raw}.cost")
    amount, unit = emitted.find("value"), emitted.find("unit")
    grams = converted(amount, GRAMS_A_TONNE) if unit.text == "tCO2eq" else ""
    move_amount(transfer, f"{key}.gco2eq", grams, amount, unit, f"{raw}.co2")
    for step, source in item.members():
        if step not in {"activityEnergyCost", "co2CostEquivalent"}:
            transfer.move(f"{raw}.{key_of(step)}", source)


def _properties(transfer: Transfer, properties: Source) -> None:
    for entry in properties.items():
        name, value = entry.find("name"), entry.find("value")
        if name.text == RISK and value.text in _RATINGS:
            target: Path = ("intended_uses", "risk_rating")
            transfer.keep(target, value)
            transfer.claim(name, target, Outcome.CHANGED, "It names the field")
            continue
        if name.text.startswith(OWN) and transfer.restore(place_of(name.text.removeprefix(OWN)), value):
            transfer.claim(name, place_of(name.text.removeprefix(OWN)), Outcome.CHANGED, "It names the place")
            continue
        key = "cdx.prop." + ".".join(key_of(part) for part in name.text.split(":"))
        if transfer.move(key, value):
            if key.removeprefix("cdx.prop.") == name.text.replace(":", "."):
                transfer.claim(name, (*CUSTOM, key), Outcome.MOVED, "The key")
            else:
                transfer.move(f"{key}.name", name)
