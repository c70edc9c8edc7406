"""Writes a card into a folder as a repository of the Hugging Face Hub has it: the README, and results of benchmarks."""

from pathlib import Path
from typing import Final

from cardwright.client.documents import print_card
from cardwright.client.files import write_whole
from cardwright.client.sagemaker import SageMaker
from cardwright.formats import FORMATS, Format, RenderedCard

README: Final = "README.md"
RESULTS: Final = ".eval_results/cardwright.yaml"
_NO_RESULT = b"[]\n"


def is_hub_folder(document_format: Format, output: str) -> bool:
    """Whether a card is written as a folder: the format is that of the Hub, and the output exists as a folder.

    A path that ends in a slash is a folder too.
    """
    return document_format.name == "huggingface" and (output.endswith(("/", "\\")) or Path(output).is_dir())


def write_hub_folder(client: SageMaker, name: str, folder: Path, version: int | None = None) -> RenderedCard:
    """Write ``README.md``, and ``.eval_results/cardwright.yaml`` if the card has results of the Hub's benchmarks.

    A file of results from an earlier export is removed if the card has none. Other files stay.

    Returns:
        The README; its report covers all values of the card.

    Raises:
        OSError: a file cannot be written.
        botocore.exceptions.ClientError: the server refuses a request.
    """
    readme = print_card(client, name, FORMATS["huggingface"], version)
    results = print_card(client, name, FORMATS["huggingface-results"], version)
    file = folder / RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / README, readme.data)
    if results.data == _NO_RESULT:
        file.unlink(missing_ok=True)
    else:
        file.parent.mkdir(exist_ok=True)
        write_whole(file, results.data)
    return readme
