"""Cardwright: model cards that anyone can run.

The classes of the SDK (``cardwright.model_card``), ``Session``, ``get_execution_role``, ``record``, ``autolog`` and
``PdfExtraMissing`` can be imported from here. They are loaded at their first use, because servers and commands start
faster without the SDK.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_MODULES = {
    "PdfExtraMissing": "core.errors",
    "Session": "session",
    "autolog": "recording",
    "get_execution_role": "session",
    "record": "recording",
}
"""The modules of the names that are not the SDK's."""

if TYPE_CHECKING:
    from cardwright.client.session import Session, get_execution_role
    from cardwright.core.errors import PdfExtraMissing
    from cardwright.model_card import model_card as sdk
    from cardwright.model_card.model_card import *  # noqa: F403 - the one list of the SDK's names is model_card.__all__
    from cardwright.recording import autolog, record

    __all__ = ["PdfExtraMissing", "Session", "__version__", "autolog", "get_execution_role", "record"]
    __all__ += sdk.__all__  # type: ignore[has-type, unused-ignore] # the modules import each other
else:

    def __getattr__(name: str) -> Any:
        """Load a public name at its first use. A name with a small initial is a submodule or missing."""
        if name == "__all__":
            return _public_names()
        if name in {"model_card", "session"}:  # `import cardwright` is enough for cardwright.model_card.ModelCard
            return importlib.import_module(f"{__name__}.{name}")
        if name not in _MODULES and (not name[:1].isupper() or name not in _public_names()):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = importlib.import_module(f"{__name__}.{_MODULES.get(name, 'model_card')}")
        globals()[name] = getattr(module, name)
        return globals()[name]


def __dir__() -> list[str]:
    module = {name for name in globals() if name.startswith("__")}
    return sorted({*module, *_public_names(), "model_card", "session"})


def _public_names() -> list[str]:
    names: list[str] = importlib.import_module(f"{__name__}.model_card").__all__
    return sorted({*names, *_MODULES, "__version__"} - {"schema_constraints"})
