"""The object store that the settings name."""

from pathlib import Path
from typing import Protocol

from cardwright.core.errors import ExtraMissing
from cardwright.core.objects import Location
from cardwright.objects.folder import ObjectFolder

KINDS = ("local", "s3", "gcs", "azure")


class Objects(Protocol):
    """What every object store does. Both raise ``ObjectRefused``; may be shared between threads."""

    def put(self, at: Location, data: bytes, content_type: str) -> None:
        """Write an object, whole or not at all, over one of the same name."""

    def get(self, at: Location, most: int | None = None) -> bytes | None:
        """The object's bytes, refused when they are more than ``most``; None when there is none."""


def open_objects(kind: str, folder: Path, endpoint: str | None, region: str) -> Objects:
    """The object store of a kind of :data:`KINDS`; ``folder`` is where local ones lie. Asks nothing of it yet.

    Raises:
        ExtraMissing: the extra for it is not installed.
    """
    if kind == "local":
        return ObjectFolder(folder)
    try:
        from cardwright.objects.remote import RemoteObjects
    except ImportError as error:
        raise ExtraMissing(f"Objects in {kind} need an extra: pip install 'cardwright[objects]'") from error
    return RemoteObjects(kind, endpoint, region)
