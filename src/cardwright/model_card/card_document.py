"""Writes a stored version of a card to a local file."""

import os
from pathlib import Path

from cardwright.client.documents import losses, print_card
from cardwright.client.files import write_whole
from cardwright.client.hub_folder import is_hub_folder, write_hub_folder
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import Invalid
from cardwright.formats import format_named, format_of_file
from cardwright.model_card.service import logger


def write_document(
    client: SageMaker, name: str, path: "str | os.PathLike[str]", version: int | None, format_name: str | None
) -> Path:
    """Write a version of a card to a file or a folder, and return its path. Losses are logged as warnings.

    Raises:
        ValueError: the extension or the format is unknown.
        botocore.exceptions.ClientError: the server refuses the request.
        OSError: the file cannot be written.
    """
    file = Path(path)
    try:
        document_format = format_of_file(file.name) if format_name is None else format_named(format_name)
    except Invalid as error:
        raise ValueError(str(error)) from None
    if is_hub_folder(document_format, os.fspath(path)):
        printed = write_hub_folder(client, name, file, version)
    else:
        printed = print_card(client, name, document_format, version)
        write_whole(file, printed.data)
    if printed.unprintable:
        logger.warning(
            "%s shows these characters by their code points: %s",
            file,
            ", ".join(f"{one.shown} {one.name}" for one in printed.unprintable),
        )
    if len(found := losses(printed)) > 1:
        logger.warning("%s: %s", file, "; ".join(found))
    return file
