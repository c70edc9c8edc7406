"""Observes ``fit`` and ``score`` of scikit-learn's estimators, and of those of xgboost and lightgbm, which derive from
them.

A fit inside another fit, such as that of a pipeline's step, is not observed. Frameworks are changed when they are
imported while an observer is active, or at once if they are imported already. The change stays, and does nothing
without an observer.
"""

import contextlib
import functools
import importlib.abc
import importlib.machinery
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any, Protocol

from cardwright.model_card.service import logger
from cardwright.recording.fits import Fit, read_fit

_FRAMEWORK = "sklearn.base"  # xgboost's and lightgbm's estimators derive from its BaseEstimator
_MARK = "_cardwright_observed"
_METHODS = ("fit", "score")
_INSIDE = frozenset(["sklearn.model_selection._validation", "sklearn.utils.parallel"])
"""Modules that fit copies of a model, such as those of a cross-validation. Such a fit is not of the model."""
_EXTENDED = "_cardwright_extended"


class Observer(Protocol):
    """Takes what is observed: a ``Run``, or the automatic log."""

    def _add_fit(self, fit: Fit) -> None: ...
    def _add_score(self, model: object, data: object, score: object) -> None: ...


_default: Observer | None = None
_observers: dict[int, list[Observer]] = {}  # the active runs of each thread, by its identifier
_busy: dict[int, int] = {}  # depth of observed calls, by thread
_lock = threading.RLock()


@contextlib.contextmanager
def active(observer: Observer) -> Iterator[None]:
    """Let an observer take what this thread fits."""
    thread = threading.get_ident()
    observe_frameworks()
    with _lock:
        _observers.setdefault(thread, []).append(observer)
    try:
        yield
    finally:
        with _lock:
            _observers[thread].remove(observer)
            if not _observers[thread]:
                del _observers[thread]


def set_default(observer: Observer | None) -> None:
    """Set the observer of threads without a run."""
    global _default  # noqa: PLW0603 - one automatic log in a process
    _default = observer
    if observer is not None:
        observe_frameworks()


@contextlib.contextmanager
def not_observed() -> Iterator[None]:
    """Ignore the calls of this thread in a block."""
    thread = threading.get_ident()
    with _lock:
        _busy[thread] = _busy.get(thread, 0) + 1
    try:
        yield
    finally:
        with _lock:
            _busy[thread] -= 1
            if not _busy[thread]:
                del _busy[thread]


def observe_frameworks() -> None:
    """Observe estimators of the frameworks that are imported, and of those that are imported later."""
    module = sys.modules.get(_FRAMEWORK)
    if module is not None and hasattr(module, "BaseEstimator"):
        _extend(module)
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def score_name(model: object) -> str:
    """Return the name of what ``model.score`` returns."""
    scoring = getattr(model, "scoring", None)
    if isinstance(scoring, str):
        return scoring
    from sklearn.base import is_classifier, is_regressor

    return "accuracy" if is_classifier(model) else "r2" if is_regressor(model) else "score"


def _extend(module: ModuleType) -> None:
    """Observe the classes that derive from BaseEstimator, also those that are defined later."""
    base: Any = module.BaseEstimator
    with _lock:
        if getattr(base, _EXTENDED, False):
            return
        setattr(base, _EXTENDED, True)
        original = base.__init_subclass__.__func__

        def define(cls: type, /, **settings: object) -> None:
            original(cls, **settings)
            _observe_class(cls)

        base.__init_subclass__ = classmethod(define)
        mixins = [getattr(module, name) for name in ("ClassifierMixin", "RegressorMixin")]
        for known in [*_classes_below(base), *mixins]:
            _observe_class(known)


def _classes_below(base: type) -> Iterator[type]:
    below: list[type] = type.__subclasses__(base)
    for cls in below:
        yield cls
        yield from _classes_below(cls)


def _observe_class(cls: type) -> None:
    for name in _METHODS:
        method = vars(cls).get(name)
        if callable(method) and not hasattr(method, _MARK):
            setattr(cls, name, _observed(method, name))
        elif hasattr(method, "__get__") and not isinstance(method, _Available):
            setattr(cls, name, _Available(method, name))


def _observed(method: Callable[..., object], name: str) -> Callable[..., object]:
    @functools.wraps(method)
    def call(model: object, *arguments: object, **named: object) -> object:
        observer = _observer()
        if observer is None or _is_of_a_copy():
            return method(model, *arguments, **named)
        with not_observed():
            began = time.perf_counter()
            result = method(model, *arguments, **named)
            seconds = time.perf_counter() - began
            data = (named.get(key, arguments[at] if at < len(arguments) else None) for at, key in enumerate(("X", "y")))
            _report(observer, name, model, tuple(data), result, seconds)
        return result

    setattr(call, _MARK, True)
    return call


class _Available:
    """A method that only some instances have, such as ``Pipeline.score``: scikit-learn decides at each access."""

    def __init__(self, descriptor: Any, name: str) -> None:
        self._descriptor = descriptor
        self._name = name
        self.__doc__ = descriptor.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> object:
        bound = self._descriptor.__get__(instance, owner)
        if instance is None or not callable(bound):
            return bound
        observed = _observed(lambda _, *arguments, **named: bound(*arguments, **named), self._name)
        return functools.wraps(bound)(functools.partial(observed, instance))


def _report(  # noqa: PLR0913, PLR0917 - the parts of a call
    observer: Observer, name: str, model: object, data: tuple[object, ...], result: object, seconds: float
) -> None:
    """Report a call to its observer. A fault here must not end the training: it is logged."""
    try:
        if name == "fit":
            observer._add_fit(read_fit(model, data[0], data[1], seconds))
        else:
            observer._add_score(model, data[0], result)
    except Exception as error:  # noqa: BLE001 - any model, of any library
        logger.warning("%s of %s was not recorded: %s: %s", name, type(model).__name__, type(error).__name__, error)


def _observer() -> Observer | None:
    """Return the observer of this thread's call; None inside another observed call.

    A pool's thread belongs to the thread that created it, as in joblib's threading backend.
    """
    if _default is None and not _observers:
        return None
    thread: Any = threading.current_thread()
    with _lock:
        while thread is not None:
            if _busy.get(thread.ident):
                return None
            if thread.ident in _observers:
                return _observers[thread.ident][-1]
            thread = getattr(thread, "_parent", None)
    return _default


def _is_of_a_copy() -> bool:
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_globals.get("__name__") in _INSIDE:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the framework once, and extends it after its import."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != _FRAMEWORK:
            return None
        with contextlib.suppress(ValueError):  # another thread removed it
            sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            _extend_after(spec.loader)
        return spec


def _extend_after(loader: Any) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        _extend(module)

    loader.exec_module = exec_module
