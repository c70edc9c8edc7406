"""A card as a document on this machine: made by the server that holds the card, or here when it cannot."""

import os
import secrets
from pathlib import Path
from typing import Any

from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.records import read_record
from cardwright.core.errors import CardwrightError, ExtraMissing, PdfExtraMissing, PrintingFailed
from cardwright.formats import Format, RenderedCard, Unprintable

_FAULTS: dict[str, type[CardwrightError]] = {"PrintingFailed": PrintingFailed, "ExtraMissing": ExtraMissing}


def print_card(client: Any, name: str, row: Format, version: int | None = None) -> RenderedCard:
    """A version of a card as a document, by ``RenderModelCard``; printed here where the server has no such operation.

    A Cardwright server knows more of a card than SageMaker's operations tell (who made each version, and why), so
    only what it prints itself is the same bytes as its export jobs give.

    Args:
        client: a boto3 SageMaker client.
        name: of the card, or its ARN.
        row: the format.
        version: the newest when not given.

    Raises:
        PrintingFailed: the document could not be made.
        PdfExtraMissing: where it is printed, the extra for PDF is not installed.
        ExtraMissing: where it is printed, another extra is not installed; the message names it.
        botocore.exceptions.ClientError: whatever else the server refuses.
    """
    from botocore.exceptions import ClientError

    wanted = {} if version is None else {"ModelCardVersion": version}
    try:
        answer = own_client(client).render_model_card(ModelCardName=name, Format=row.name, **wanted)
    except NoSuchOperation:
        return row.render(read_record(client, name, version, with_digests=row.name == "record"))
    except ClientError as error:
        fault = error.response["Error"]
        if row.name == "pdf" and fault.get("Code") == "ExtraMissing":
            raise PdfExtraMissing(fault.get("Message", "")) from None
        if fault.get("Code") in _FAULTS:
            raise _FAULTS[fault["Code"]](fault.get("Message", "")) from error
        raise
    characters = answer["UnprintableCharacters"]
    return RenderedCard(answer["Document"], tuple(Unprintable(one["CodePoint"], one["Count"]) for one in characters))


def write_whole(path: Path, document: bytes) -> None:
    """Write a file that is whole or not there; one that was there stays until the new one is whole and on disk.

    Raises:
        OSError: it cannot be written. Its ``filename`` is ``path``.
    """
    try:
        _write_beside_and_rename(path, document)
    except OSError as error:  # it names a file that nobody asked for
        raise OSError(error.errno, error.strerror, str(path)) from None


def _write_beside_and_rename(path: Path, document: bytes) -> None:
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)  # the umask takes from it, as always
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
