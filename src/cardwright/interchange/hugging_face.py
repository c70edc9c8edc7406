"""Model cards of the Hugging Face Hub: ``README.md`` with a YAML block (https://huggingface.co/docs/hub/model-cards)."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final

from cardwright.core.json_value import objects_at
from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions, check_models
from cardwright.interchange.card_places import TRAINING_DATASETS, key_of, place_of
from cardwright.interchange.growing_card import FULL
from cardwright.interchange.hugging_face_prose import Prose, carry_prose, prose_of
from cardwright.interchange.licences import spdx_identifier
from cardwright.interchange.limits import Path, shortened
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.number_transfer import JOB_NAME
from cardwright.interchange.source import Source, joined
from cardwright.interchange.source_file import SourceFile, Unreadable
from cardwright.interchange.transfer import Transfer

KEY: Final = "huggingface"
DATASETS_URL: Final = "https://huggingface.co/datasets/"
OWN: Final = "cardwright"
"""The member of the block for what the Hub has no member for, by its place in the card."""
UNKNOWN: Final = "unknown"
"""What tools write where the Hub demands the type of a task or data set; a card leaves it out."""
_NAME: Path = ("model_overview", "model_name")
_FENCE = "---"
_MOST_JOBS = 1000
_TITLE = re.compile(r"(?:model card (?:for|of)|model card[:-]?)\s+", re.IGNORECASE)
_NOT_NAMED = re.compile(r"(?:model[ _-]?(?:id|name)|\{\{.*\}\})", re.IGNORECASE)
"""The name in the title of the Hub's template, where the author did not replace it."""
_OF_DATASETS = frozenset({"dataset_info", "task_categories", "size_categories", "annotations_creators", "configs"})
_TITLES_OF_DATASETS = ("dataset card", "data card", "datasheet")
_OF_MODELS = frozenset({"pipeline_tag", "library_name", "base_model", "model-index", "model_name"})
_FOR_THE_HUB = ("widget", "inference", "extra_gated_")
_HUB_ONLY = "For the Hub’s page; it stays in the kept source"
_OTHER_MODEL = "It belongs to another model of the file"
_RESULT_METADATA: tuple[tuple[tuple[str, ...], str], ...] = (
    (("task", "type"), "task_type"),
    (("dataset", "type"), "dataset_type"),
    (("dataset", "config"), "config"),
    (("dataset", "split"), "split"),
    (("dataset", "revision"), "revision"),
    (("source", "name"), "source_name"),
    (("source", "url"), "source_url"),
)


class _Readme:
    """A README in its two parts."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n") if text.startswith(_FENCE) else [""]
        ends = (place for place, line in enumerate(lines) if place and line.rstrip() == _FENCE)
        end = next(ends, 0) if lines[0].rstrip() == _FENCE else 0
        self.has_block = end > 0
        self._block = "\n".join(lines[1:end]) if end else None
        self.body = "\n".join(lines[end + 1 :]) if end else text

    @cached_property
    def prose(self) -> Prose:
        """The Markdown behind the block.

        Raises:
            Unreadable: it is too long.
        """
        return prose_of(self.body)

    @cached_property
    def metadata(self) -> Source:
        """The YAML block; an empty object if there is none.

        Raises:
            Unreadable: the block is not YAML, or not an object.
        """
        from cardwright.interchange.yaml_text import parsed_yaml

        value = {} if self._block is None else parsed_yaml(self._block)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise Unreadable("The YAML block of the README is not an object: it has lines such as license: mit")
        return Source("", value)


def recognises(file: SourceFile) -> bool:
    """Whether a file is Markdown with a YAML block in front, or with headings of the Hub's template."""
    if file.looks_like_json:
        return False
    try:
        return _Readme(file.text).has_block or prose_of(file.text).has_template_headings
    except Unreadable:
        return False


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read one card, or one for each model of ``model-index``.

    Raises:
        Unreadable: the YAML block is broken.
        NotACard: the file is the card of a data set or of a Space, or is empty.
    """
    readme = _Readme(file.text)
    if not readme.has_block and file.text.startswith("---"):
        raise Unreadable("The YAML block of the README does not end: it ends with a line of three hyphens")
    metadata = readme.metadata
    _refuse_others(metadata, readme.prose)
    if not metadata.members() and not readme.body.strip():
        raise NotACard("This README is empty: it says nothing about a model")
    models = metadata.find("model-index").items()
    check_models(metadata, models)
    return tuple(
        _card(file, readme, metadata, model, options) for model in (models or [Source("", None, exists=False)])
    )


def _refuse_others(metadata: Source, prose: Prose) -> None:
    keys = {key for key, _ in metadata.members()}
    if keys & _OF_MODELS:
        return
    title = "" if prose.title is None else prose.title.text.casefold()
    if keys & _OF_DATASETS or title.startswith(_TITLES_OF_DATASETS):
        raise NotACard("This is the card of a data set, not of a model")
    if {"sdk", "app_file"} & keys and "emoji" in keys:
        raise NotACard("This is the page of a Space, not the card of a model")


def _card(file: SourceFile, readme: _Readme, metadata: Source, model: Source, options: ReadingOptions) -> ImportedCard:
    prose = readme.prose
    transfer = Transfer(metadata, *prose.leaves)
    name = _named(metadata, model)
    transfer.keep(_NAME, name)
    title = _title(transfer, prose, name.text)
    for key, source in metadata.members():
        if source.pointer != name.pointer:
            _MEMBERS.get(key, _other)(transfer, key, source)
    jobs: dict[tuple[str, ...], Path] = {}
    for result in model.find("results").items():
        _result(transfer, result, jobs)
    if model.exists:
        for one in metadata.find("model-index").items():
            if one.pointer != model.pointer:
                transfer.drop(one, _OTHER_MODEL)
    carry_prose(transfer, prose, infer=options.infer)
    return transfer.imported(file, KEY, name.text or title, markdown=bool(prose.leaves))


def _named(metadata: Source, model: Source) -> Source:
    """Return what names the model in the block: its entry of ``model-index``, else ``model_name``."""
    name, other = model.find("name"), metadata.find("model_name")
    return other if not name.text and isinstance(other.value, str) and not other.is_placeholder else name


def _title(transfer: Transfer, prose: Prose, known: str) -> str:
    """Return the name in the title. It goes into the card, unless the block has the name."""
    if prose.title is None:
        return ""
    words = shortened(_TITLE.sub("", prose.title.text, count=1).strip(), 1024)
    if _NOT_NAMED.fullmatch(words):
        transfer.drop(prose.title, "A placeholder: it says nothing")
        return ""
    if known:
        if known in prose.title.text:
            transfer.claim(prose.title, _NAME, Outcome.CHANGED, "It names the model")
        else:
            transfer.move("hf.title", prose.title)
        return ""
    same = words == prose.title.text
    detail = "" if same else "The words before the name are left out"
    transfer.put(_NAME, words, prose.title, Outcome.KEPT if same else Outcome.CHANGED, detail)
    return words


def _license(transfer: Transfer, key: str, source: Source) -> None:
    for item in source.items():
        known = spdx_identifier(item.text)
        if known is None:
            transfer.move(f"hf.{key}", item)
            continue
        transfer.move("cw.license", item, known, f"The SPDX identifier {known}; the card has no field for it")
        if known != item.text:
            transfer.move(f"hf.{key}", item)


def _base_model(transfer: Transfer, _: str, source: Source) -> None:
    for number, item in enumerate(source.items()):
        transfer.move(f"cw.base_model.{number}", item)


def _base_model_relation(transfer: Transfer, _: str, source: Source) -> None:
    transfer.move("cw.base_model.0.relation", source)


def _language(transfer: Transfer, _: str, source: Source) -> None:
    transfer.move_joined("cw.language", source.items())


def _datasets(transfer: Transfer, _: str, source: Source) -> None:
    for number, item in enumerate(source.items()):
        address = item.text if "://" in item.text else DATASETS_URL + item.text
        if not transfer.add(TRAINING_DATASETS, item, address):
            transfer.move(f"hf.datasets.{number}", item)


def _emissions(transfer: Transfer, _: str, source: Source) -> None:
    if not isinstance(source.value, dict):
        transfer.move("cw.energy.training.gco2eq", source)
    for key, item in source.members():
        transfer.move("cw.energy.training.gco2eq" if key == "emissions" else f"hf.co2.{key_of(key)}", item)


def _problem_type(transfer: Transfer, key: str, source: Source) -> None:
    if not transfer.keep(("model_overview", "problem_type"), source):
        _other(transfer, key, source)


def _joined(transfer: Transfer, key: str, source: Source) -> None:
    transfer.move_joined(f"hf.{key_of(key)}", source.items())


def _nothing(transfer: Transfer, key: str, source: Source) -> None:
    del transfer, key, source  # its models are read one by one


def _own(transfer: Transfer, key: str, source: Source) -> None:
    for place, item in source.members():
        if not transfer.restore(place_of(place), item):
            transfer.move(f"hf.{key}.{key_of(place)}", item)


def _other(transfer: Transfer, key: str, source: Source) -> None:
    if key.startswith(_FOR_THE_HUB):
        transfer.drop(source, _HUB_ONLY)
    else:
        transfer.move(f"hf.{key_of(key)}", source)


_MEMBERS: Mapping[str, Callable[[Transfer, str, Source], None]] = {
    OWN: _own,
    "base_model": _base_model,
    "base_model_relation": _base_model_relation,
    "buckets": _joined,
    "co2_eq_emissions": _emissions,
    "datasets": _datasets,
    "language": _language,
    "license": _license,
    "metrics": _joined,
    "model-index": _nothing,
    "pipeline_tag": _problem_type,
    "tags": _joined,
}


def _stated(transfer: Transfer, source: Source) -> Source:
    """Return a value, or an absent one for the word unknown, which is reported as dropped."""
    if source.text.casefold() != UNKNOWN:
        return source
    transfer.drop(source, "The word for a value that is not stated")
    return Source(source.pointer, None, exists=False)


def _result(transfer: Transfer, result: Source, jobs: dict[tuple[str, ...], Path]) -> None:
    """Carry one result of ``model-index`` into the evaluation of its task, data set, configuration and split."""
    task, dataset = (
        _stated(transfer, result.find(one, "name" if result.find(one, "name").text else "type"))
        for one in ("task", "dataset")
    )
    identity = [result.find("dataset", key).text for key in ("config", "split", "revision")]
    name = joined((task.text, dataset.text), ": ") or "Evaluation"
    same = (result.find("task", "type").text, result.find("dataset", "type").text, dataset.text, *identity)
    names = [one for one in (task, dataset) if one.text]
    if same not in jobs and len(jobs) >= _MOST_JOBS:
        transfer.drop(result, FULL)
        return
    if same not in jobs:
        jobs[same] = transfer.job(_free_name(transfer, name, identity), *names)
    job = jobs[same]
    if not job:
        return
    for one in names:
        transfer.claim(one, (*job, "name"), Outcome.CHANGED, "Part of the name")
    transfer.add((*job, "datasets"), _stated(transfer, result.find("dataset", "type")))
    for steps, key in _RESULT_METADATA:
        transfer.place((*job, "metadata", key), _stated(transfer, result.find(*steps)))
    _arguments(transfer, (*job, "metadata", "args"), result.find("dataset", "args"))
    usual = _stated(transfer, result.find("task", "type")).text or "metrics"
    for metric in result.find("metrics").items():
        own = metric.find("args", "group")
        group = transfer.group(job, own.text, own) if _is_own(metric) and own.text else transfer.group(job, usual)
        _metric(transfer, job, group, metric)


def _arguments(transfer: Transfer, target: Path, source: Source) -> None:
    if isinstance(source.value, (dict, list)) and source.value:
        text = json.dumps(source.value, ensure_ascii=False)
        if len(text) <= 1024:
            transfer.put(target, text, source, Outcome.MOVED, "Written as JSON; the card has no field for it")
    else:
        transfer.place(target, source)


def _is_own(metric: Source) -> bool:
    """Whether the arguments of a metric are those that this product writes: group and notes."""
    arguments = metric.find("args").value
    return isinstance(arguments, dict) and bool(arguments) and arguments.keys() <= {"group", "notes"}


def _metric(transfer: Transfer, job: Path, group: Path, metric: Source) -> None:
    kind = metric.find("type")
    name = metric.find("name") if metric.find("name").text else kind
    used = [name]
    notes = []
    if _is_own(metric) and metric.find("args", "notes").text:
        notes.append(metric.find("args", "notes").text)
        used.append(metric.find("args", "notes"))
    for key in ("type", "config", "verified") if _is_own(metric) else ("type", "config", "args", "verified"):
        source = metric.find(key)
        text = json.dumps(source.value, ensure_ascii=False) if isinstance(source.value, (dict, list)) else source.text
        if text and source.value and source.pointer != name.pointer:
            notes.append(f"{key}: {text}")
            used.append(source)
    if transfer.metric(group, name.text or "value", metric.find("value"), joined(notes, "; "), used):
        token = metric.find("verifyToken")
        if len(token.text) > 1024:
            words = f"Its {len(token.text):,} characters are more than metadata has; it stays in the kept source"
            transfer.drop(token, words)
        else:
            transfer.place(
                (*job, "metadata", "verify_token"), token, detail="Not checked; the card has no field for it"
            )


def _free_name(transfer: Transfer, name: str, identity: list[str]) -> str:
    """Return a name for a job that no other job has, because each result is an evaluation of its own."""
    taken = {job["name"] for job in objects_at(transfer.card, "evaluation_details")}
    names = [name, joined((name, *identity[:2]), " "), joined((name, *identity), " ")]
    numbered = (f"{name[:57]} {number}" for number in range(2, len(taken) + 3))
    return next(one for one in (*names, *numbered) if shortened(one, JOB_NAME) not in taken)
