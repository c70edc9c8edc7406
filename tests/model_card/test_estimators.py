"""Training details of fitted models of real libraries."""

import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cardwright.model_card import ModelCard, TrainingDetails

RANDOM = np.random.default_rng(3)
NAMES = ["age", "income", "debts", "tenure"]
DATA = pd.DataFrame(RANDOM.random((120, 4)), columns=NAMES)
LABELS = (DATA["age"] > 0.5).astype(int)
XGBOOST = f"xgboost {xgboost.__version__}"
SKLEARN = f"scikit-learn {version('scikit-learn')}"


def details(model: Any, **members: Any) -> tuple[str, dict[str, str]]:
    found = TrainingDetails.from_estimator(model, **members)
    assert [advice for advice in ModelCard("c", training_details=found).lint() if "required" in advice.message] == []
    job = found.to_dict()["training_job_details"]
    parameters = {item["name"]: item["value"] for item in job["user_provided_hyper_parameters"]}
    return str(found.training_observations), parameters


def xgb(**members: Any) -> xgboost.XGBClassifier:
    return xgboost.XGBClassifier(n_estimators=3, max_depth=2, **members)


def lgbm() -> lightgbm.LGBMClassifier:
    return lightgbm.LGBMClassifier(n_estimators=3, num_leaves=7, verbose=-1)


def cat() -> catboost.CatBoostClassifier:
    return catboost.CatBoostClassifier(iterations=3, depth=2, verbose=0, allow_writing_files=False)


@pytest.mark.parametrize(
    ("model", "library", "name", "given"),
    [
        (xgb(), XGBOOST, "xgboost.sklearn.XGBClassifier", {"max_depth": "2", "n_estimators": "3"}),
        (
            lgbm(),
            f"lightgbm {lightgbm.__version__}",
            "lightgbm.sklearn.LGBMClassifier",
            {"num_leaves": "7", "n_estimators": "3"},
        ),
        (
            cat(),
            f"catboost {catboost.__version__}",
            "catboost.core.CatBoostClassifier",
            {"depth": "2", "iterations": "3"},
        ),
        (LogisticRegression(), SKLEARN, "sklearn.linear_model.LogisticRegression", {"C": "1.0"}),
    ],
)
def test_a_model_names_its_library_and_its_data(model: Any, library: str, name: str, given: dict[str, str]) -> None:
    observation, found = details(model.fit(DATA, LABELS))
    assert observation.startswith(f"Trained with {name} of {library}. Data: 4 features (age, income, debts, tenure).")
    assert found["estimator"] == name
    assert found["library"] == library
    assert found["feature_names"] == "age, income, debts, tenure"
    assert found["packages"].startswith(f"{library}, numpy {np.__version__}")
    assert found["packages"].endswith(f"Python {'.'.join(map(str, sys.version_info[:3]))}")
    assert given.items() <= found.items()
    if model.__module__.startswith("sklearn"):
        return
    assert not [value for value in found.values() if value in {"None", "nan"}]


def test_only_values_set_in_xgboost_are_parameters() -> None:
    _, found = details(xgb(subsample=0.5).fit(DATA, LABELS))
    facts = {"estimator", "library", "packages", "data_shape", "feature_names"}
    assert found.keys() - facts == {"enable_categorical", "max_depth", "n_estimators", "objective", "subsample"}


def test_a_pipeline_names_the_library_inside_it() -> None:
    observation, found = details(make_pipeline(StandardScaler(), xgb()).fit(DATA, LABELS))
    assert observation.startswith(
        f"Trained with sklearn.pipeline.Pipeline of {SKLEARN} around xgboost.sklearn.XGBClassifier of {XGBOOST}."
    )
    assert found["library"] == f"{SKLEARN}, {XGBOOST}"
    assert found["data_shape"] == "120 rows x 4 features"
    assert found["xgbclassifier"] == "xgboost.sklearn.XGBClassifier"
    assert found["xgbclassifier__max_depth"] == "2"
    assert "xgbclassifier__gamma" not in found
    assert found["standardscaler__with_mean"] == "True"


@pytest.mark.parametrize(
    "wrapper",
    [
        OneVsRestClassifier(xgb()),
        CalibratedClassifierCV(xgb(), cv=2),
        VotingClassifier([("trees", xgb()), ("line", LogisticRegression())]),
        make_pipeline(StandardScaler(), OneVsRestClassifier(xgb())),
    ],
)
def test_a_wrapper_names_the_library_inside_it(wrapper: Any) -> None:
    observation, found = details(wrapper.fit(DATA, LABELS))
    assert found["library"] == f"{SKLEARN}, {XGBOOST}"
    assert f"xgboost.sklearn.XGBClassifier of {XGBOOST}" in observation


def test_a_search_gives_what_it_chose() -> None:
    search = GridSearchCV(xgb(), {"max_depth": [1, 3]}, cv=2).fit(DATA, LABELS)
    observation, found = details(search)
    assert f"around xgboost.sklearn.XGBClassifier of {XGBOOST}" in observation
    assert found["best max_depth"] == str(search.best_params_["max_depth"])


def test_a_booster_of_xgboost_gives_the_values_that_were_set() -> None:
    matrix = xgboost.DMatrix(DATA, LABELS)
    booster = xgboost.train({"eta": 0.2, "max_depth": 2, "objective": "binary:logistic"}, matrix, num_boost_round=4)
    observation, found = details(booster)
    assert observation.startswith(f"Trained with xgboost.core.Booster of {XGBOOST}. Data: 4 features (age, income")
    assert found["num_boost_round"] == "4"
    assert (found["eta"], found["max_depth"], found["objective"]) == ("0.2", "2", "binary:logistic")
    assert not found.keys() & {"gamma", "subsample", "learning_rate", "num_trees"}


def test_a_booster_of_lightgbm_gives_the_values_that_were_set(tmp_path: Path) -> None:
    data = lightgbm.Dataset(DATA, LABELS)
    booster = lightgbm.train({"objective": "binary", "num_leaves": 5, "verbose": -1}, data, num_boost_round=4)
    observation, found = details(booster)
    assert f"lightgbm.basic.Booster of lightgbm {lightgbm.__version__}" in observation
    assert (found["num_leaves"], found["objective"], found["num_iterations"]) == ("5", "binary", "4")
    booster.save_model(tmp_path / "model.txt")
    _, loaded = details(lightgbm.Booster(model_file=tmp_path / "model.txt"))
    assert (loaded["num_leaves"], loaded["feature_names"]) == ("5", "age, income, debts, tenure")


def test_features_without_names_are_counted_only() -> None:
    for model in (xgb(), lgbm(), cat(), LogisticRegression()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, found = details(model.fit(DATA.to_numpy(), LABELS))
        assert "feature_names" not in found
        assert found["data_shape"] == "4 features"


def test_rows_are_recorded_if_the_model_stores_them() -> None:
    for model in (KNeighborsClassifier(), RandomForestClassifier(3)):
        assert details(model.fit(DATA, LABELS))[1]["data_shape"] == "120 rows x 4 features"


def test_facts_are_kept_next_to_given_observations() -> None:
    observation, found = details(xgb().fit(DATA, LABELS), training_observations="It converged.")
    assert observation == "It converged."
    assert found["library"] == XGBOOST


@pytest.mark.parametrize("model", [xgb(), lgbm(), cat(), make_pipeline(StandardScaler(), xgb())])
def test_a_model_that_is_not_fitted_is_refused(model: Any) -> None:
    with pytest.raises(NotFittedError):
        TrainingDetails.from_estimator(model)


def test_many_names_and_parameters_fit_a_card() -> None:
    names = [f"feature number {number}" for number in range(500)]
    data = pd.DataFrame(RANDOM.random((60, 500)), columns=names)
    observation, found = details(xgb().fit(data, RANDOM.integers(0, 2, 60)))
    assert len(observation) <= 1024
    assert max(map(len, found.values())) <= 255


@pytest.mark.filterwarnings("ignore:.*booster=dart")  # deprecated since xgboost 3.4
def test_defaults_of_another_booster_of_xgboost_are_not_parameters(tmp_path: Path) -> None:
    given = {"booster": "dart", "rate_drop": 0.5, "max_depth": 2}
    booster = xgboost.train(given, xgboost.DMatrix(DATA, LABELS), num_boost_round=2)
    _, found = details(booster)
    # Since xgboost 3.4, dart is gbtree with a rate of dropout.
    kept = {"booster": "dart"} if '"booster":"dart"' in booster.save_config() else {}
    expected = {"num_boost_round": "2", "rate_drop": "0.5", "max_depth": "2"} | kept
    assert {name: found.get(name) for name in expected} == expected
    assert "rng_state" not in found
    assert not found.keys() & {"normalize_type", "one_drop", "sample_type", "skip_drop"}
    booster.save_model(tmp_path / "model.ubj")
    _, loaded = details(xgboost.Booster(model_file=tmp_path / "model.ubj"))
    assert loaded.get("booster") == kept.get("booster")
    assert "rate_drop" not in loaded  # a file of xgboost does not keep it


class Duck:
    """A class with the methods of an estimator, without a base of scikit-learn."""

    def __init__(self, size: int = 1) -> None:
        self.size = size

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {"size": self.size, "deep": deep}

    def fit(self) -> "Duck":
        self.weights_ = [1.0]
        return self


def test_a_class_with_the_interface_alone_is_an_estimator() -> None:
    assert details(Duck(3).fit())[1]["size"] == "3"
    for model in (Duck(3), xgboost.Booster()):
        with pytest.raises(NotFittedError, match=r"^This (Duck|Booster) is not fitted yet$"):
            TrainingDetails.from_estimator(model)


def test_boosters_of_a_cross_validation_are_not_an_estimator() -> None:
    given: dict[str, Any] = {"objective": "binary", "verbose": -1}
    found = lightgbm.cv(given, lightgbm.Dataset(DATA, LABELS), 2, nfold=2, return_cvbooster=True)["cvbooster"]
    with pytest.raises(TypeError, match="A fitted scikit-learn estimator is expected"):
        TrainingDetails.from_estimator(found)


class House(LogisticRegression):  # type: ignore[misc] # scikit-learn comes without types
    """A class of the user's own code."""


def test_a_class_of_own_code_belongs_to_no_library() -> None:
    observation, found = details(House().fit(DATA, LABELS))
    assert observation.startswith("Trained with tests.model_card.test_estimators.House. Data:")
    assert "library" not in found


def test_a_class_of_a_notebook_belongs_to_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__version__", "0.1.0", raising=False)
    monkeypatch.setattr(House, "__module__", "__main__")
    observation, found = details(House().fit(DATA, LABELS))
    assert observation.startswith("Trained with __main__.House. Data:")
    assert "library" not in found
    assert "__main__" not in found["packages"]


def test_placeholders_of_deprecated_parameters_are_not_values() -> None:
    model = LogisticRegression().fit(DATA, LABELS)
    assert model.get_params()["penalty"] == "deprecated"
    assert "penalty" not in details(model)[1]
