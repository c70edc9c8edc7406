"""Directions: whether a higher or lower metric is better, by objective function or by name."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache


class Direction(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    ZERO = "closer to 0"
    ONE = "closer to 1"
    UNKNOWN = "unknown"


# Bias metrics of SageMaker Clarify by their abbreviations: differences from 0, and one ratio, from 1.
_BIAS = frozenset(
    "CI DPL KL JS LP TVD KS CDDL DPPL AD RD DAR DRR SD DCA DCAcc DCR TE CDDPL FT GE".split()  # noqa: SIM905 - words
)
_ABBREVIATION = re.compile(r"\(([A-Za-z]{2,5})\)\s*$|^([A-Z]{2,5})$")

# Words of a name, most specific first: the measured quantity decides, at any position in the name.
_NAMES: tuple[tuple[Direction, re.Pattern[str]], ...] = tuple(
    (direction, re.compile(rf"(?:^|_)(?:{words})(?:_|$)"))
    for direction, words in (
        (
            Direction.ZERO,
            "difference_between_groups|(?:demographic_parity|equalized_odds|equal_opportunity)_difference",
        ),
        (Direction.ONE, "ratio_between_groups|(?:demographic_parity|equalized_odds|equal_opportunity)_ratio"),
        (Direction.HIGHER, "explained_variance|neg_(?:mean|root|median|max|log|brier)_[a-z_]+"),
        (
            Direction.UNKNOWN,
            "p_value|pvalue|standard_deviation|standard_error|std|stdv|stddev|stderr|variance|support|count|threshold|samples"
            "|best_constant_classifier",
        ),
        (
            Direction.LOWER,
            "false_positive_rate|false_negative_rate|false_positives|false_negatives|false_discovery_rate|fpr|fnr"
            "|log_?loss|loss|cross_entropy|mae|mse|rmse|rmsle|mape|smape|wape|wmape|error|err|error_rate|perplexity|ppl"
            "|brier|brier_score|wer|cer|ter|ece|latency|runtime|drift|toxicity|hallucination_rate|merror|mlogloss|mphe"
            "|nloglik|deviance|davies_bouldin|bits_per_byte",
        ),
        (
            Direction.HIGHER,
            "auc|auroc|auprc|roc_auc|pr_auc|average_precision|accuracy|acc|acc_norm|balanced_accuracy|f[0-9]+(?:_[0-9]+)?"
            "|f1_score|precision|recall|r2|r_?squared|true_positive_rate|true_negative_rate|tpr|tnr|specificity"
            "|sensitivity|m_?ap(?:[0-9]+(?:_[0-9]+)?)?|ndcg|mrr|bleu|rouge|rouge[0-9l]+|exact_match|em|iou|miou|dice|kappa|mcc|gini|ks_statistic"
            "|pass_(?:at_)?[0-9]+|beyond_[0-9]+|win_rate|aucpr|jaccard|matthews_corrcoef|pearson|pearsonr"
            "|spearman|spearmanr|v_measure|chrf|meteor|bertscore|factual_knowledge|silhouette|hit_rate|score",
        ),
    )
)
_OTHER_FIGURES = re.compile("deviation|best_constant_classifier")  # figures about a metric or about another model


def direction_of(name: str, group: str = "", objective: object = None) -> Direction:
    """Return the direction in which a metric improves.

    Args:
        name, group: the names of the metric and of its metric group.
        objective: ``training_details.objective_function`` of the card, in either of its forms. For the metric that it
            names, it takes precedence over the name.
    """
    words = _snake(name)
    goal = _goal(objective)[0]
    if goal and is_objective(name, objective):
        return Direction.HIGHER if goal == "Maximize" else Direction.LOWER
    found = _ABBREVIATION.search(name.strip())
    abbreviation = (found[1] or found[2]) if found else ""
    if abbreviation == "DI":
        return Direction.ONE
    if abbreviation in _BIAS or ("bias" in _snake(group) and words.endswith("_difference")):
        return Direction.ZERO
    return next((direction for direction, pattern in _NAMES if pattern.search(words)), Direction.UNKNOWN)


def is_objective(name: str, objective: object) -> bool:
    """Whether an objective function, in either of its forms, names this metric. A deviation or a baseline is not it."""
    words, facet = _snake(name), _goal(objective)[1]
    named = facet and re.search(rf"(?:^|_){re.escape(facet)}(?:_|$)", words)
    return bool(named) and not _OTHER_FIGURES.search(words)


def _goal(objective: object) -> tuple[str, str]:
    """Return the direction and the metric that an objective function names."""
    members: Mapping[str, object] = objective if isinstance(objective, dict) else {}
    inner = members.get("function")
    members = inner if isinstance(inner, dict) else members
    goal, facet = members.get("function"), members.get("facet")
    known = goal if isinstance(goal, str) and goal in {"Maximize", "Minimize"} else ""
    return str(known), _snake(facet) if isinstance(facet, str) else ""


@lru_cache(maxsize=4096)
def _snake(text: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text[:300])
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")
