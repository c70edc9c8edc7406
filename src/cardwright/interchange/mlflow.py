"""MLflow's registered models, versions, runs and logged models: answers of its REST interface, and export folders.

A file of an export has the document below ``mlflow``, with tags and parameters as objects and metrics as histories. An
answer has it at the top, with lists of keys and values. A version and a run belong together only if the run's
identifier is equal. A stage or an alias does not approve a model: the status of the card is not set.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions
from cardwright.interchange.card_places import key_of
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.mlflow_run import metric_names, read_logged_model, read_run, read_tags
from cardwright.interchange.source import Source
from cardwright.interchange.source_file import SourceFile
from cardwright.interchange.transfer import Transfer

KIND = "mlflow"

_LONGEST_VERSION = 15  # digits
_OVERVIEW = "model_overview"
_ONE = ("registered_model", "model_version", "run", "logged_model")
_LISTS: Mapping[str, str] = {
    "registered_models": "registered_model",
    "model_versions": "model_version",
    "runs": "run",
    "models": "logged_model",
}
"""The lists of search answers, and what each item is."""


class _Parts(NamedTuple):
    """The parts of a document that one card is made of."""

    model: Source
    version: Source
    run: Source
    logged: Source
    history: Source


def recognises(file: SourceFile) -> bool:
    """Whether the file is an answer of MLflow's REST interface, or a file of an export folder."""
    if not file.looks_like_json:
        return False
    document = file.json
    if not isinstance(document, dict):
        return False
    inner = document.get("mlflow")
    if isinstance(inner, dict) and (
        "registered_model" in inner or "model_version" in inner or "run_id" in (inner.get("info") or {})
    ):
        return True
    named = [name for name in _ONE if isinstance(document.get(name), dict)]
    lists = [name for name in _LISTS if _holds_models(document.get(name), _LISTS[name])]
    return bool(named or lists)


def _holds_models(value: object, kind: str) -> bool:
    """Whether a list is that of a search answer. Other tools have lists with the same name."""
    signs = {"registered_model": "creation_timestamp", "model_version": "run_id", "run": "info", "logged_model": "info"}
    return (
        isinstance(value, list) and bool(value) and all(isinstance(one, dict) and signs[kind] in one for one in value)
    )


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read the cards of a document: one for each model, version or run.

    Raises:
        Unreadable: the file is not JSON.
        NotACard: the document has no model and no run.
    """
    del options
    root = Source("", file.json)
    cards = tuple(_card(file, root, parts, alone) for parts, alone in _all_parts(root))
    if not cards:
        raise NotACard("This MLflow document has no model and no run")
    return cards


def _all_parts(root: Source) -> Iterator[tuple[_Parts, bool]]:
    """Yield the parts of each card, and whether the whole document belongs to it."""
    absent = Source("", None, exists=False)
    inner = root.find("mlflow")
    if inner.exists and inner.find("info").exists:
        yield _Parts(absent, absent, inner, absent, absent), True
        return
    top = inner if inner.exists else root
    found = {name: top.find(name) for name in _ONE}
    if any(source.exists for source in found.values()):
        model, version, run, logged = (found[name] for name in _ONE)
        if not version.exists:
            version = _newest(model)
        run_id = version.find("run_id")
        if run.exists and version.exists and run_id.text != run.find("info", "run_id").text:
            run = absent  # of another version
        yield _Parts(model, version, run, logged, top.find("metric_history")), True
        return
    for name, kind in _LISTS.items():
        for item in top.find(name).items():
            parts = dict.fromkeys(_ONE, absent) | {kind: item}
            model, version, run, logged = (parts[one] for one in _ONE)
            yield _Parts(model, _newest(model) if model.exists else version, run, logged, absent), False


def _newest(model: Source) -> Source:
    """Return the newest version that a registered model lists; absent if it lists none."""
    listed = [*model.find("latest_versions").items(), *model.find("versions").items()]
    numbers = [(int(one.find("version").text), one) for one in listed if _is_version(one.find("version").text)]
    return max(numbers, key=lambda pair: pair[0])[1] if numbers else Source("", None, exists=False)


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_VERSION and int(text) >= 1


def _card(file: SourceFile, root: Source, parts: _Parts, alone: bool) -> ImportedCard:
    roots = [root] if alone else [part for part in (parts.model, parts.version, parts.run, parts.logged) if part.exists]
    transfer = Transfer(*_separate(roots))
    _overview(transfer, parts)
    if parts.run.exists:
        read_run(transfer, parts.run, parts.history)
    if parts.logged.exists:
        read_logged_model(transfer, parts.logged, metric_names(parts.run))
    _other_versions(transfer, parts)
    _rest(transfer, roots)
    name = parts.model.find("name").text or parts.version.find("name").text
    run_name = parts.run.find("info", "run_name").text or parts.logged.find("info", "name").text
    return transfer.imported(file, KIND, name or run_name)


def _separate(roots: list[Source]) -> list[Source]:
    """Leave out a part that is inside another part."""
    pointers = [root.pointer for root in roots]
    return [root for root in roots if not any(root.pointer.startswith(f"{other}/") for other in pointers)]


def _overview(transfer: Transfer, parts: _Parts) -> None:
    model, version, info = parts.model, parts.version, parts.run.find("info")
    name, number = (version.find(key) for key in ("name", "version"))
    name = name if name.exists else model.find("name")
    transfer.keep((_OVERVIEW, "model_name"), name)
    if model.find("name").text and transfer.get((_OVERVIEW, "model_name")) == model.find("name").value:
        transfer.claim(model.find("name"), (_OVERVIEW, "model_name"), Outcome.KEPT)
    if name.text and _is_version(number.text):
        place = (_OVERVIEW, "model_version")
        transfer.put(place, int(number.text), number, Outcome.CHANGED, "Read as a number")
        address = f"models:/{name.text}/{number.text}"
        transfer.put((_OVERVIEW, "model_id"), address, number, Outcome.CHANGED, "Part of the model's address")
    described = version.find("description")
    usual, more = (described, model.find("description"))
    if usual.is_placeholder:
        usual, more = more, usual
    transfer.keep((_OVERVIEW, "model_description"), usual)
    transfer.move("mlflow.model_description", more)
    source = version.find("source")
    transfer.add((_OVERVIEW, "model_artifact"), source if source.exists else info.find("artifact_uri"))
    for user in (version.find("user_id"), info.find("user_id")):
        if user.exists and not transfer.get((_OVERVIEW, "model_creator")):
            transfer.keep((_OVERVIEW, "model_creator"), user)
    for holder, prefix in ((version, "version"), (model, "model")):
        read_tags(transfer, holder.find("tags"), f"mlflow.{prefix}_tag")
    transfer.move("mlflow.stage", version.find("current_stage"))
    transfer.move("mlflow.status", version.find("status"))


def _other_versions(transfer: Transfer, parts: _Parts) -> None:
    """Report the other versions of a registered model, and a second copy of the card's version."""
    for name in ("latest_versions", "versions"):
        for other in parts.model.find(name).items():
            if other.pointer != parts.version.pointer:
                again = other.find("version").text == parts.version.find("version").text
                transfer.drop(other, "The card has this version from another place" if again else "Another version")


def _rest(transfer: Transfer, roots: list[Source]) -> None:
    """Put each leaf that has no member into a custom detail with its path."""
    for root in roots:
        for leaf in root.leaves():
            if not transfer.is_used(leaf):
                steps = [key_of(step) for step in leaf.pointer.removeprefix(root.pointer).split("/")[1:]]
                kept = [step for step in steps if step != KIND]
                transfer.move(".".join([KIND, *kept]), leaf)
