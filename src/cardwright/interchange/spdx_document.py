"""Writes a card as an SPDX 3.0.1 document with the AI profile.

Data sets and base models are plain packages: the data set profile demands times and origins that a card does not have.
"""

from decimal import Decimal
from typing import Any, Final

from cardwright.interchange.card_version import CardVersion, WrittenCard
from cardwright.interchange.delivery import Delivery, is_address, parts_of
from cardwright.interchange.energy import converted
from cardwright.interchange.limits import Path
from cardwright.interchange.source import Source
from cardwright.interchange.spdx import JOB, NO_ASSERTION, NO_LICENCE

CONTEXT: Final = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_PART = "A part of the text"
_INFO = "_:creationInfo"
_PACKAGE: Path = ("@graph", 3)
_TEXTS: tuple[tuple[Path, str], ...] = (
    (("model_overview", "model_description"), "description"),
    (("intended_uses", "intended_uses"), "ai_informationAboutApplication"),
    (("additional_information", "caveats_and_recommendations"), "ai_limitation"),
)
_LISTS: tuple[tuple[Path, str], ...] = (
    (("model_overview", "algorithm_type"), "ai_typeOfModel"),
    (("model_overview", "problem_type"), "ai_domain"),
)
_LABELS = {
    "Information about training": "ai_informationAboutTraining",
    "Model data preprocessing": "ai_modelDataPreprocessing",
}
_CUSTOM = {
    "spdx.comment": "comment",
    "spdx.copyright": "software_copyrightText",
    "spdx.source_info": "software_sourceInfo",
}
_CUSTOM_LISTS = {"spdx.explainability": "ai_modelExplainability", "spdx.standard": "ai_standardCompliance"}
_PRESENCE = {
    "spdx.autonomy_type": "ai_autonomyType",
    "spdx.use_sensitive_personal_information": "ai_useSensitivePersonalInformation",
}
_ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake3"})
_RISKS = {"High": "high", "Medium": "medium", "Low": "low"}
_ENERGY = {
    "training": "ai_trainingEnergyConsumption",
    "fine_tuning": "ai_finetuningEnergyConsumption",
    "inference": "ai_inferenceEnergyConsumption",
}
_PARAMETERS: Path = ("training_details", "training_job_details")


def write(version: CardVersion) -> WrittenCard:
    """Return the card as indented JSON-LD. Demanded values that a card does not state are ``NOASSERTION``.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    delivery = Delivery(version)
    _document(delivery)
    package = _Package(delivery)
    package.identity()
    package.texts()
    package.dictionaries()
    package.energy()
    package.relationships()
    for leaf in delivery.rest():
        if leaf.pointer.startswith("/model_overview/model_artifact/"):
            package.reference(leaf)
    return delivery.written()


def _document(delivery: Delivery) -> None:
    """Write the elements that each document begins with: creation, its agent, document and package."""
    agent, document, package = _id(delivery, "agent"), _id(delivery, "document"), _package_id(delivery)
    delivery.document |= {
        "@context": CONTEXT,
        "@graph": [
            {
                "type": "CreationInfo",
                "@id": _INFO,
                "specVersion": "3.0.1",
                "created": delivery.time,
                "createdBy": [agent],
            },
            _element("SoftwareAgent", agent, name="Cardwright"),
            _element(
                "SpdxDocument",
                document,
                profileConformance=["core", "software", "ai", "simpleLicensing"],
                rootElement=[package],
            ),
            _element("ai_AIPackage", package, software_primaryPurpose="model"),
        ],
    }


def _id(delivery: Delivery, part: str) -> str:
    return f"urn:uuid:{delivery.identifier(part)}"


def _package_id(delivery: Delivery) -> str:
    """Return the identifier that the package had in the document that the card came from, else a new one."""
    known = delivery.detail("spdx.id").text
    return known if is_address(known) else _id(delivery, "package")


def _element(kind: str, identifier: str, **members: Any) -> dict[str, Any]:
    return {"type": kind, "spdxId": identifier, "creationInfo": _INFO, **members}


class _Package:
    """The AI package, and the elements that it names."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._id = _package_id(delivery)
        if self._id == delivery.detail("spdx.id").text:
            delivery.claim((*_PACKAGE, "spdxId"), delivery.detail("spdx.id"))
        if delivery.detail("spdx.primary_purpose").text == "model":
            delivery.claim((*_PACKAGE, "software_primaryPurpose"), delivery.detail("spdx.primary_purpose"))

    def identity(self) -> None:
        """Write name, version, origin and times, which the AI profile demands."""
        delivery, overview = self._delivery, self._delivery.card.find("model_overview")
        if not delivery.text((*_PACKAGE, "name"), overview.find("model_name")):
            delivery.demand((*_PACKAGE, "name"), delivery.version.name)
        place: Path = (*_PACKAGE, "software_packageVersion")
        sources = (overview.find("model_version"), delivery.detail("spdx.version"))
        if not any([delivery.text(place, source) for source in sources if source.text][:1]):
            delivery.demand(place, NO_ASSERTION)
        place = (*_PACKAGE, "software_downloadLocation")
        if not delivery.text(place, overview.find("model_artifact", 0)):
            delivery.demand(place, NO_ASSERTION)
        place = (*_PACKAGE, "releaseTime")
        released = delivery.detail("spdx.release_time")
        if not delivery.text(place, released):
            delivery.demand(place, delivery.time)
        self._agent("suppliedBy", overview.find("model_owner"), demanded=True)
        self._agent("originatedBy", overview.find("model_creator"), demanded=False)

    def _agent(self, member: str, source: Source, *, demanded: bool) -> None:
        """Write an agent and name it in a member of the package: one in suppliedBy, a list in originatedBy."""
        if not source.text and not demanded:
            return
        delivery = self._delivery
        place = self._added(_element("Agent", identifier := _id(delivery, member)))
        if not delivery.text((*place, "name"), source):
            delivery.demand((*place, "name"), NO_ASSERTION)
        delivery.set((*_PACKAGE, member), identifier if demanded else [identifier])

    def texts(self) -> None:
        """Write what the package says in words."""
        delivery = self._delivery
        for steps, member in _TEXTS:
            delivery.text((*_PACKAGE, member), delivery.card.find(*steps))
        for steps, member in _LISTS:
            delivery.add((*_PACKAGE, member), delivery.card.find(*steps))
        observed = delivery.card.find("training_details", "training_observations")
        about: list[str] = []
        for label, part in parts_of(observed.text, [*_LABELS]):
            if label == "Model data preprocessing":
                delivery.add((*_PACKAGE, _LABELS[label]), observed, part, _PART)
            else:
                about.append(part)
        if about:
            text = "\n\n".join(about)
            detail = "" if text == observed.value else _PART
            delivery.put((*_PACKAGE, "ai_informationAboutTraining"), observed, text, detail)
        for key, member in _CUSTOM.items():
            delivery.text((*_PACKAGE, member), delivery.detail(key))
        for key, member in _CUSTOM_LISTS.items():
            for _, source in delivery.details(key):
                delivery.add((*_PACKAGE, member), source)
        for key, member in _PRESENCE.items():
            if delivery.detail(key).text in {"yes", "no", "noAssertion"}:
                delivery.text((*_PACKAGE, member), delivery.detail(key))
        self._risk()
        self._hashes()

    def _risk(self) -> None:
        """Write the risk. The format has no value for an unknown one, and no place for its explanation."""
        delivery, place = self._delivery, (*_PACKAGE, "ai_safetyRiskAssessment")
        rating, raw = delivery.card.find("intended_uses", "risk_rating"), delivery.detail("spdx.safety_risk")
        if rating.text == "High" and raw.text == "serious":
            delivery.text(place, raw)
            delivery.claim(place, rating, detail="Written as serious")
        elif rating.text in _RISKS:
            delivery.put(place, rating, _RISKS[rating.text])

    def _hashes(self) -> None:
        """Write the hashes of the document that the card came from, if they are in its form."""
        delivery = self._delivery
        for number in dict.fromkeys(rest.partition(".")[0] for rest, _ in delivery.details("spdx.hash")):
            algorithm, value = (delivery.detail(f"spdx.hash.{number}.{key}") for key in ("algorithm", "hash_value"))
            if algorithm.text not in _ALGORITHMS or not value.text:
                continue
            place: Path = (*_PACKAGE, "verifiedUsing", delivery.count((*_PACKAGE, "verifiedUsing")))
            delivery.set(place, {"type": "Hash"})
            delivery.claim((*place, "type"), delivery.detail(f"spdx.hash.{number}.type"))
            delivery.text((*place, "algorithm"), algorithm)
            delivery.text((*place, "hashValue"), value)

    def dictionaries(self) -> None:
        """Write hyperparameters, and metrics with their thresholds."""
        delivery = self._delivery
        for member in ("hyper_parameters", "user_provided_hyper_parameters"):
            for entry in delivery.card.find(*_PARAMETERS, member).items():
                if entry.find("name").text and entry.find("value").text:
                    self._entry("ai_hyperparameter", entry.find("name"), entry.find("value"))
        slices = delivery.slices()
        for noted in delivery.metrics():
            part = slices[noted.group.pointer]
            is_plain = noted.job.find("name").text == JOB or len(slices) == 1
            key = noted.name if is_plain else f"{part}: {noted.name}"
            place = self._entry("ai_metric", noted.metric.find("name"), noted.metric.find("value"), key, noted.value)
            delivery.claim(place, noted.metric.find("type"), detail="The value is text")
            if noted.unit:
                delivery.claim(place, noted.metric.find("notes"), detail="Behind the number")
            if not is_plain:
                delivery.claim(place, noted.group.find("name"), detail="Part of the key")
            if noted.threshold:
                target = self._plain_entry("ai_metricDecisionThreshold", key, noted.threshold)
                delivery.claim(target, noted.metric.find("notes"), detail="The threshold in it")
            if noted.job.find("name").text == JOB:
                delivery.claim(_PACKAGE, noted.job.find("name"), detail="Readers give the metrics this name")
                delivery.claim(_PACKAGE, noted.group.find("name"), detail="Readers give the metrics this name")
            for companion in noted.companions:
                self._entry("ai_metric", companion.find("name"), companion.find("value"))
                delivery.claim(place, companion.find("type"), detail="The value is text")

    def _entry(self, member: str, name: Source, value: Source, key: str = "", text: str = "") -> Path:
        place: Path = (*_PACKAGE, member, self._delivery.count((*_PACKAGE, member)))
        self._delivery.set(place, {"type": "DictionaryEntry"})
        detail = "Part of the key" if key and key != name.value else ""
        self._delivery.put((*place, "key"), name, key or name.text, detail)
        self._delivery.put((*place, "value"), value, text or value.text)
        return place

    def _plain_entry(self, member: str, key: str, value: str) -> Path:
        place: Path = (*_PACKAGE, member, self._delivery.count((*_PACKAGE, member)))
        self._delivery.set(place, {"type": "DictionaryEntry", "key": key, "value": value})
        return place

    def energy(self) -> None:
        """Write energy in kilowatt hours. The format has no emissions."""
        delivery = self._delivery
        for activity, member in _ENERGY.items():
            source = delivery.detail(f"cw.energy.{activity}.kwh")
            amount = converted(source, Decimal(1))
            if amount:
                delivery.set((*_PACKAGE, "ai_energyConsumption", "type"), "ai_EnergyConsumption")
                place: Path = (*_PACKAGE, "ai_energyConsumption", member, 0)
                delivery.set(place, {"type": "ai_EnergyConsumptionDescription", "ai_energyUnit": "kilowattHour"})
                delivery.put((*place, "ai_energyQuantity"), source, amount)

    def relationships(self) -> None:
        """Write licences, data sets and base models."""
        delivery = self._delivery
        self._licence("hasDeclaredLicense", delivery.detail("cw.license"), delivery.detail("spdx.license.declared"))
        self._licence("hasConcludedLicense", delivery.detail("spdx.license.concluded"))
        for source in delivery.card.find(*_PARAMETERS, "training_datasets").items():
            self._other("trainedOn", source, "data")
        for job in delivery.card.find("evaluation_details").items():
            for source in job.find("datasets").items():
                self._other("testedOn", source, "data")
        for number, source in delivery.details("cw.base_model"):
            if number.isdigit():
                self._other("descendantOf", source, "model")

    def _licence(self, kind: str, *sources: Source) -> None:
        delivery = self._delivery
        found = next((source for source in sources if source.text and source.text != NO_LICENCE), None)
        if found is None:
            place = self._relationship(kind, NO_LICENCE)
            delivery.demand((*place, "to", 0), NO_LICENCE)
            return
        identifier = _id(delivery, kind)
        place = self._added(_element("simplelicensing_LicenseExpression", identifier))
        delivery.text((*place, "simplelicensing_licenseExpression"), found)
        self._relationship(kind, identifier)

    def _other(self, kind: str, source: Source, purpose: str) -> None:
        """Write a package for a data set or model that the card names, and the relationship to it."""
        if source.text:
            identifier = _id(self._delivery, source.pointer)
            place = self._added(_element("software_Package", identifier, software_primaryPurpose=purpose))
            self._delivery.text((*place, "name"), source)
            self._relationship(kind, identifier)

    def reference(self, source: Source) -> None:
        """Write a further address of the model as an external reference."""
        place: Path = (*_PACKAGE, "externalRef", self._delivery.count((*_PACKAGE, "externalRef")))
        self._delivery.set(place, {"type": "ExternalRef", "externalRefType": "altDownloadLocation"})
        self._delivery.add((*place, "locator"), source)

    def _relationship(self, kind: str, end: str) -> Path:
        identifier = _id(self._delivery, f"{kind}/{end}")
        return self._added(_element("Relationship", identifier, **{"from": self._id}, relationshipType=kind, to=[end]))

    def _added(self, element: dict[str, object]) -> Path:
        place: Path = ("@graph", self._delivery.count(("@graph",)))
        self._delivery.set(place, element)
        return place
