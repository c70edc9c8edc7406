"""Reads training details from a fitted model: class, library, parameters, feature names and data shape.

A model is an estimator with scikit-learn's interface (scikit-learn, xgboost, lightgbm, catboost, pipelines and searches
around them) or a Booster of xgboost or lightgbm. Only scikit-learn is imported here, to check that an estimator is
fitted.
"""

import json
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from typing import Any, Protocol, TypeGuard

from cardwright.model_card.schema_constraints import USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE
from cardwright.model_card.service import logger
from cardwright.reports.cursor import shortened

_VALUE_LENGTH = 255
_OBSERVATION_LENGTH = 1024
_NAMES_LENGTH = 600
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}
_FITTED = ("best_estimator_", "estimator_", "regressor_", "final_estimator_")
_GENERATED_NAME = re.compile(r"Column_\d+|f?\d+", re.ASCII)  # names that lightgbm, xgboost and catboost generate
_ROWS = ("n_samples_fit_", "n_samples_seen_", "_n_samples")  # attributes of some scikit-learn estimators
_PLACEHOLDERS = ("deprecated", "warn")  # scikit-learn's defaults of parameters that it is about to remove
_ALIASES = frozenset({"learning_rate", "min_split_loss", "reg_alpha", "reg_lambda"})  # second names in xgboost


class Estimator(Protocol):
    """A model with scikit-learn's interface."""

    def get_params(self, *, deep: bool = True) -> Mapping[str, object]: ...


def training_details(model: object) -> dict[str, Any]:
    """Return the ``training_details`` members of a fitted model.

    Raises:
        TypeError: the model is neither an estimator with scikit-learn's interface nor a Booster.
        sklearn.exceptions.NotFittedError: the estimator or Booster is not fitted.
        ImportError: scikit-learn is needed but not installed.
    """
    is_booster = _is_booster(model)
    if is_booster:
        _check_booster(model)
    else:
        _check_estimator(model)
    inner = [] if is_booster else list(_inner_estimators(model))
    facts = _facts(model, inner)
    given = _booster_parameters(model) if is_booster else _parameters(model)
    parameters = {**facts, **{name: text for name, text in given.items() if name not in facts}}
    if len(parameters) > USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE:
        left = list(parameters)[USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE:]
        logger.warning(
            "%s hyperparameters were left out: a card holds 100 and the estimator has more: %s",
            len(left),
            ", ".join(left),
        )
    kept = list(parameters.items())[:USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE]
    return {
        "training_observations": _observation(model, inner, facts),
        "training_job_details": {
            "user_provided_hyper_parameters": [
                {"name": name, "value": shortened(value, _VALUE_LENGTH)} for name, value in kept
            ]
        },
    }


def class_name(model: object) -> str:
    """Return module and class without private modules: ``sklearn.linear_model.LogisticRegression``."""
    parts = [part for part in type(model).__module__.split(".") if not part.startswith("_") or part == "__main__"]
    return ".".join([*parts, type(model).__qualname__])


def _is_booster(model: object) -> bool:
    return not isinstance(model, type) and (
        type(model).__name__ == "Booster" and _package(model) in {"xgboost", "lightgbm"}
    )


def _check_booster(model: object) -> None:
    """Raise unless the Booster has features."""
    try:
        _columns([model])
    except ValueError as error:  # xgboost's message for an empty Booster is a stack trace of C++
        raise _not_fitted()("This Booster is not fitted yet") from error


def _check_estimator(model: object) -> None:
    """Raise an error unless the model has scikit-learn's interface and is fitted."""
    if _package(model) == "catboost" and hasattr(model, "is_fitted"):
        if model.is_fitted():
            return
        # catboost's own error class is private, and scikit-learn may not be installed
        raise _not_fitted()(f"This {type(model).__name__} is not fitted yet")
    from cardwright.model_card.scikit_learn import load_scikit_learn

    load_scikit_learn()
    has_interface = all(callable(getattr(type(model), name, None)) for name in ("get_params", "fit"))
    if isinstance(model, type) or not has_interface:
        raise TypeError(
            "A fitted scikit-learn estimator is expected, or one of xgboost, lightgbm or catboost,"
            f" or a Booster, not {type(model)}"
        )
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(model)
    except AttributeError:  # scikit-learn asks only classes that derive from its own
        if not any(name.endswith("_") and not name.startswith("__") for name in vars(model)):
            raise _not_fitted()(f"This {type(model).__name__} is not fitted yet") from None


def _not_fitted() -> type[Exception]:
    try:
        from sklearn.exceptions import NotFittedError
    except ImportError:
        return ValueError
    found: type[Exception] = NotFittedError
    return found


def _facts(model: object, inner: Sequence[object]) -> dict[str, str]:
    """Facts other than parameters: class, library, packages, data shape and feature names."""
    facts = {"estimator": class_name(model)}
    libraries = list(dict.fromkeys(filter(None, map(_library, [model, *inner]))))
    if libraries:
        facts["library"] = ", ".join(libraries)
    loaded = (f"{name} {_version(name)}" for name in ("numpy", "scipy", "pandas") if name in sys.modules)
    facts["packages"] = ", ".join([*libraries, *loaded, f"Python {platform.python_version()}"])
    names = _feature_names([model, *inner])
    rows, columns = _rows([model, *inner]), _columns([model, *inner]) or len(names) or None
    if columns is not None:
        facts["data_shape"] = f"{columns} features" if rows is None else f"{rows} rows x {columns} features"
    if names:
        facts["feature_names"] = ", ".join(names)
    return facts


def _observation(model: object, inner: Sequence[object], facts: Mapping[str, str]) -> str:
    package = _package(model)
    others = [one for one in inner if _package(one) != package]
    around = others[:1] or (inner[-1:] if hasattr(model, "steps") else [])
    sentence = f"Trained with {_described(model)}" + "".join(f" around {_described(one)}" for one in around) + "."
    if "data_shape" in facts:
        sentence += f" Data: {facts['data_shape']}"
        names = shortened(facts.get("feature_names", ""), _NAMES_LENGTH)
        sentence += f" ({names})." if names else "."
    return shortened(f"{sentence} Packages: {facts['packages']}.", _OBSERVATION_LENGTH)


def _described(model: object) -> str:
    library = _library(model)
    return class_name(model) + (f" of {library}" if library else "")


def _library(model: object) -> str | None:
    """The library of a model's class with its version; None for a class outside installed packages."""
    package = _package(model)
    # Names that a notebook imports, such as __version__, are attributes of __main__.
    version = None if package == "__main__" else _version(package)
    return None if version is None else f"{_DISTRIBUTIONS.get(package, package)} {version}"


def _package(model: object) -> str:
    return type(model).__module__.partition(".")[0]


def _version(package: str) -> str | None:
    stated = getattr(sys.modules.get(package), "__version__", None)
    if stated is not None:
        return str(stated)
    try:
        return metadata.version(_DISTRIBUTIONS.get(package, package))
    except metadata.PackageNotFoundError:
        return None


def _inner_estimators(model: object) -> Iterator[Estimator]:
    """Yield the estimators inside a pipeline, search or other wrapper, outermost first, fitted ones if they exist."""
    fitted = [getattr(model, name, None) for name in _FITTED]
    steps = [step for _, step, *_ in getattr(model, "steps", None) or getattr(model, "transformers_", None) or ()]
    several = getattr(model, "named_estimators_", None)
    found = [*fitted, *steps, *(several.values() if isinstance(several, Mapping) else ())]
    known = {type(one) for one in found}
    given = [value for value in _given_parameters(model, deep=False).values() if type(value) not in known]
    for one in [*found, *given]:
        if _is_estimator(one):
            yield one
            yield from _inner_estimators(one)


def _given_parameters(model: object, *, deep: bool) -> Mapping[str, object]:
    if not _is_estimator(model):
        return {}
    try:
        return model.get_params(deep=deep)
    except TypeError:  # catboost's get_params has no argument deep
        return model.get_params()


def _is_estimator(value: object) -> TypeGuard[Estimator]:
    return hasattr(value, "get_params") and not isinstance(value, type)


def _parameters(model: object) -> dict[str, str]:
    """The parameters of an estimator and of its inner estimators, without unset ones."""
    values = _given_parameters(model, deep=True)
    parameters = {
        name: class_name(value) if _is_estimator(value) else str(value)
        for name, value in sorted(values.items())
        if not _is_unset(value, _owner(model, values, name))
    }
    best = getattr(model, "best_params_", None)
    return parameters | {f"best {name}": str(value) for name, value in (best or {}).items()}


def _owner(model: object, values: Mapping[str, object], name: str) -> object:
    owner, _, _ = name.rpartition("__")
    return values.get(owner, model) if owner else model


def _is_unset(value: object, owner: object) -> bool:
    """Whether a value means "library default". In scikit-learn itself, None is an ordinary value."""
    if isinstance(value, str) and value in _PLACEHOLDERS:
        return True
    return _package(owner) != "sklearn" and (value is None or (isinstance(value, float) and value != value))  # noqa: PLR0124 - NaN


def _booster_parameters(booster: Any) -> dict[str, str]:
    if _package(booster) == "lightgbm":
        return {name: str(value) for name, value in sorted(booster.params.items()) if value is not None}
    config = dict(_leaves(json.loads(booster.save_config())))
    kind = config["booster"]
    untouched = type(booster)({"num_feature": str(booster.num_features()), "booster": kind})  # it has every default
    default = {**dict(_leaves(json.loads(untouched.save_config()))), "booster": "gbtree"}
    changed = {name: value for name, value in config.items() if value != default.get(name)}
    return {"num_boost_round": str(booster.num_boosted_rounds()), **{n: _short(v) for n, v in sorted(changed.items())}}


_DERIVED = frozenset(
    {
        "base_score",
        "boost_from_average",
        "name",
        "num_feature",
        "num_target",
        "num_trees",
        "updater",
        "updater_seq",
        "rng_state",  # since xgboost 3.4
    }
)


def _leaves(config: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The parameters of an xgboost configuration, without those that xgboost derives from the data."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        elif isinstance(value, str) and name not in _DERIVED | _ALIASES:
            yield name, value


def _short(value: str) -> str:
    """Shorten a number: xgboost writes 0.3 as 0.300000012."""
    try:
        return f"{float(value):.7g}"
    except ValueError:
        return value


def _feature_names(models: Sequence[object]) -> list[str]:
    for model in models:
        found = _stated_names(model)
        names = [] if found is None else [str(name) for name in found]
        if names and not all(map(_GENERATED_NAME.fullmatch, names)):
            return names
    return []


def _stated_names(model: object) -> Iterable[object] | None:
    for attribute in ("feature_names_in_", "feature_name_", "feature_names_", "feature_names"):
        found = getattr(model, attribute, None)
        if isinstance(found, Iterable):
            return found
    stated = getattr(model, "feature_name", None)
    names: Iterable[object] | None = stated() if callable(stated) else None
    return names


def _columns(models: Sequence[object]) -> int | None:
    for model in models:
        for attribute in ("n_features_in_", "num_features", "num_feature"):
            found = getattr(model, attribute, None)
            number = found() if callable(found) else found
            if number is not None:
                return int(number)
    return None


def _rows(models: Sequence[object]) -> int | None:
    for model in models:
        shape = getattr(model, "shape_fit_", None)
        if isinstance(shape, tuple) and shape:
            return int(shape[0])
        for attribute in _ROWS:
            number = getattr(model, attribute, None)
            if number is not None and getattr(number, "ndim", 0) == 0:
                return int(number)
    return None
