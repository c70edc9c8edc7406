"""Readable names of metrics and constants. Known names come from a table; of other names, only underscores change."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from cardwright.formats.wording import BIAS_METRICS, METRICS, in_words

DEVIATION, BASELINE = " - standard_deviation", "_best_constant_classifier"
"""Endings of the names that SageMaker gives to deviations, and to results of the best constant classifier."""

_NAMES: Mapping[str, str] = {
    "acc": "Accuracy",
    "au_pr": "Area under the precision-recall curve",
    "auc": "AUC",
    "auprc": "Area under the precision-recall curve",
    "auroc": "AUC",
    "bleu": "BLEU",
    "ece": "Expected calibration error",
    "f1_score": "F1",
    "false_negative_rate": "False negative rate",
    "false_positive_rate": "False positive rate",
    "fnr": "False negative rate",
    "fpr": "False positive rate",
    "iou": "IoU",
    "log_loss": "Log loss",
    "logloss": "Log loss",
    "mae": "MAE",
    "map": "Mean average precision",
    "mape": "MAPE",
    "mcc": "Matthews correlation",
    "miou": "Mean IoU",
    "mrr": "MRR",
    "mse": "MSE",
    "ndcg": "NDCG",
    "pr_auc": "Area under the precision-recall curve",
    "r2": "R²",
    "r2_score": "R²",
    "r_squared": "R²",
    "rmse": "RMSE",
    "rmsle": "RMSLE",
    "roc_auc": "AUC",
    "roc_auc_score": "AUC",
    "sensitivity": "Recall",
    "smape": "SMAPE",
    "specificity": "Specificity",
    "tnr": "Specificity",
    "tpr": "Recall",
    "true_negative_rate": "Specificity",
    "true_positive_rate": "Recall",
    "wape": "WAPE",
    "wer": "Word error rate",
}
_CONSTANT = re.compile("[A-Z]{4,}(?:_[A-Z]+)*|[A-Z]+(?:_[A-Z]+)+")
_F_SCORE = re.compile(r"f_?([0-9]+)(?:[_.]([0-9]+))?(?:_score)?")
_SPLITS = ("train", "training", "val", "valid", "validation", "test", "eval", "holdout")
_PART = re.compile(f"(weighted|macro|micro|{'|'.join(_SPLITS)})[_ ](.+)", re.IGNORECASE)  # of classes, or of the data


def readable(stored: str) -> str:
    """Return the name that people read: ``f0_5`` is F0.5, ``true_positive_rate`` is Recall.

    The ending of a deviation or a baseline becomes words. A name that is readable itself is returned unchanged.
    """
    return _kept_readable(stored) if len(stored) <= _SHORT else _readable(stored)


def readable_names(stored: Iterable[str]) -> Mapping[str, str]:
    """Return the readable names of metrics that are shown together, by stored name.

    Metrics with the same readable name also show their stored names: ``Recall`` and ``Recall (sensitivity)``. One whose
    stored name says the same as the readable one is left as it is.
    """
    found = {name: readable(name) for name in stored}
    sharing: dict[str, list[str]] = {}
    for name, words in found.items():
        sharing.setdefault(words, []).append(name)
    for words, names in sharing.items():
        if len(names) > 1:
            plain = [name for name in names if name.casefold() == words.casefold()]
            found |= {name: f"{words} ({name})" for name in names if [name] != plain}
    return found


def readable_constant(stored: str) -> str:
    """Return a constant of SageMaker in words: ``COMPUTER_VISION`` is Computer vision. Other texts stay."""
    return stored.replace("_", " ").capitalize() if _CONSTANT.fullmatch(stored) else stored


def _readable(stored: str) -> str:
    if stored.endswith(DEVIATION):
        return f"{readable(stored.removesuffix(DEVIATION))}, standard deviation"
    if stored.endswith(BASELINE):
        return f"{readable(stored.removesuffix(BASELINE))}, best constant classifier"
    split, _, metric = stored.partition(":")
    if (known := _known(metric)) or (metric and split.lower() in _SPLITS):  # train:auc
        return f"{_spaced(split)}: {_inner(known or readable(metric))}"
    if (part := _PART.fullmatch(stored)) and (known := _known(part[2])):  # weighted_f0_5
        return f"{_spaced(part[1])} {_inner(known)}"
    return _known(stored) or in_words(stored, METRICS) or _bias(stored) or _spaced(stored)


_SHORT = 60  # characters of a name that is kept: the jobs of a card repeat the same few
_kept_readable = lru_cache(maxsize=4096)(_readable)


def _known(stored: str) -> str | None:
    return _NAMES.get(stored.lower().replace("-", "_")) or _f_score(stored)


def _f_score(stored: str) -> str | None:
    found = _F_SCORE.fullmatch(stored.lower())
    return found and "F" + ".".join(part for part in found.groups() if part)


def _inner(name: str) -> str:
    """A readable name within another one: Log loss becomes log loss, while AUC, F1 and IoU stay."""
    first = name.split(" ", 1)[0]
    return name[0].lower() + name[1:] if first[1:].isalpha() and first[1:].islower() else name


def _bias(stored: str) -> str | None:
    """An abbreviation of SageMaker Clarify with its meaning."""
    return f"{BIAS_METRICS[stored]} ({stored})" if stored in BIAS_METRICS else None


def _spaced(stored: str) -> str:
    """A name with spaces for underscores and a large first letter; an address is returned unchanged."""
    words = stored.replace("_", " ").strip()
    if not words or stored.startswith(("https://", "http://")):
        return stored
    return words[0].upper() + words[1:]
