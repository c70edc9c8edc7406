"""TensorFlow's Model Card Toolkit, schemas v0.0.1 and v0.0.2 (https://github.com/tensorflow/model-card-toolkit)."""

from typing import Final

from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions
from cardwright.interchange.card_places import CUSTOM, key_of
from cardwright.interchange.data_sets import datasets_of, is_for_evaluation, is_for_training
from cardwright.interchange.licences import spdx_identifier
from cardwright.interchange.limits import Path
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.numbers import read_number
from cardwright.interchange.source import Source, joined
from cardwright.interchange.source_file import SourceFile
from cardwright.interchange.transfer import Transfer

KEY: Final = "modelcard-toolkit"
_OTHERS = ("model_parameters", "quantitative_analysis", "considerations")
_JOB = "Quantitative analysis"
TRAINING_DATA: Final = "Training data"
EVALUATION_DATA: Final = "Evaluation data"
_ROLES = {TRAINING_DATA: "train", EVALUATION_DATA: "eval"}  # descriptions that this product writes
_PICTURE = "A picture or page: it stays in the kept source"
_OVERVIEW: Path = ("model_overview", "model_description")
_OWNER: Path = ("model_overview", "model_owner")
_ALGORITHM: Path = ("model_overview", "algorithm_type")
_USES: Path = ("intended_uses", "intended_uses")
_CAVEATS: Path = ("additional_information", "caveats_and_recommendations")
_ETHICS: Path = ("additional_information", "ethical_considerations")
_LISTS: tuple[tuple[str, Path, str], ...] = (
    ("users", _USES, "Users"),
    ("use_cases", _USES, "Use cases"),
    ("limitations", _CAVEATS, "Limitations"),
    ("tradeoffs", _CAVEATS, "Tradeoffs"),
)


def recognises(file: SourceFile) -> bool:
    """Whether a JSON object has the toolkit's members."""
    value = file.json_object()
    return isinstance(value.get("model_details"), dict) or (
        isinstance(value.get("model_parameters"), dict) and any(name in value for name in _OTHERS[1:])
    )


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read the card of either version; both may be in one file, as other tools mix them.

    Raises:
        NotACard: the document has no member of the toolkit.
    """
    del options
    root = Source("", file.json)
    if not any(root.find(key).exists for key in ("model_details", *_OTHERS)):
        raise NotACard("This Model Card Toolkit document has no model_details and no other member of the toolkit")
    transfer = Transfer(root)
    _details(transfer, root.find("model_details"))
    _parameters(transfer, root.find("model_parameters"))
    _analysis(transfer, root.find("quantitative_analysis"))
    _considerations(transfer, root.find("considerations"))
    for key, source in root.members():
        if key not in {"model_details", *_OTHERS}:
            transfer.move(f"mct.{key_of(key)}", source)
    return (transfer.imported(file, KEY, root.find("model_details", "name").text),)


def _details(transfer: Transfer, details: Source) -> None:
    transfer.keep(("model_overview", "model_name"), details.find("name"))
    for key in ("overview", "documentation"):
        transfer.keep_or_move(_OVERVIEW, details.find(key), f"mct.{key}")
    for number, owner in enumerate(details.find("owners").items()):
        _owner(transfer, number, owner)
    _version(transfer, details.find("version"))
    for number, licence in enumerate([*details.find("license").items(), *details.find("licenses").items()]):
        _licence(transfer, number, licence)
    transfer.add_or_move(("model_overview", "model_artifact"), details.find("path"), "mct.path")
    for key in ("references", "citation", "citations", "graphics"):
        _rest(transfer, f"mct.{key}", details.find(key))


def _owner(transfer: Transfer, number: int, owner: Source) -> None:
    name, contact = owner.find("name"), owner.find("contact")
    if not isinstance(owner.value, dict):
        name = owner
    words = name.text + (f" <{contact.text}>" if contact.text and name.text else contact.text)
    transfer.add_line(_OWNER, f"mct.owner.{number}", "; ", words, *(one for one in (name, contact) if one.text))


def _version(transfer: Transfer, version: Source) -> None:
    transfer.version(version.find("name"), "mct.version")
    transfer.move("mct.version_date", version.find("date"))
    transfer.move("mct.version_diff", version.find("diff"))


def _licence(transfer: Transfer, number: int, licence: Source) -> None:
    identifier = licence.find("identifier") if isinstance(licence.value, dict) else licence
    known = spdx_identifier(identifier.text)
    if known is None:
        transfer.move(f"mct.license.{number}", identifier)
    else:
        transfer.move("cw.license", identifier, known)
        if known != identifier.text:
            transfer.move(f"mct.license.{number}", identifier)
    transfer.move(f"mct.license.{number}.custom_text", licence.find("custom_text"))


def _parameters(transfer: Transfer, parameters: Source) -> None:
    transfer.keep_or_move(_ALGORITHM, parameters.find("model_architecture"), "mct.model_architecture")
    data = parameters.find("data")
    named = data.members() if isinstance(data.value, dict) else [("", item) for item in data.items()]
    for number, (role, item) in enumerate(named):
        _data(transfer, number, role or _ROLES.get(item.find("description").text) or item.find("name").text, item)
    for key in ("input_format", "output_format"):
        transfer.move(f"mct.{key}", parameters.find(key))
        for entry in parameters.find(f"{key}_map").items():
            place = f"mct.{key}_map.{key_of(entry.find('key').text)}"
            if transfer.move(place, entry.find("value")):
                transfer.claim(entry.find("key"), (*CUSTOM, place), Outcome.MOVED, "Part of the key")


def _data(transfer: Transfer, number: int, role: str, item: Source) -> None:
    """Carry a data set to the list that its role names; what the list has no place for goes to custom details."""
    is_test = is_for_evaluation(role)
    target = datasets_of(transfer, _JOB, evaluation=is_test) if is_test or is_for_training(role) else None
    place = item.find("link") if item.find("link").text else item.find("name")
    words = item.find("link").text or item.find("name").text
    if target is None or not words or not transfer.add(target, place, words):
        transfer.move(f"mct.data.{number}", place)
    if target is not None and item.find("description").text in _ROLES:
        transfer.claim(item.find("description"), target, Outcome.CHANGED, "It says what the data is used for")
    for key, source in item.members():
        if key == "graphics":
            transfer.drop(source, _PICTURE)
        elif source.pointer != place.pointer and not transfer.is_used(source):
            transfer.move(f"mct.data.{number}.{key_of(key)}", source)


def _analysis(transfer: Transfer, analysis: Source) -> None:
    for number, metric in enumerate(analysis.find("performance_metrics").items()):
        _metric(transfer, number, metric)
    transfer.drop(analysis.find("graphics"), _PICTURE)


def _metric(transfer: Transfer, number: int, metric: Source) -> None:
    kind, part, value = metric.find("type"), metric.find("slice"), metric.find("value")
    interval = [metric.find("confidence_interval", key) for key in ("lower_bound", "upper_bound")]
    threshold = metric.find("threshold")
    group = transfer.group(transfer.job(_JOB), part.text or "overall", *([part] if part.text else []))
    notes = joined(
        (
            f"threshold={threshold.text}" if threshold.text else "",
            f"CI [{', '.join(one.text for one in interval)}]" if all(one.text for one in interval) else "",
        ),
        "; ",
    )
    used = [one for one in (kind, threshold, *(interval if all(one.text for one in interval) else ())) if one.text]
    name = kind.text or f"metric {number}"
    if value.text:
        transfer.metric(group, name, value, notes, used)
    if all(read_number(one.value).kind == "number" for one in interval):
        for bound, suffix in zip(interval, ("ci_lower", "ci_upper"), strict=True):
            transfer.metric(group, f"{name}_{suffix}", bound, used=[kind])


def _considerations(transfer: Transfer, considerations: Source) -> None:
    for key, target, label in _LISTS:
        for number, item in enumerate(considerations.find(key).items()):
            source = item.find("description") if isinstance(item.value, dict) else item
            transfer.keep_or_move(target, source, f"mct.{key}.{number}", label)
    for number, item in enumerate(considerations.find("ethical_considerations").items()):
        name, strategy = item.find("name"), item.find("mitigation_strategy")
        if isinstance(item.value, str):
            name = item
        words = joined((name.text, strategy.text), ": ")
        parts = [one for one in (name, strategy) if one.text]
        transfer.add_line(_ETHICS, f"mct.ethical_considerations.{number}", "\n", words, *parts)


def _rest(transfer: Transfer, key: str, source: Source) -> None:
    if key.endswith("graphics"):
        transfer.drop(source, _PICTURE)
    else:
        transfer.move(key, source)
