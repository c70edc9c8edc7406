"""Opens the object store that the settings name."""

from pathlib import Path
from typing import Protocol

from cardwright.core.errors import ExtraMissing
from cardwright.core.objects import Location
from cardwright.objects.folder import ObjectFolder

KINDS = ("local", "s3", "gcs", "azure")


class Objects(Protocol):
    """The methods of every object store. Both raise ``ObjectRefused``; threads may share one."""

    def put(self, at: Location, data: bytes, content_type: str) -> None:
        """Write an object completely or not at all, replacing an existing one."""

    def get(self, at: Location, limit: int | None = None) -> bytes | None:
        """Return the object's bytes, at most ``limit``; None when it does not exist."""


def open_objects(kind: str, folder: Path, endpoint: str | None, region: str) -> Objects:
    """Open the object store of a kind in :data:`KINDS`; ``folder`` is for local objects. Sends no request yet.

    Raises:
        ExtraMissing: the extra for this kind is not installed.
    """
    if kind == "local":
        return ObjectFolder(folder)
    try:
        from cardwright.objects.remote import RemoteObjects
    except ImportError as error:
        raise ExtraMissing(f"Objects in {kind} need an extra: pip install 'cardwright[objects]'") from error
    return RemoteObjects(kind, endpoint, region)
