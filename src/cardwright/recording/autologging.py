"""``cardwright.autolog``: each fit outside ``cardwright.record`` becomes a version of a card."""

import re
import threading

from cardwright.model_card import service
from cardwright.model_card.service import logger
from cardwright.recording import observed
from cardwright.recording.fits import Fit
from cardwright.recording.run import Run

_NAME_LENGTH = 63


def autolog(
    name: str | None = None, *, sagemaker_session: service.AnySession | None = None, disable: bool = False
) -> None:
    """Save a version of a card after each fit of scikit-learn, xgboost and lightgbm, in every thread.

    The fits inside a pipeline or search are part of its one record. A fit inside ``cardwright.record`` belongs to that
    run. If a card cannot be saved, a warning is logged and the training goes on.

    Args:
        name: the card's name; by default the name of the model's class, such as ``LogisticRegression``.
        sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default, at the first fit.
        disable: stop saving cards.
    """
    observed.set_default(None if disable else _AutomaticLog(name, sagemaker_session))


class _AutomaticLog:
    """Saves each fit as a version of a card, one after the other."""

    def __init__(self, name: str | None, session: service.AnySession | None) -> None:
        self._name = name
        self._session = session
        self._lock = threading.Lock()

    def _add_fit(self, fit: Fit) -> None:
        if not fit.predicts:
            return
        with self._lock:
            self._session = service.session_or_default(self._session)
            name = self._name or _card_name(fit)
            run = Run(name, self._session, None, fit.seconds)
            run._add_fit(fit)
            card = run.save()
        logger.info("Saved version %s of the model card %s", card.version, name)

    def _add_score(self, model: object, data: object, score: object) -> None:
        """Scores belong to no fit here."""


def _card_name(fit: Fit) -> str:
    """Return the class of the model in the characters of a card's name."""
    return re.sub(r"[^a-zA-Z0-9]+", "-", fit.algorithm).strip("-")[:_NAME_LENGTH] or "model"
