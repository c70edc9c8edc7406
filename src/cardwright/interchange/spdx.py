"""Models in an SPDX 3.0 document with the AI profile (https://spdx.github.io/spdx-spec/v3.0.1/model/AI/AI/)."""

from collections.abc import Iterator, Mapping
from typing import Final

from cardwright.core.json_value import object_at
from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions, check_models
from cardwright.interchange.card_places import CUSTOM, key_of
from cardwright.interchange.data_sets import datasets_of
from cardwright.interchange.energy import kilowatt_hours, move_amount
from cardwright.interchange.limits import Path
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.source import Source, joined
from cardwright.interchange.source_file import SourceFile
from cardwright.interchange.transfer import Transfer

KEY: Final = "spdx"
JOB: Final = "SPDX metrics"
NO_ASSERTION: Final = "NOASSERTION"
NO_LICENCE: Final = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
_UNKNOWN = "The format's word for unknown"
_CONTEXT = "spdx.org/rdf/3."
_OTHER_MODEL = "It belongs to another model of the file"
_OBSERVATIONS: Path = ("training_details", "training_observations")
_JOINED: tuple[tuple[str, Path], ...] = (
    ("ai_typeOfModel", ("model_overview", "algorithm_type")),
    ("ai_domain", ("model_overview", "problem_type")),
)
_TEXTS: tuple[tuple[str, Path, str], ...] = (
    ("name", ("model_overview", "model_name"), ""),
    ("description", ("model_overview", "model_description"), ""),
    ("summary", ("model_overview", "model_description"), ""),
    ("ai_informationAboutApplication", ("intended_uses", "intended_uses"), ""),
    ("ai_informationAboutTraining", _OBSERVATIONS, "Information about training"),
    ("ai_modelDataPreprocessing", _OBSERVATIONS, "Model data preprocessing"),
    ("ai_limitation", ("additional_information", "caveats_and_recommendations"), ""),
)
_AGENTS: tuple[tuple[str, Path], ...] = (
    ("suppliedBy", ("model_overview", "model_owner")),
    ("originatedBy", ("model_overview", "model_creator")),
)
_RISKS: Mapping[str, str] = {"serious": "High", "high": "High", "medium": "Medium", "low": "Low"}
_MOVED: Mapping[str, str] = {
    "ai_modelExplainability": "spdx.explainability",
    "ai_standardCompliance": "spdx.standard",
    "ai_autonomyType": "spdx.autonomy_type",
    "ai_useSensitivePersonalInformation": "spdx.use_sensitive_personal_information",
    "spdxId": "spdx.id",
    "software_primaryPurpose": "spdx.primary_purpose",
    "releaseTime": "spdx.release_time",
    "builtTime": "spdx.built_time",
    "validUntilTime": "spdx.valid_until_time",
    "verifiedUsing": "spdx.hash",
    "externalIdentifier": "spdx.external_identifier",
    "externalRef": "spdx.external_ref",
    "comment": "spdx.comment",
    "software_copyrightText": "spdx.copyright",
    "software_packageUrl": "spdx.package_url",
    "software_homePage": "spdx.home_page",
    "software_sourceInfo": "spdx.source_info",
}
_ENERGY: Mapping[str, str] = {
    "ai_trainingEnergyConsumption": "training",
    "ai_finetuningEnergyConsumption": "fine_tuning",
    "ai_inferenceEnergyConsumption": "inference",
}
_LICENCES: Mapping[str, str] = {"hasDeclaredLicense": "declared", "hasConcludedLicense": "concluded"}


def recognises(file: SourceFile) -> bool:
    """Whether a JSON object is an SPDX document of any version."""
    value = file.json_object()
    return _CONTEXT in str(value.get("@context", "")) or isinstance(value.get("spdxVersion"), str)


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read a card of each AI package.

    Raises:
        NotACard: the document is SPDX 2, or has no AI package.
    """
    del options
    root = Source("", file.json)
    if root.find("spdxVersion").exists:
        version = root.find("spdxVersion").text
        raise NotACard(f"This document is {version}: only SPDX 3 describes models, in its AI profile")
    graph = _Graph(root)
    packages = [one for one in graph.elements if one.find("type").text == "ai_AIPackage"]
    if not packages and not recognises(file):
        raise NotACard("This JSON is not an SPDX document: its @context does not name SPDX")
    if not packages:
        count = len(graph.elements)
        words = "1 element, which is not" if count == 1 else f"{count:,} elements, and none of them is"
        raise NotACard(f"This SPDX document has {words} an AI package")
    check_models(root, packages)
    return tuple(_card(file, graph, package, packages) for package in packages)


class _Graph:
    """The elements of a document, by their identifiers."""

    def __init__(self, root: Source) -> None:
        self.root = root
        graph = root.find("@graph")
        self.elements = graph.items() if graph.exists else [root]
        self._by_id = {_id(one): one for one in self.elements if _id(one)}

    def resolved(self, source: Source) -> Source:
        """Return the element that a source is or names; an absent one if the document does not have it."""
        if isinstance(source.value, dict):
            return source
        return self._by_id.get(source.text, Source(source.pointer, None, exists=False))

    def relations(self, package: Source) -> Iterator[tuple[str, Source, list[Source], bool]]:
        """Yield type, relationship and other ends of each relationship, and whether the package is its beginning."""
        own = _id(package)
        for one in self.elements:
            kind = one.find("relationshipType").text
            if not kind:
                continue
            if one.find("from").text == own:
                yield kind, one, one.find("to").items(), True
            elif any(item.text == own for item in one.find("to").items()):
                yield kind, one, [one.find("from")], False


def _id(element: Source) -> str:
    return element.find("spdxId").text or element.find("@id").text


def _card(file: SourceFile, graph: _Graph, package: Source, packages: list[Source]) -> ImportedCard:
    transfer = Transfer(graph.root)
    _drop_unknown(transfer, graph)
    for key, target, label in _TEXTS:
        for number, item in enumerate(package.find(key).items()):
            transfer.keep_or_move(target, item, f"spdx.{key_of(key.removeprefix('ai_'))}.{number}", label)
    for key, target in _JOINED:
        for number, item in enumerate(package.find(key).items()):
            transfer.add_line(target, f"spdx.{key_of(key.removeprefix('ai_'))}.{number}", ", ", item.text, item)
    transfer.version(package.find("software_packageVersion"), "spdx.version")
    transfer.add_or_move(
        ("model_overview", "model_artifact"), package.find("software_downloadLocation"), "spdx.download_location"
    )
    for key, target in _AGENTS:
        for number, item in enumerate(package.find(key).items()):
            _agent(transfer, graph, target, f"spdx.{key_of(key)}.{number}", item)
    _risk(transfer, package.find("ai_safetyRiskAssessment"))
    _entries(transfer, package)
    for key, target_key in _MOVED.items():
        transfer.move(target_key, package.find(key))
    for item in package.find("ai_energyConsumption").items():
        _energy(transfer, graph, item)
    for kind, relation, ends, is_from in graph.relations(package):
        _relation(transfer, graph, kind, relation, ends, is_from)
    for other in packages:
        if other.pointer != package.pointer:
            transfer.drop(other, _OTHER_MODEL)
    return transfer.imported(file, KEY, package.find("name").text)


def _drop_unknown(transfer: Transfer, graph: _Graph) -> None:
    """Report the format's words for an unknown value as dropped; a card leaves such a fact out."""
    for leaf in graph.root.leaves():
        if leaf.value in (NO_ASSERTION, NO_LICENCE):  # an empty list is a leaf too, and has no hash
            transfer.drop(leaf, _UNKNOWN)


def _agent(transfer: Transfer, graph: _Graph, target: Path, key: str, item: Source) -> None:
    name = graph.resolved(item).find("name")
    if not name.text:
        transfer.move(key, item)
        return
    transfer.add_line(target, key, "; ", name.text, name)
    if not isinstance(item.value, dict):
        transfer.claim(item, target, Outcome.CHANGED, f"Resolved to {name.text}")


def _risk(transfer: Transfer, source: Source) -> None:
    rating = _RISKS.get(source.text)
    if rating is None:
        transfer.move("spdx.safety_risk", source)
        return
    transfer.put(("intended_uses", "risk_rating"), rating, source, Outcome.CHANGED, f"{source.text} is {rating}")
    if source.text == "serious":
        transfer.move("spdx.safety_risk", source)


def _entries(transfer: Transfer, package: Source) -> None:
    """Carry the dictionaries: hyperparameters, and metrics with the thresholds of the same keys."""
    for entry in package.find("ai_hyperparameter").items():
        key = entry.find("key")
        if transfer.parameter(key.text, entry.find("value"), "spdx.hyperparameter"):
            transfer.claim(
                key,
                _last(transfer, ("training_details", "training_job_details", "user_provided_hyper_parameters")),
                Outcome.KEPT,
            )
    thresholds: dict[str, list[Source]] = {}
    for entry in package.find("ai_metricDecisionThreshold").items():
        thresholds.setdefault(entry.find("key").text, []).append(entry)
    for entry in package.find("ai_metric").items():
        _metric(transfer, entry, thresholds.pop(entry.find("key").text, []))
    for name, entries in thresholds.items():
        for entry in entries:
            transfer.move(f"spdx.threshold.{key_of(name)}", entry.find("value"))


def _metric(transfer: Transfer, entry: Source, thresholds: list[Source]) -> None:
    key = entry.find("key")
    values = [one.find("value") for one in thresholds if one.find("value").text]
    group = transfer.group(transfer.job(JOB), "metrics")
    notes = joined((f"threshold={one.text}" for one in values), "; ")
    if transfer.metric(group, key.text, entry.find("value"), notes, [key, *values]):
        for one in thresholds:
            transfer.claim(one.find("key"), (*group, "metric_data"), Outcome.CHANGED, "The metric of this name")


def _last(transfer: Transfer, path: Path) -> Path:
    return (*path, transfer.count(path) - 1, "name")


def _energy(transfer: Transfer, graph: _Graph, item: Source) -> None:
    consumption = graph.resolved(item)
    for key, activity in _ENERGY.items():
        for number, reference in enumerate(consumption.find(key).items()):
            found = graph.resolved(reference)
            amount, unit = found.find("ai_energyQuantity"), found.find("ai_energyUnit")
            raw = f"spdx.energy.{activity}.{number}"
            move_amount(transfer, f"cw.energy.{activity}.kwh", kilowatt_hours(amount, unit), amount, unit, raw)


def _relation(  # noqa: PLR0913, PLR0917 - the parts of a relationship
    transfer: Transfer, graph: _Graph, kind: str, relation: Source, ends: list[Source], is_from: bool
) -> None:
    for end in ends:
        element = graph.resolved(end)
        target: Path = ()
        if is_from and kind in {"trainedOn", "testedOn"}:
            target = _dataset(transfer, element, end, evaluation=kind == "testedOn")
        elif is_from and kind in _LICENCES:
            target = _licence(transfer, _LICENCES[kind], element, end)
        elif (is_from and kind == "descendantOf") or (not is_from and kind in {"ancestorOf", "hasVariant"}):
            target = _base_model(transfer, element, end)
        elif is_from:
            key = f"spdx.rel.{key_of(kind)}"
            transfer.move(key, _named(element, end))
            target = (*CUSTOM, key)
        if target:
            transfer.claim(end, target, Outcome.CHANGED, f"The end of {kind}")
            transfer.claim(
                relation.find("relationshipType"), target, Outcome.CHANGED, "It decides where the value goes"
            )


def _named(element: Source, end: Source) -> Source:
    return element.find("name") if element.find("name").text else end


def _dataset(transfer: Transfer, element: Source, end: Source, *, evaluation: bool) -> Path:
    location = element.find("software_downloadLocation")
    place = location if location.text else _named(element, end)
    target = datasets_of(transfer, JOB, evaluation=evaluation)
    if target is None or not transfer.add(target, place):
        transfer.move("spdx.dataset", place)
        return ()
    name = element.find("name")
    if name.text and name.pointer != place.pointer:
        transfer.move("spdx.dataset_name", name)
    return target


def _licence(transfer: Transfer, word: str, element: Source, end: Source) -> Path:
    expression = element.find("simplelicensing_licenseExpression")
    source = expression if expression.text else _named(element, end)
    if source.text == NO_LICENCE:
        return ()
    known = transfer.get((*CUSTOM, "cw.license"))
    if expression.text and known in {None, expression.text}:
        if known is None:
            transfer.move("cw.license", source)
        return (*CUSTOM, "cw.license")
    transfer.move(f"spdx.license.{word}", source)
    return (*CUSTOM, f"spdx.license.{word}")


def _base_model(transfer: Transfer, element: Source, end: Source) -> Path:
    taken = object_at(transfer.get(CUSTOM))
    number = sum(key.startswith("cw.base_model.") and key.count(".") == 2 for key in taken)
    key = f"cw.base_model.{number}"
    transfer.move(key, _named(element, end))
    return (*CUSTOM, key)
