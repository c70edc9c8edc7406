"""Writes a card as ``README.md`` of the Hugging Face Hub: a YAML block, and Markdown below the template's headings.

A library writes the YAML, and each text of the card is escaped or parsed as Markdown and written again, so that no
text can end the block or begin a heading. What neither has a place for is in the block below ``cardwright``; the
reader puts it back.
"""

import json
import re

from cardwright.core.json_value import objects_at, text_at
from cardwright.core.text_format import KEY, is_markdown
from cardwright.interchange.card_version import CardVersion, WrittenCard
from cardwright.interchange.delivery import Delivery, Noted, is_address, parts_of
from cardwright.interchange.hugging_face import DATASETS_URL, OWN, UNKNOWN
from cardwright.interchange.hugging_face_prose import DETAILS, OWN_HEADINGS
from cardwright.interchange.licences import spdx_identifier
from cardwright.interchange.limits import Path
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.source import Source, written
from cardwright.interchange.yaml_document import yaml_document

_ORDER = (
    "language", "license", "license_name", "license_link", "library_name", "tags", "datasets", "metrics", "base_model",
    "base_model_relation", "pipeline_tag", "new_version", "thumbnail", "buckets", "co2_eq_emissions",
)  # fmt: skip
_LAST = ("model-index", OWN)
_LISTS = ("tags", "metrics", "buckets")
_TEXTS = ("license_name", "license_link", "library_name", "new_version", "thumbnail")
_PART = "A part of the text"
_IN_BLOCK = "In the YAML block: the format has no member for it"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REPOSITORY = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}|code|multilingual")
_TRAINING: Path = ("training_details", "training_job_details")
_WORD = re.compile(r"(?<=\w)\\_(?=\w)")  # GitHub Flavored Markdown has no emphasis inside a word
_JOB = "README"
_RESULT: tuple[tuple[str, tuple[str, str]], ...] = (
    ("config", ("dataset", "config")),
    ("split", ("dataset", "split")),
    ("revision", ("dataset", "revision")),
    ("source_name", ("source", "name")),
    ("source_url", ("source", "url")),
)
_NOTE = re.compile(r"(type|config|args|verified): (.+)")
_USES = ("Direct Use", "Downstream Use", "Direct use", "Downstream use")
_CODE = ("bibtex", "apa")


def write(version: CardVersion) -> WrittenCard:
    """Return the README in UTF-8.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    delivery = Delivery(version)
    body = _Body(delivery)
    _metadata(delivery)
    _results(delivery)
    body.write()
    for leaf in delivery.rest():
        if not leaf.pointer.startswith("/evaluation_details/"):
            delivery.set((OWN, ":".join(leaf.steps)), leaf.value)
            delivery.claim((OWN, ":".join(leaf.steps)), leaf, outcome=Outcome.MOVED, detail=_IN_BLOCK)
    found = delivery.document
    rest = [key for key in found if key not in {*_ORDER, *_LAST}]
    ordered = {key: found[key] for key in (*_ORDER, *rest, *_LAST) if key in found}
    return delivery.written(f"---\n{yaml_document(ordered)}---\n\n{body.text}".encode())


def _metadata(delivery: Delivery) -> None:
    _licence(delivery)
    _language(delivery)
    for key in _TEXTS:
        delivery.text((key,), delivery.detail(f"hf.{key}"))
    for key in _LISTS:
        for source in [delivery.detail(f"hf.{key}"), *(one for _, one in delivery.details(f"hf.{key}"))]:
            for item in source.text.split(", ") if source.text else []:
                delivery.add((key,), source, item, "" if item == source.value else _PART)
    for source in delivery.card.find(*_TRAINING, "training_datasets").items():
        identifier = source.text.removeprefix(DATASETS_URL)
        if _REPOSITORY.fullmatch(identifier) and identifier != source.text:
            delivery.add(("datasets",), source, identifier)
        elif is_address(source.text):
            delivery.add(("datasets",), source)
    models = [source for number, source in delivery.details("cw.base_model") if number.isdigit()]
    for source in models:
        delivery.add(("base_model",), source)
    delivery.text(("base_model_relation",), delivery.detail("cw.base_model.0.relation"))
    task = delivery.card.find("model_overview", "problem_type")
    if _SLUG.fullmatch(task.text):
        delivery.text(("pipeline_tag",), task)
    _emissions(delivery)
    for key in ("language", "license", "base_model"):  # one value is not a list
        if isinstance(found := delivery.document.get(key), list) and len(found) == 1:
            delivery.document[key] = found[0]


def _licence(delivery: Delivery) -> None:
    """Write the licence by the Hub's identifier; another one is ``other`` with its name, as the Hub asks for."""
    licence, raw = delivery.detail("cw.license"), delivery.detail("hf.license")
    if raw.text:
        delivery.text(("license",), raw)
        if spdx_identifier(raw.text) == licence.text:
            delivery.claim(("license",), licence, detail=f"Written as {raw.text}")
    elif licence.text and spdx_identifier(licence.text):
        delivery.put(("license",), licence, licence.text.lower())
    elif licence.text:
        delivery.set(("license",), "other")
        delivery.text(("license_name",), licence)


def _language(delivery: Delivery) -> None:
    source = delivery.detail("cw.language")
    languages = source.text.split(", ")
    if all(_LANGUAGE.fullmatch(one) for one in languages):
        for one in languages:
            delivery.add(("language",), source, one, "" if one == source.value else _PART)


def _emissions(delivery: Delivery) -> None:
    source, others = delivery.detail("cw.energy.training.gco2eq"), delivery.details("hf.co2")
    try:
        grams: int | float = int(source.text) if source.text.isdecimal() else float(source.text)
    except ValueError:
        return
    delivery.put(("co2_eq_emissions", "emissions") if others else ("co2_eq_emissions",), source, grams)
    for key, other in others:
        delivery.text(("co2_eq_emissions", key), other)


def _results(delivery: Delivery) -> None:
    """Write ``model-index``: a result for each evaluation job and metric group with simple metrics."""
    name = delivery.card.find("model_overview", "model_name")
    delivery.set(("model-index",), [{}])
    if not delivery.text(("model-index", 0, "name"), name):
        delivery.set(("model-index", 0, "name"), delivery.version.name)
    delivery.set(("model-index", 0, "results"), [])
    places: dict[str, Path] = {}
    for noted in delivery.metrics():
        place = places.get(noted.group.pointer)
        if place is None:
            results: Path = ("model-index", 0, "results")
            place = places[noted.group.pointer] = (*results, delivery.count(results))
            _result(delivery, place, noted)
        _metric(delivery, place, noted)


def _result(delivery: Delivery, place: Path, noted: Noted) -> None:
    """Write task and data set of one result. The Hub demands their types and the name of the data set."""
    job, metadata = noted.job, noted.job.find("metadata")
    task, kind = metadata.find("task_type"), delivery.card.find("model_overview", "problem_type")
    if not delivery.text((*place, "task", "type"), task):
        if _SLUG.fullmatch(kind.text):
            delivery.set((*place, "task", "type"), kind.text)
        else:
            delivery.demand((*place, "task", "type"), UNKNOWN)
    name, first = job.find("name"), job.find("datasets", 0)
    head, separator, tail = name.text.partition(": ")
    is_parted = bool(task.text and separator)
    if is_parted and head != task.text:
        delivery.put((*place, "task", "name"), name, head, _PART)
    dataset = metadata.find("dataset_type") if metadata.find("dataset_type").text else first
    if not delivery.text((*place, "dataset", "type"), dataset):
        delivery.demand((*place, "dataset", "type"), UNKNOWN)
    if dataset.text == first.text:
        delivery.claim((*place, "dataset", "type"), first)
    if name.text == task.text:
        delivery.claim((*place, "task", "type"), name)
        delivery.demand((*place, "dataset", "name"), UNKNOWN)
    else:
        delivery.put((*place, "dataset", "name"), name, tail if is_parted else name.text, _PART if is_parted else "")
    for key, steps in _RESULT:
        delivery.text((*place, *steps), metadata.find(key))
    arguments = metadata.find("args")
    if arguments.text:
        delivery.put((*place, "dataset", "args"), arguments, _parsed(arguments.text), "Written as YAML")
    if noted.group.find("name").text == _last_task(delivery):
        delivery.claim((*place, "task", "type"), noted.group.find("name"))


def _last_task(delivery: Delivery) -> str | None:
    """Return the type of the task of the result that was added last."""
    model = objects_at(delivery.document, "model-index")[0]
    return text_at(objects_at(model, "results")[-1], "task", "type")


def _metric(delivery: Delivery, result: Path, noted: Noted) -> None:
    metrics: Path = (*result, "metrics")
    place = (*metrics, delivery.count(metrics))
    name, value, notes, group = (
        *(noted.metric.find(key) for key in ("name", "value", "notes")), noted.group.find("name")
    )  # fmt: skip
    stated = _notes(notes.text) if noted.job.find("metadata", "dataset_type").text else {}
    if "type" in stated:
        delivery.set((*place, "type"), stated.pop("type"))
        delivery.text((*place, "name"), name)
    else:
        delivery.text((*place, "type"), name)
    delivery.put((*place, "value"), value, noted.value if noted.unit else value.value)
    delivery.claim((*place, "value"), noted.metric.find("type"))
    for key, words in stated.items():
        delivery.set((*place, key), words if key == "config" else _parsed(words))
    known = bool(stated) or notes.text == noted.unit or _notes(notes.text)
    arguments = {} if known or not notes.text else {"notes": notes.value}
    if group.text != _last_task(delivery):
        arguments = {"group": group.text, **arguments}
        delivery.claim((*place, "args", "group"), group, detail="In the arguments of the metric")
    if arguments and "args" not in stated:
        delivery.set((*place, "args"), arguments)
    if notes.text:
        delivery.claim(place, notes, detail="In the members of the metric")
    for companion in noted.companions:
        _companion(delivery, (*metrics, delivery.count(metrics)), companion)
    if place[-1] == 0:
        delivery.text((*place, "verifyToken"), noted.job.find("metadata", "verify_token"))


def _companion(delivery: Delivery, place: Path, metric: Source) -> None:
    delivery.text((*place, "type"), metric.find("name"))
    delivery.put((*place, "value"), metric.find("value"))
    delivery.claim((*place, "value"), metric.find("type"))


def _notes(text: str) -> dict[str, str]:
    """Return the parts of notes that the reader made of a metric's other members; empty for other notes."""
    parts = [part for part in text.split("; ") if ": " in part]
    found = [_NOTE.fullmatch(part) for part in parts]
    return {one[1]: one[2] for one in found if one} if all(found) else {}


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


class _Body:
    """The Markdown below the block. A heading is written with the first text below it."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._parts: list[str] = []
        self._waiting: dict[int, str] = {}
        self._path: dict[int, str] = {}
        stated = {KEY: delivery.detail(KEY).text}
        self._is_markdown = is_markdown(stated, otherwise=delivery.version.is_markdown)

    @property
    def text(self) -> str:
        """The Markdown, with a line feed at its end."""
        return "\n\n".join(self._parts) + "\n"

    def write(self) -> None:
        """Write the sections in the order of the Hub's template."""
        card, detail = self._delivery.card, self._delivery.detail
        name = card.find("model_overview", "model_name")
        self._parts.append(f"# Model Card for {self._line(name.text or self._delivery.version.name)}")
        self._model(card.find("model_overview"))
        self._labelled(card.find("intended_uses", "intended_uses"), "Uses", _USES)
        self._section(detail("cw.out_of_scope"), "Uses", "Out-of-Scope Use")
        ethics = card.find("additional_information", "ethical_considerations")
        self._labelled(ethics, "Bias, Risks, and Limitations", ("Limitations", "Bias"))
        caveats = card.find("additional_information", "caveats_and_recommendations")
        labels = ("Recommendations", "Out-of-Scope Use", "Out-of-scope use")
        self._labelled(caveats, "Caveats and Recommendations", labels, skipped=labels[1:])
        for heading, path in OWN_HEADINGS.items():
            self._section(card.find(*path), heading.capitalize())
        self._training(card.find("training_details"))
        self._evaluation(card)
        for heading, key in DETAILS.items():
            if heading not in {"out-of-scope use", "model sources", "environmental impact"}:
                self._section(detail(key), *(["Citation"] if heading in _CODE else []), heading.capitalize())
        self._head("Environmental Impact")
        for key, source in self._delivery.details("hf.environment"):
            self._fact(key.replace("_", " ").capitalize(), source)
        for key, source in self._delivery.details("hf.section"):
            self._section(source, key.replace("_", " ").capitalize())
        self._section(card.find("model_overview", "model_owner"), "Model Card Contact")

    def _model(self, overview: Source) -> None:
        detail = self._delivery.detail
        self._section(overview.find("model_description"), "Model Details", "Model Description")
        self._head("Model Details", "Model Description")
        self._fact("Developed by", overview.find("model_creator"))
        self._fact("Funded by", detail("hf.funded_by"))
        self._fact("Shared by", detail("hf.shared_by"))
        self._fact("Model type", overview.find("algorithm_type"))
        self._head("Model Details", "Model Sources")
        for source in overview.find("model_artifact").items():
            self._fact("Repository", source)
        self._fact("Paper", detail("hf.paper"))
        self._fact("Demo", detail("hf.demo"))

    def _training(self, training: Source) -> None:
        self._section(training.find("training_observations"), "Training Details")
        job = training.find("training_job_details")
        self._head("Training Details", "Training Hyperparameters")
        for member in ("hyper_parameters", "user_provided_hyper_parameters"):
            for entry in job.find(member).items():
                self._parameter(entry.find("name"), entry.find("value"))

    def _evaluation(self, card: Source) -> None:
        for job in card.find("evaluation_details").items():
            name, text = job.find("name"), job.find("evaluation_observation")
            self._section(text, "Evaluation", *([] if name.text == _JOB else [name.text]))
            if text.text:
                self._delivery.claim(self._pointer(), name)
        self._section(card.find("intended_uses", "factors_affecting_model_efficiency"), "Evaluation", "Factors")

    def _head(self, *headings: str) -> None:
        """Set the headings, from level 2 down, of what is written next."""
        for level, heading in enumerate(headings, 2):
            if self._path.get(level) != heading:
                self._path = {one: words for one, words in self._path.items() if one < level} | {level: heading}
                self._waiting = {one: words for one, words in self._waiting.items() if one < level} | {level: heading}
        deepest = len(headings) + 1
        self._path = {level: words for level, words in self._path.items() if level <= deepest}
        self._waiting = {level: words for level, words in self._waiting.items() if level <= deepest}

    def _section(self, source: Source, *headings: str) -> None:
        if source.text:
            self._head(*headings)
            self._paragraphs(source, source.text, "")

    def _labelled(self, source: Source, heading: str, labels: tuple[str, ...], skipped: tuple[str, ...] = ()) -> None:
        """Write the parts of a text that the reader joined below their own headings."""
        for label, part in parts_of(source.text, labels):
            self._head(heading, *([label] if label else []))
            if label in skipped and part == self._delivery.detail("cw.out_of_scope").text:
                self._delivery.claim("#Uses/Out-of-Scope Use", source, detail=_PART)
            else:
                self._paragraphs(source, part, _PART if part != source.value else "")

    def _paragraphs(self, source: Source, text: str, detail: str) -> None:
        shown = self._delivery.version.markdown(text, self._is_markdown)
        self._add(_WORD.sub("_", shown))
        self._delivery.claim(self._pointer(), source, detail=detail or ("" if shown == text else "Written as Markdown"))

    def _fact(self, label: str, source: Source) -> None:
        if source.text:
            shown = self._line(source.text)
            self._add(f"- **{label}:** {shown}", is_bullet=True)
            detail = "" if shown == source.value else "Written as Markdown"
            self._delivery.claim(f"{self._pointer()}/{label}", source, detail=detail)

    def _parameter(self, name: Source, value: Source) -> None:
        if name.text and value.text:
            self._add(f"- {self._line(name.text)}: {self._line(written(value.value))}", is_bullet=True)
            self._delivery.claim(f"{self._pointer()}/{name.text}", name, value)

    def _line(self, text: str) -> str:
        return _WORD.sub("_", " ".join(self._delivery.version.markdown(" ".join(text.split()), False).split("\n")))

    def _add(self, text: str, *, is_bullet: bool = False) -> None:
        for level in sorted(self._waiting):
            self._parts.append(f"{'#' * level} {self._line(self._waiting[level])}")
        joins = is_bullet and not self._waiting and self._parts[-1].startswith("- ")
        self._waiting = {}
        if joins:
            self._parts[-1] += f"\n{text}"
        else:
            self._parts.append(text)

    def _pointer(self) -> str:
        return "#" + "/".join(words for _, words in sorted(self._path.items()))
