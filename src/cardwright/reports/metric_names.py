"""Distinguishes names of metrics from names that describe a run: hand-written files mix both."""

import re
from functools import lru_cache

from cardwright.core.directions import Direction, direction_of

_OF_A_RUN = re.compile(
    r"_.*"  # trackers: _runtime, _timestamp, _step, _git_commit_hash
    r"|epochs?|steps?|global_step|iterations?|num_input_tokens_seen|total_flos|learning_rate|lr|seed|random_state"
    r"|(train|eval|test|predict|validation)_(runtime|samples|samples_per_second|steps_per_second|tokens_per_second"
    r"|jit_compilation_time|model_preparation_time|mem_.*)",
    re.IGNORECASE,
)
_SPLITS = re.compile(
    r"(train|training|test|testing|val|valid|validation|dev|eval|evaluation|holdout|hold_out|cv|oot|in_sample"
    r"|out_of_sample|baseline|candidate|champion|challenger)([_ -]?(set|data|split|metrics|results|scores|\d+))?",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"values?|mean|avg|average|median|std|stdev|std_?dev|standard_deviation|sem|std_?err|standard_error|var|variance"
    r"|min|max|minimum|maximum|lower|upper|low|high|ci(_(low|high|lower|upper))?|confidence_interval|p\d{1,2}|n|count"
    r"|error",
    re.IGNORECASE,
)


_COUNTS = re.compile(
    r"tn|fp|fn|tp|(true|false)_(negatives?|positives?)|n|n_.*|num_.*|nb_.*|.*_(counts?|samples|rows|size)|count|support"
    r"|total|threshold|version",
    re.IGNORECASE,
)
_ABOUT_THE_RUN = re.compile(
    r"(best_|model_|hyper_?|train(ing)?_|run_)?(params?|parameters|config|configuration|args|arguments|settings|options)"
    r"|meta(data)?|env(ironment)?|versions?|packages|data|datasets?|model|info|run|git|tags|hardware|system",
    re.IGNORECASE,
)


@lru_cache(maxsize=10_000)
def names_a_metric(name: str) -> bool:
    """Whether the name says in which direction the metric improves, so that it is a metric."""
    return direction_of(name) is not Direction.UNKNOWN


def names_the_run(name: str) -> bool:
    """Whether the name describes the run, such as ``epoch`` or ``eval_runtime``."""
    return _OF_A_RUN.fullmatch(name) is not None


def names_a_count(name: str) -> bool:
    """Whether the name is of a count or threshold, which metrics files and other files have alike."""
    return _COUNTS.fullmatch(name.strip()) is not None


def describes_the_run(name: str) -> bool:
    """Whether the name is of a section that describes the run, such as ``params`` or ``environment``."""
    return _ABOUT_THE_RUN.fullmatch(name.strip()) is not None


def names_a_split(name: str) -> bool:
    """Whether the name is of a part of the data, such as ``test`` or ``validation``."""
    return _SPLITS.fullmatch(name.strip()) is not None


def names_a_part(name: str) -> bool:
    """Whether the name is of a part of an estimate, such as ``value`` or ``std``."""
    return _PARTS.fullmatch(name.strip()) is not None
