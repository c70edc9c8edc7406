"""The role of a data set by its name: training, evaluation, or neither."""

import re

from cardwright.interchange.card_places import TRAINING_DATASETS
from cardwright.interchange.limits import Path
from cardwright.interchange.transfer import Transfer

_WORDS = re.compile(r"[^a-z]+")
_TRAINING = ("train", "finetun")
_EVALUATION = ("eval", "test", "valid", "holdout", "benchmark")


def is_for_training(name: str) -> bool:
    """Whether a word of a name begins like train, as in ``train_2024``."""
    return any(word.startswith(_TRAINING) for word in _WORDS.split(name.casefold()))


def is_for_evaluation(name: str) -> bool:
    """Whether a word of a name begins like test, eval or valid, as in ``Test split``."""
    return any(word.startswith(_EVALUATION) for word in _WORDS.split(name.casefold()))


def datasets_of(transfer: Transfer, job: str, *, evaluation: bool) -> Path | None:
    """Return the list of a card that a data set belongs to: that of the training, or of an evaluation job."""
    if not evaluation:
        return TRAINING_DATASETS
    path = transfer.job(job)
    return (*path, "datasets") if path else None
