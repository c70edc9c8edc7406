"""``cardwright.autolog``: each fit becomes a version of a card."""

import threading
from collections.abc import Iterator
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest
from joblib import parallel_config
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import cardwright
from cardwright.model_card import ModelCard

X, Y = make_classification(60, 3, n_informative=2, n_redundant=0, random_state=3)


@pytest.fixture(autouse=True)
def automatic(cardwright_session: cardwright.Session) -> Iterator[None]:
    cardwright.autolog(sagemaker_session=cardwright_session)
    yield
    cardwright.autolog(disable=True)


def versions(session: cardwright.Session) -> dict[str, int]:
    client = session.sagemaker_client
    names = [card["ModelCardName"] for card in client.list_model_cards()["ModelCardSummaries"]]
    return {name: client.describe_model_card(ModelCardName=name)["ModelCardVersion"] for name in names}


def test_each_fit_is_a_version_and_a_scaler_is_not(cardwright_session: cardwright.Session) -> None:
    for strength in (0.1, 1.0):
        LogisticRegression(C=strength).fit(StandardScaler().fit_transform(X), Y)
    assert versions(cardwright_session) == {"LogisticRegression": 2}


def test_nested_fits_are_one_record_also_in_threads_of_joblib(cardwright_session: cardwright.Session) -> None:
    with parallel_config("threading", n_jobs=2):
        BaggingClassifier(make_pipeline(StandardScaler(), LogisticRegression()), n_estimators=4, n_jobs=2).fit(X, Y)
    assert versions(cardwright_session) == {"BaggingClassifier": 1}


def test_it_can_be_switched_off(cardwright_session: cardwright.Session) -> None:
    cardwright.autolog(disable=True)
    LogisticRegression().fit(X, Y)
    assert versions(cardwright_session) == {}


def test_a_fit_inside_a_record_belongs_to_its_run(cardwright_session: cardwright.Session) -> None:
    with cardwright.record("fraud", sagemaker_session=cardwright_session):
        LogisticRegression().fit(X, Y)
    assert versions(cardwright_session) == {"fraud": 1}


def test_a_failed_fit_saves_nothing(cardwright_session: cardwright.Session) -> None:
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        LogisticRegression().fit(X, Y[:5])
    with pytest.raises(NotFittedError):
        LogisticRegression().predict(X)
    assert versions(cardwright_session) == {}


def test_a_card_that_cannot_be_saved_does_not_end_the_training(
    cardwright_session: cardwright.Session, caplog: pytest.LogCaptureFixture
) -> None:
    cardwright.autolog("not a name!", sagemaker_session=cardwright_session)
    assert LogisticRegression().fit(X, Y).predict(X).shape == (60,)
    assert "fit of LogisticRegression was not recorded" in caplog.text


def test_fits_in_several_threads_are_all_saved(cardwright_session: cardwright.Session) -> None:
    with ThreadPool(3) as pool:
        pool.map(lambda strength: LogisticRegression(C=strength).fit(X, Y), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    thread = threading.Thread(target=LogisticRegression().fit, args=(X, Y))
    thread.start()
    thread.join()
    assert versions(cardwright_session) == {"LogisticRegression": 7}


def test_own_estimators_are_observed(cardwright_session: cardwright.Session) -> None:
    class Majority(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        def fit(self, X: Any, y: Any) -> "Majority":  # noqa: N803 - scikit-learn's name
            self.classes_, self.n_features_in_ = sorted(set(y)), len(X[0])
            return self

        def predict(self, X: Any) -> list[Any]:  # noqa: N803 - scikit-learn's name
            return [self.classes_[0]] * len(X)

    Majority().fit(X, Y)
    assert versions(cardwright_session) == {"Majority": 1}


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_boosting_records_the_curves_of_its_rounds(cardwright_session: cardwright.Session, library: str) -> None:
    module = pytest.importorskip(library)
    if library == "xgboost":
        module.XGBClassifier(n_estimators=4, max_depth=2).fit(X, Y, eval_set=[(X, Y)], verbose=False)
    else:
        module.LGBMClassifier(n_estimators=4, verbose=-1).fit(X, Y, eval_X=X, eval_y=Y)
    ((name, version),) = versions(cardwright_session).items()
    assert (name, version) == ({"xgboost": "XGBClassifier", "lightgbm": "LGBMClassifier"}[library], 1)
    document = ModelCard.load(name, sagemaker_session=cardwright_session).to_dict()
    curves = next(one for one in document["evaluation_details"] if one["name"] == "Training curves")
    (metric,) = curves["metric_groups"][0]["metric_data"]
    assert [point[0] for point in metric["value"]] == [0, 1, 2, 3]
