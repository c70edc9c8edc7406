"""Readable words for the names that reports and the content schema use."""

import re
from dataclasses import dataclass
from functools import lru_cache

# SageMaker Clarify's bias metrics: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html
# and clarify-measure-post-training-bias.html
BIAS_METRICS = {
    "AD": "Accuracy difference",
    "CDDL": "Conditional demographic disparity in labels",
    "CDDPL": "Conditional demographic disparity in predicted labels",
    "CI": "Class imbalance",
    "DAR": "Difference in acceptance rates",
    "DCA": "Difference in conditional acceptance",
    "DCR": "Difference in conditional rejection",
    "DI": "Disparate impact",
    "DPL": "Difference in proportions of labels",
    "DPPL": "Difference in positive proportions in predicted labels",
    "DRR": "Difference in rejection rates",
    "FT": "Counterfactual fliptest",
    "GE": "Generalized entropy",
    "JS": "Jensen-Shannon divergence",
    "KL": "Kullback-Leibler divergence",
    "KS": "Kolmogorov-Smirnov distance",
    "LP": "Lp norm",
    "RD": "Recall difference",
    "SD": "Specificity difference",
    "TE": "Treatment equality",
    "TVD": "Total variation distance",
}

BIAS_RATIOS = frozenset({"DI"})
"""Bias metrics that are 1, not 0, when the two groups are treated alike."""

_FACET = r"_training_bias_metrics - label .* and facet (?P<facet>.+?)=(?P<value>.*)"
_OF_A_FACET = re.compile(f"(?:pre|post){_FACET}|by .+|.+ = .+", re.DOTALL)
"""Groups of Clarify, and those of ``from_predictions(sensitive=...)`` and Fairlearn."""
_GROUPS = (
    (r"binary_classification_metrics", "Binary classification metrics"),
    (r"multiclass_classification_metrics", "Multiclass classification metrics"),
    (r"regression_metrics", "Regression metrics"),
    (f"pre{_FACET}", r"Bias before training: \g<facet> \g<value>"),
    (f"post{_FACET}", r"Bias after training: \g<facet> \g<value>"),
    (r"explanations - global_shap_values, label=(?P<label>.+)", r"Global SHAP values, \g<label>"),
    (
        r"explanations - global_top_shap_text, label=(?P<label>.+), feature=(?P<feature>.+)",
        r"Top SHAP values of the text \g<feature>, \g<label>",
    ),
    (r"explanations - pdp", "Partial dependence plots"),
)

_METRICS = (
    (r"receiver_operating_characteristic_curve", "ROC curve"),
    (r"precision_recall_curve", "Precision and recall"),
    (r"confusion_matrix", "Confusion matrix"),
    (r"confusion_matrix - (?P<measure>.+) by class", r"\g<measure> by class"),
    (r"data_distribution - feature=(?P<feature>.+)", r"Distribution of \g<feature>"),
    (r"model_predictions - feature=(?P<feature>.+), label=(?P<label>.+)", r"Predictions by \g<feature>, \g<label>"),
)

_AXES = (
    (r"false_positive_rates", "False positive rate"),
    (r"true_positive_rates", "True positive rate"),
    (r"recalls", "Recall"),
    (r"precisions", "Precision"),
)

_SHORT = 60  # characters of a name whose words are kept: the jobs of a card repeat the same few


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """Patterns of stored names, each with its readable words."""

    rows: tuple[tuple[re.Pattern[str], str], ...]


def _compiled(rows: tuple[tuple[str, str], ...]) -> Wording:
    return Wording(tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in rows))


GROUPS, METRICS, AXES = _compiled(_GROUPS), _compiled(_METRICS), _compiled(_AXES)


def names_facet(group: str) -> bool:
    """Whether the name of a metric group names a facet of the data, such as an age, whose figures the group has."""
    return bool(_OF_A_FACET.fullmatch(group))


def in_words(stored: str, wording: Wording) -> str | None:
    """Return readable words for a stored name; None when the name is readable itself."""
    return _kept_in_words(stored, wording) if len(stored) <= _SHORT else _in_words(stored, wording)


def _in_words(stored: str, wording: Wording) -> str | None:
    for pattern, words in wording.rows:
        if match := pattern.fullmatch(stored):
            return match.expand(words)
    return None


_kept_in_words = lru_cache(maxsize=4096)(_in_words)
