"""Croissant descriptions of data sets, for a card that exists.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

from collections.abc import Mapping
from typing import Final

from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions
from cardwright.interchange.card_places import key_of
from cardwright.interchange.data_sets import datasets_of
from cardwright.interchange.licences import spdx_identifier
from cardwright.interchange.limits import Path
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.source import Source
from cardwright.interchange.source_file import SourceFile
from cardwright.interchange.transfer import Transfer

KEY: Final = "croissant"
JOB: Final = "Croissant"
_CONFORMS = ("conformsTo", "dct:conformsTo", "http://purl.org/dc/terms/conformsTo")
_MARK = "mlcommons.org/croissant"
_ETHICS: Path = ("additional_information", "ethical_considerations")
_CAVEATS: Path = ("additional_information", "caveats_and_recommendations")
_RAI: Mapping[str, tuple[Path, str]] = {
    "databiases": (_ETHICS, "Data biases"),
    "personalsensitiveinformation": (_ETHICS, "Personal sensitive information"),
    "datasocialimpact": (_ETHICS, "Data social impact"),
    "datalimitations": (_CAVEATS, "Data limitations"),
    "datausecases": (_CAVEATS, "Data use cases"),
}
_MOVED = ("citeAs", "datePublished", "isLiveDataset", "description", "sdVersion", "keywords", "inLanguage", *_CONFORMS)


def recognises(file: SourceFile) -> bool:
    """Whether a JSON object states that it conforms to Croissant."""
    value = file.json_object()
    return any(_MARK in _words(value.get(key)) for key in _CONFORMS)


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read the data set as one of the training, or of an evaluation if the options say so.

    Raises:
        NotACard: the document names no data set.
    """
    root = Source("", file.json)
    if root.find("name").is_placeholder and root.find("url").is_placeholder:
        raise NotACard("This Croissant document names no data set: it has no name and no url")
    transfer = Transfer(root)
    name, url, version = root.find("name"), root.find("url"), root.find("version")
    key = f"croissant.{key_of(name.text or 'dataset')}"
    _entry(transfer, name, url, version, evaluation=options.evaluation)
    for item in root.find("license").items():
        source = item.find("@id") if isinstance(item.value, dict) else item
        transfer.move(f"{key}.license", source)
        known = spdx_identifier(source.text)
        if known is not None and known != source.text:
            transfer.move(f"{key}.license_id", source, known)
    for number, item in enumerate(root.find("creator").items()):
        transfer.move(f"{key}.creator.{number}", item.find("name") if isinstance(item.value, dict) else item)
    for step in _MOVED:
        transfer.move(f"{key}.{key_of(step.rsplit('/', 1)[-1].removeprefix('dct:'))}", root.find(step))
    for number, item in enumerate(root.find("distribution").items()):
        transfer.move(f"{key}.sha256.{number}", item.find("sha256"))
    for step, source in root.members():
        _responsible(transfer, key, step, source)
    return (transfer.imported_part(),)


def _entry(transfer: Transfer, name: Source, url: Source, version: Source, *, evaluation: bool) -> None:
    """Add ``<url> (<name> <version>)`` to the data sets of the training or of an evaluation job."""
    inner = " ".join(one.text for one in (name, version) if one.text)
    words = f"{url.text} ({inner})" if url.text and inner else url.text or inner
    target = datasets_of(transfer, JOB, evaluation=evaluation)
    parts = [one for one in (url, name, version) if one.text]
    if target is None or not parts:
        return
    place = (*target, transfer.count(target))
    for one in parts:
        same = words == one.value
        transfer.put(place, words, one, Outcome.KEPT if same else Outcome.CHANGED, "" if same else f"Part of {words}")


def _responsible(transfer: Transfer, key: str, step: str, source: Source) -> None:
    """Carry a member of the vocabulary of responsible AI; its prefix and the case of its name vary."""
    row = _RAI.get(step.rsplit(":", 1)[-1].rsplit("/", 1)[-1].casefold())
    if row is None:
        return
    target, label = row
    for number, item in enumerate(source.items()):
        transfer.keep_or_move(target, item, f"{key}.{key_of(label)}.{number}", label)


def _words(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_words(item) for item in value)
    return str(value.get("@id", "")) if isinstance(value, dict) else str(value)
