"""Names a dataset by its content: size and SHA-256 of a file, a folder, an array or a table."""

import hashlib
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

import attrs

Role: TypeAlias = Literal["training", "evaluation"]
ROLES: tuple[Role, ...] = ("training", "evaluation")
Bytes: TypeAlias = bytes | memoryview

_CHUNK = 1 << 20
_TEXT_LENGTH = 1024


@attrs.frozen
class Dataset:
    """A dataset of a run.

    Attributes:
        name: its name in the run.
        sha256: the digest of its content; None for data that cannot be read as bytes.
        uri: where it is stored, if it is known.
        shape: its size in words, such as ``4000 rows x 20 columns``.
        role: what the run uses it for.
    """

    name: str
    sha256: str | None
    uri: str | None = None
    shape: str | None = None
    role: Role = "training"

    def __str__(self) -> str:
        """The text of a card: place or name, then what is known of the content."""
        head = self.uri or self.name
        known = [self.name if self.uri else None, self.shape, self.sha256 and f"sha256:{self.sha256}"]
        facts = ", ".join(filter(None, known))
        room = _TEXT_LENGTH - len(facts) - 3
        return f"{head[:room]} ({facts})" if facts else head[:_TEXT_LENGTH]


def dataset(data: object, name: str, uri: str | None = None, role: Role = "training") -> Dataset:
    """Read a dataset: the path of a file or folder, bytes, an array, a table, or a list.

    Raises:
        OSError: the file or folder cannot be read.
        ValueError: the role is unknown.
    """
    if role not in ROLES:
        raise ValueError(f"role should be one of {', '.join(ROLES)}, not {role!r}")
    if isinstance(data, str | os.PathLike):
        path = Path(data)
        return Dataset(name, _hexadecimal(_of_path(path)), uri or path.as_posix(), _size(path), role)
    parts = _parts(data)
    return Dataset(name, None if parts is None else _hexadecimal(parts), uri, _shape(data), role)


def _hexadecimal(parts: Iterator[Bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _of_path(path: Path) -> Iterator[Bytes]:
    """Yield the bytes of a file; of a folder, the name and the digest of each file in order."""
    if not path.is_dir():
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
        return
    for file_path in sorted(entry for entry in path.rglob("*") if entry.is_file()):
        yield f"{file_path.relative_to(path).as_posix()}\0{_hexadecimal(_of_path(file_path))}\n".encode()


def _size(path: Path) -> str:
    if path.is_dir():
        return f"{sum(entry.is_file() for entry in path.rglob('*'))} files"
    return f"{path.stat().st_size} bytes"


def _parts(data: object) -> Iterator[Bytes] | None:
    """Return the bytes of data in memory; None for a type whose bytes are unknown."""
    if isinstance(data, bytes | bytearray | memoryview):
        return iter([bytes(data)])
    if isinstance(data, list | tuple):
        return iter([repr(data).encode()])
    for reader in (_of_pandas, _of_sparse, _of_array):
        found = reader(data)
        if found is not None:
            return found
    return None


def _of_pandas(data: Any) -> Iterator[Bytes] | None:
    if type(data).__module__.partition(".")[0] != "pandas":
        return None
    pandas: Any = importlib.import_module("pandas.util")
    names = [str(name) for name in getattr(data, "columns", [getattr(data, "name", None)])]
    try:
        hashed = pandas.hash_pandas_object(data, index=False)
    except TypeError:  # values such as lists
        return iter([repr(names).encode(), data.to_csv(index=False).encode()])
    return iter([repr(names).encode(), hashed.to_numpy().tobytes()])


def _of_sparse(data: Any) -> Iterator[Bytes] | None:
    if not all(hasattr(data, name) for name in ("indices", "indptr", "data")):
        return None
    arrays = (data.indptr, data.indices, data.data)
    return iter([repr((data.shape, str(data.dtype))).encode(), *(array.tobytes() for array in arrays)])


def _of_array(data: Any) -> Iterator[Bytes] | None:
    if not hasattr(data, "__array__"):
        return None
    numpy: Any = importlib.import_module("numpy")
    array = numpy.asarray(data)
    described = repr((array.shape, str(array.dtype))).encode()
    content = repr(array.tolist()).encode() if array.dtype.hasobject else memoryview(numpy.ascontiguousarray(array))
    return iter([described, content])


def _shape(data: object) -> str | None:
    shape = getattr(data, "shape", None)
    if isinstance(shape, tuple) and shape:
        rows = f"{shape[0]} rows"
        return f"{rows} x {shape[1]} columns" if len(shape) > 1 else rows
    return f"{len(data)} items" if hasattr(data, "__len__") else None
