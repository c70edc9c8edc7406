"""Locations of files: buckets and keys, named as in S3.

``s3://bucket/key`` means that bucket and key in the object store of the server; in a local folder
it is the file ``<home>/objects/<bucket>/<key>``. Bucket rules:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, with the capitals and underscores of
older buckets and of Google's and Azure's buckets.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from cardwright.core.errors import Invalid, ObjectRefused

_BUCKET = re.compile(r"[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._-]{1,61}[A-Za-z0-9]", re.ASCII)
_AWS_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?", re.ASCII)
_UNFINISHED = re.compile(r"#\d+$")
_LONGEST_KEY = 1024  # bytes of UTF-8, as in S3
_LONGEST_PART = 255  # bytes of UTF-8 between two slashes: the maximum of file systems


@dataclass(frozen=True, slots=True)
class Location:
    """The location of one object, valid in a bucket and in a folder. Raises :class:`Invalid` otherwise."""

    bucket: str
    key: str

    def __post_init__(self) -> None:
        check_bucket(self.bucket)
        check_key(self.key)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """One object in a listing: its size in bytes and its last change in milliseconds since the epoch."""

    key: str
    size: int
    modified_at: int


def is_bucket(name: str) -> bool:
    """Whether a text is a valid bucket name."""
    return _BUCKET.fullmatch(name) is not None


def check_bucket(bucket: str) -> str:
    """Return the bucket name if it is valid. Raises :class:`Invalid`."""
    if not is_bucket(bucket):
        raise Invalid(
            f"{bucket!r} is not a bucket name: 3 to 63 letters, digits, dots, hyphens and underscores, with a letter"
            " or digit at both ends and no two dots together"
        )
    return bucket


def check_key(key: str) -> str:
    """Return the key if it is valid in a bucket and in a folder. Raises :class:`Invalid`."""
    parts = key.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        raise Invalid(f"The key {key!r} has an empty part, '.' or '..' between its slashes")
    if any(ord(letter) < 32 or letter in "\x7f\\" or "\ud800" <= letter <= "\udfff" for letter in key):
        raise Invalid(f"The key {key!r} has a control character, a surrogate or a backslash")
    if len(key.encode()) > _LONGEST_KEY or any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise Invalid(
            f"A key has at most {_LONGEST_KEY} bytes and {_LONGEST_PART} between two slashes: {key[:80]!r}..."
        )
    if any(_UNFINISHED.search(part) for part in parts):
        raise Invalid(f"The key {key!r} has a part that ends in # and digits: so do files that are still being written")
    return key


def check_size(at: Location, size: int, limit: int) -> None:
    """Raise :class:`ObjectRefused` for an object with more bytes than its reader accepts."""
    if size > limit:
        raise ObjectRefused(f"{at} has {size:,} bytes, and the maximum is {limit:,}")


def parse_location(uri: str) -> Location:
    """Return the object that ``s3://bucket/key`` names; no other form is accepted.

    Raises:
        Invalid: the text has another form, or bucket or key are not valid.
    """
    scheme, _, rest = uri.partition("://")
    bucket, slash, key = rest.partition("/")
    if scheme != "s3" or not slash or not key:
        raise Invalid(f"{uri[:200]!r} is not the location of an object: write s3://bucket/key")
    return Location(bucket, key)


def parse_folder(uri: str) -> tuple[str, str]:
    """Return the bucket and key prefix of an output path. The prefix has no slashes at its ends and may be empty.

    Accepts ``s3://bucket/prefix``, or an ``https`` URL of Amazon S3 in either of its forms, percent-encoded.

    Raises:
        Invalid: there is no bucket, or no key can begin with the prefix.
    """
    scheme, _, rest = uri.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme == "https":
        bucket, prefix = _aws_url(uri)
    elif scheme != "s3":
        raise Invalid(f"{uri!r} is not an output path: write s3://bucket/prefix")
    prefix = prefix.rstrip("/")
    check_bucket(bucket)
    if prefix:
        check_key(prefix)
    return bucket, prefix


def _aws_url(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        plain = parts.username is None and parts.port is None
        host = _AWS_HOST.fullmatch(parts.hostname or "") if plain else None
    except ValueError:  # https://[, or an invalid port
        host = None
    if host is None:
        raise Invalid(f"{url!r} is not an Amazon S3 address: write s3://bucket/prefix")
    path = unquote(parts.path).lstrip("/")
    if host["bucket"]:
        return host["bucket"], path
    bucket, _, prefix = path.partition("/")
    return bucket, prefix
