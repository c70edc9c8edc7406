"""Model cards in the file formats of other systems.

A new format is one file with ``recognises`` and ``read``, and one row of ``FORMATS``.
"""

from cardwright.interchange import sagemaker_json
from cardwright.interchange.card_format import CardFormat, ImportedCard, NotACard, Unreadable

__all__ = ["FORMATS", "CardFormat", "ImportedCard", "NotACard", "Unreadable", "read_card"]

FORMATS: tuple[CardFormat, ...] = (
    CardFormat("SageMaker JSON", sagemaker_json.recognises, sagemaker_json.read),  # last: it recognises every file
)


def read_card(data: bytes) -> ImportedCard:
    """The card in a file, read by the first format that recognises the file.

    Args:
        data: the whole file.

    Raises:
        Unreadable: the file is empty, broken, or in no known format.
        NotACard: the file is JSON, but not a model card.
    """
    for card_format in FORMATS:
        if card_format.recognises(data):
            return card_format.read(data)
    raise Unreadable("The file is empty")
