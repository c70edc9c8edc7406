"""Sends card files to a server, which reads and keeps them; a server without this operation gets the card alone."""

import gzip
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import CardwrightError, Invalid
from cardwright.interchange import ImportedFile, ReadingOptions, SourceFile, Unreadable, read_file
from cardwright.interchange.loss_report import ReportLine

if TYPE_CHECKING:
    from cardwright.client.answers.cards import ImportModelCardAnswer, LossReportLine

_PLAIN_UP_TO = 500_000  # bytes; a larger file is compressed, because a request has a limit
_REQUEST = 2_900_000  # bytes of a file in one request


class Wish(NamedTuple):
    """What a caller wants of an import; the members are those of ``ImportModelCard``.

    Attributes:
        name: the name of the new card.
        into: an existing card.
        status: the status of the card.
        content: the content to store instead of the file's.
        kind: the key of the format.
        only: one card of the file, by the name that the file gives it.
        options: how the file is read.
        is_dry_run: whether nothing is stored.
    """

    name: str | None = None
    into: str | None = None
    status: str | None = None
    content: str | None = None
    kind: str | None = None
    only: str | None = None
    options: ReadingOptions = ReadingOptions()
    is_dry_run: bool = False


def import_file(client: SageMaker, file: ImportedFile, wish: Wish) -> "ImportModelCardAnswer":
    """Send a file to a server, and return its answer in the form of ``ImportModelCard``.

    Args:
        client: a client of SageMaker.
        file: the file as it was read here; the server reads it again.

    Raises:
        Invalid: the file is too large for a request, or has no name.
        NoSuchOperation: the server is SageMaker or older, and the file has more than one card or version.
        botocore.exceptions.ClientError: the server refuses the request.
    """
    members = {
        "SourceName": file.source.name[:255] or None,
        "SourceFormat": file.format.key,
        "SourceCardName": wish.only,
        "ModelCardName": wish.name,
        "ExistingModelCardName": wish.into,
        "ModelCardStatus": wish.status,
        "Content": wish.content,
        "Infer": wish.options.infer or None,
        "Evaluation": wish.options.evaluation or None,
        "DryRun": wish.is_dry_run or None,
    }
    given = {member: value for member, value in members.items() if value is not None}
    try:
        answer = own_client(client).import_model_card(**_packed(file.source.data), **given)
    except NoSuchOperation:
        return _sent_alone(client, file, wish)
    answer.pop("ResponseMetadata", None)
    return answer


def version_with(client: SageMaker, name: str, content: str, after: int) -> tuple[int, int] | None:
    """Return the first version of a card after a number that has a content, and the card's newest version.

    None without such a version, or without the card.

    Raises:
        botocore.exceptions.ClientError: the server refuses the request for another reason.
    """
    from botocore.exceptions import ClientError

    try:
        newest = client.describe_model_card(ModelCardName=name)["ModelCardVersion"]
        for number in range(after + 1, newest + 1):
            if client.describe_model_card(ModelCardName=name, ModelCardVersion=number)["Content"] == content:
                return number, newest
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceNotFound":
            raise
    return None


def read_source(source: SourceFile, kind: str | None, options: ReadingOptions) -> ImportedFile:
    """Read a file's cards here, and name the file in the message of a fault.

    Raises:
        CardwrightError: as ``read_file``.
    """
    try:
        return read_file(source.data, source.name, kind, options)
    except Unreadable as error:
        raise CardwrightError(f"{source.name or 'Standard input'} cannot be imported. {error}") from None


def _packed(data: bytes) -> dict[str, object]:
    is_plain = len(data) <= _PLAIN_UP_TO
    packed = data if is_plain else gzip.compress(data, 6, mtime=0)
    if len(packed) > _REQUEST:
        raise Invalid(f"The file has {len(data) / 1e6:,.1f} MB, and is too large for a request even when compressed")
    return {"SourceData": packed} | ({} if is_plain else {"SourceEncoding": "gzip"})


def _sent_alone(client: SageMaker, file: ImportedFile, wish: Wish) -> "ImportModelCardAnswer":
    """Create or update a card with SageMaker's operations; the server does not get the file."""
    card = next(one for one in file.cards if wish.only in {None, one.name})
    if (len(file.cards) > 1 and wish.only is None) or card.earlier or file.format.is_part or wish.is_dry_run:
        raise NoSuchOperation(
            "SageMaker and older servers import one card of one version at a time, and cannot try it without storing it"
        )
    content = card.content if wish.content is None else wish.content
    status = {} if wish.status is None else {"ModelCardStatus": wish.status}
    if wish.into is not None:
        client.update_model_card(ModelCardName=wish.into, Content=content, **status)
        name, step = wish.into, "Update"
    else:
        name, step = wish.name or card.name, "Create"
        if not name:
            raise Invalid("The file does not name its model: choose a name for the card")
        tags = {"Tags": [{"Key": key, "Value": value} for key, value in card.tags]} if card.tags else {}
        client.create_model_card(ModelCardName=name, Content=content, **({"ModelCardStatus": "Draft"} | status), **tags)
    stored = client.describe_model_card(ModelCardName=name)
    return {
        "SourceFormat": file.format.key,
        "SourceSha256": file.source.sha256,
        "ImportedModelCards": [
            {
                "ModelCardArn": stored["ModelCardArn"],
                "ModelCardName": name,
                "ModelCardVersion": stored["ModelCardVersion"],
                "Step": step,
                "LossReport": report_members(card.report.lines),
            }
        ],
    }


def report_members(lines: Iterable[ReportLine]) -> list["LossReportLine"]:
    """Return the lines of a loss report as members of ``ImportModelCard``."""
    return [*map(_report_member, lines)]


def _report_member(line: ReportLine) -> "LossReportLine":
    member: LossReportLine = {"Source": line.source, "Outcome": line.outcome.value}
    if line.target is not None:
        member["Target"] = line.target
    if line.detail:
        member["Detail"] = line.detail
    return member
