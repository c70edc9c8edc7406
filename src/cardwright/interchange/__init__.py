"""Model cards in the file formats of other systems.

A new format is one file with ``recognises`` and ``read``, and one row of ``FORMATS``. The first row that recognises a
file reads it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from cardwright.core.errors import Invalid
from cardwright.interchange import (
    cardwright_record,
    croissant,
    cyclonedx,
    hugging_face,
    hugging_face_results,
    mlflow,
    model_card_toolkit,
    sagemaker_json,
    spdx,
)
from cardwright.interchange.card_format import CardFormat, ImportedCard, NotACard, ReadingOptions
from cardwright.interchange.loss_report import LossReport, Outcome, ReportLine
from cardwright.interchange.source_file import LARGEST, SourceFile, Unreadable

__all__ = [
    "FORMATS",
    "LARGEST",
    "CardFormat",
    "ImportedCard",
    "ImportedFile",
    "LossReport",
    "NotACard",
    "Outcome",
    "ReadingOptions",
    "ReportLine",
    "SourceFile",
    "Unreadable",
    "format_named",
    "read_card",
    "read_file",
]

_TABLE = (
    CardFormat("record", "Cardwright record", cardwright_record.recognises, cardwright_record.read, is_exact=True),
    CardFormat("mlflow", "MLflow", mlflow.recognises, mlflow.read),
    CardFormat(
        "cyclonedx", "CycloneDX", cyclonedx.recognises, cyclonedx.read, media_type="application/vnd.cyclonedx+json",
        write="cardwright.interchange.cyclonedx_document:write",
    ),
    CardFormat(
        "spdx", "SPDX", spdx.recognises, spdx.read, media_type="application/spdx+json",
        write="cardwright.interchange.spdx_document:write",
    ),
    CardFormat(
        "croissant", "Croissant", croissant.recognises, croissant.read, media_type="application/ld+json", is_part=True
    ),
    CardFormat(
        "modelcard-toolkit", "Model Card Toolkit", model_card_toolkit.recognises, model_card_toolkit.read,
        write="cardwright.interchange.model_card_toolkit_document:write",
    ),
    CardFormat(
        "huggingface-results",
        "Hugging Face results",
        hugging_face_results.recognises,
        hugging_face_results.read,
        media_type="application/yaml",
        is_part=True,
        write="cardwright.interchange.hugging_face_results_document:write",
    ),
    CardFormat(
        "huggingface", "Hugging Face README", hugging_face.recognises, hugging_face.read, media_type="text/markdown",
        write="cardwright.interchange.hugging_face_readme:write",
    ),
    CardFormat(  # last: it recognises every file
        "sagemaker", "SageMaker JSON", sagemaker_json.recognises, sagemaker_json.read, is_exact=True
    ),
)  # fmt: skip

FORMATS: Mapping[str, CardFormat] = {row.key: row for row in _TABLE}


PLAIN = ReadingOptions()


class ImportedFile(NamedTuple):
    """What reading a file gives.

    Attributes:
        format: the format that the file was read as.
        source: the file, with its bytes and their SHA-256.
        cards: at least one.
    """

    format: CardFormat
    source: SourceFile
    cards: tuple[ImportedCard, ...]


def read_file(data: bytes, name: str = "", kind: str | None = None, options: ReadingOptions = PLAIN) -> ImportedFile:
    """Read a file's cards; nothing is stored.

    Args:
        data: the whole file.
        name: the file's name without folders.
        kind: the key of a format; by default the first format that recognises the file.

    Raises:
        Unreadable: the file is empty, too large, broken, or in no known format.
        NotACard: the file is readable, but not a model card.
        Invalid: no format has this key.
    """
    source = SourceFile(data, name)
    chosen = next(row for row in _TABLE if row.recognises(source)) if kind is None else format_named(kind)
    if kind is None and chosen.recognises is sagemaker_json.recognises and not source.looks_like_json:
        raise Unreadable(_unknown(source.text))
    if chosen.is_json:
        _check_root(chosen, source.json)
    return ImportedFile(chosen, source, chosen.read(source, options))


def _check_root(chosen: CardFormat, value: object) -> None:
    """Refuse JSON that is not an object. A list of documents is named, because some tools write several into one."""
    if isinstance(value, list) and len(value) > 1 and all(isinstance(one, dict) for one in value):
        raise NotACard(f"The file is a list of {len(value):,} documents: import each from a file of its own")
    if not isinstance(value, dict) and chosen.key != sagemaker_json.KEY:  # which has a message of its own
        raise NotACard(f"A {chosen.name} document is a JSON object")


def _unknown(text: str) -> str:
    """Return what a text is that no format recognises."""
    if text.lstrip().startswith("<"):
        return "The file is XML or HTML: give the document in JSON"
    if text.startswith("---"):
        return "The YAML block at the beginning does not end: it ends with a line of three hyphens"
    return "The file is in no known card format: it is neither JSON nor a README with a YAML block"


def format_named(key: str) -> CardFormat:
    """Return the format with this key.

    Raises:
        Invalid: the key is unknown; the message lists the known keys.
    """
    if key not in FORMATS:
        raise Invalid(f"Unknown card format. The formats are: {', '.join(FORMATS)}.")
    return FORMATS[key]


def read_card(data: bytes) -> ImportedCard:
    """Return the card in SageMaker's JSON; ``content`` is the text as the file has it.

    Args:
        data: the whole file.

    Raises:
        Unreadable: the file is empty, not UTF-8 text, or not JSON.
        NotACard: the file is JSON, but not a model card.
    """
    return sagemaker_json.card_in(SourceFile(data).text)
