"""The part of S3 that clients of the local folder of objects use.

GetObject, HeadObject, PutObject, DeleteObject, ListBuckets, CreateBucket, HeadBucket, and ListObjectsV2, also in its
first form, which boto3's resources use. The first write to a bucket makes it too. Uploads in parts, conditional
writes, and encryption with keys of KMS or of the caller are refused as not implemented.
:mod:`cardwright.aws.s3_access` checks the callers of a server.
REST form: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
"""

import base64
import datetime
import hashlib
import mimetypes
import re
from collections.abc import Callable, Container, Mapping
from email.utils import formatdate
from html import escape
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from cardwright.core.buckets import bucket_key
from cardwright.core.errors import CardwrightError, Invalid
from cardwright.core.objects import Location, ObjectFacts, check_bucket
from cardwright.http import Response
from cardwright.objects.folder import ObjectFolder

_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-]", re.ASCII)
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_PAGE_KEYS = 1000
_ANY_TYPE = "binary/octet-stream"
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class _S3Error(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class ObjectEndpoint:
    """Answers S3 requests from a folder.

    Args:
        files: the folder.
        limit: bytes of the largest object that is read; unlimited by default.
    """

    def __init__(self, files: ObjectFolder, limit: int | None = None) -> None:
        self._files = files
        self._limit = limit
        self._object_verbs: Mapping[str, Callable[[Location, Mapping[str, str], bytes], Response]] = {
            "GET": self._get,
            "HEAD": self._head,
            "PUT": self._put,
            "DELETE": self._delete,
        }

    def respond(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, owned: Container[str] | None = None
    ) -> Response:
        """The answer to a request in path style or with the bucket in the host; header names are in lower case.

        Args:
            owned: the keys (``core.buckets.bucket_key``) of the caller's buckets, which ListBuckets lists; all by
                default.
        """
        try:
            return self._serve(method, url, headers, body, owned)
        except _S3Error as refusal:
            return error_answer(method, refusal.status, refusal.code, str(refusal))
        except Invalid as error:
            return error_answer(method, 400, "InvalidRequest", str(error))
        except CardwrightError as error:
            return error_answer(method, 403, "AccessDenied", str(error))

    def _serve(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, owned: Container[str] | None
    ) -> Response:
        parts = urlsplit(url)
        path = unquote(parts.path).removeprefix("/")
        host = _HOST.match(parts.hostname or "")
        bucket, _, key = (host["bucket"], "", path) if host else path.partition("/")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if key and not (query.keys() - {"x-id"}) and method in self._object_verbs:
            return self._object_verbs[method](Location(bucket, key), headers, body)
        if not bucket and not host and method == "GET" and query.keys() <= _BUCKETS_LISTED_BY:
            return self._list_buckets(query.get("prefix", ""), owned)
        if bucket and not key and method == "HEAD":
            self._check_bucket(bucket)
            return Response(200, [("Content-Length", "0")], b"")
        if bucket and not key and method == "PUT" and not query:
            self._files.make_bucket(check_bucket(bucket))
            return Response(200, [("Content-Length", "0"), ("Location", f"/{bucket}")], b"")
        if bucket and not key and method == "GET" and query.keys() <= _LISTED_BY:
            return self._list(bucket, query)
        raise _S3Error(
            501,
            "NotImplemented",
            "Cardwright serves GetObject, HeadObject, PutObject, DeleteObject, ListBuckets, CreateBucket,"
            " HeadBucket and ListObjectsV2 of S3",
        )

    def _check_bucket(self, bucket: str) -> None:
        if not self._files.has_bucket(check_bucket(bucket)):
            raise _S3Error(404, "NoSuchBucket", "The specified bucket does not exist")

    def _no_such_key(self, at: Location) -> _S3Error:
        self._check_bucket(at.bucket)
        return _S3Error(404, "NoSuchKey", "The specified key does not exist.")

    def _get(self, at: Location, headers: Mapping[str, str], _: bytes) -> Response:
        data = self._files.get(at, self._limit)
        facts = self._files.head(at)
        if data is None or facts is None:
            raise self._no_such_key(at)
        described = [*_described(facts), ("ETag", _etag(data))]
        wanted = _RANGE.fullmatch(headers.get("range", ""))
        if wanted is None or not (wanted[1] or wanted[2]):
            return Response(200, [("Content-Length", str(len(data))), *described], data)
        first = int(wanted[1]) if wanted[1] else max(0, len(data) - int(wanted[2]))
        last = min(int(wanted[2]) if wanted[1] and wanted[2] else len(data), len(data) - 1)
        if first > last:
            raise _S3Error(416, "InvalidRange", "The requested range is not satisfiable")
        part = data[first : last + 1]
        content_range = ("Content-Range", f"bytes {first}-{last}/{len(data)}")
        return Response(206, [("Content-Length", str(len(part))), content_range, *described], part)

    def _head(self, at: Location, _headers: Mapping[str, str], _: bytes) -> Response:
        data = self._files.get(at, self._limit)
        facts = self._files.head(at)
        if data is None or facts is None:
            raise self._no_such_key(at)
        return Response(200, [("Content-Length", str(len(data))), *_described(facts), ("ETag", _etag(data))], b"")

    def _put(self, at: Location, headers: Mapping[str, str], body: bytes) -> Response:
        unserved = _UNSERVED & headers.keys()
        if unserved:
            raise _S3Error(501, "NotImplemented", f"Cardwright does not serve the header {min(unserved)} of S3")
        if "aws-chunked" in headers.get("content-encoding", ""):
            body = _unchunked(body)
        digest = headers.get("content-md5")
        if digest and digest != base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode():
            raise _S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
        self._files.put(at, body, headers.get("content-type", _ANY_TYPE))
        return Response(200, [("Content-Length", "0"), ("ETag", _etag(body))], b"")

    def _list_buckets(self, prefix: str, owned: Container[str] | None) -> Response:
        """List all buckets in one page: a local folder has few."""
        lines = [
            f"<Bucket><Name>{escape(found.key)}</Name><CreationDate>{_iso(found.modified_at)}</CreationDate></Bucket>"
            for found in self._files.buckets()
            if found.key.startswith(prefix) and (owned is None or bucket_key(found.key) in owned)
        ]
        text = f"<Owner><ID>local</ID></Owner><Buckets>{''.join(lines)}</Buckets>"
        return _xml(200, f'<ListAllMyBucketsResult xmlns="{_NAMESPACE}">{text}</ListAllMyBucketsResult>')

    def _delete(self, at: Location, _headers: Mapping[str, str], _: bytes) -> Response:
        self._check_bucket(at.bucket)
        self._files.delete(at)
        return Response(204, [], b"")

    def _list(self, bucket: str, query: Mapping[str, str]) -> Response:
        self._check_bucket(bucket)
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        after = query.get("marker") or query.get("start-after", "")
        if "continuation-token" in query:
            after = _start_of(query["continuation-token"])
        limit = min(int(query["max-keys"]) if query.get("max-keys", "").isdecimal() else _PAGE_KEYS, _PAGE_KEYS)
        items: dict[str, ObjectFacts | None] = {}  # a common prefix replaces all keys that begin with it
        for facts in self._files.list(bucket, prefix):
            rest = facts.key[len(prefix) :]
            group = prefix + rest.partition(delimiter)[0] + delimiter if delimiter and delimiter in rest else None
            items.setdefault(group or facts.key, None if group else facts)
        left = [name for name in items if name.encode() > after.encode()]
        page = left[:limit]
        coded = (lambda text: quote(text, safe="/")) if query.get("encoding-type") == "url" else escape
        lines = [f"<Name>{escape(bucket)}</Name><Prefix>{coded(prefix)}</Prefix><MaxKeys>{limit}</MaxKeys>"]
        lines += [f"<{name}>{coded(query[key])}</{name}>" for key, name in _ECHOED.items() if key in query]
        lines.append(f"<KeyCount>{len(page)}</KeyCount><IsTruncated>{str(len(left) > len(page)).lower()}</IsTruncated>")
        if page and len(left) > len(page):
            token = base64.urlsafe_b64encode(page[-1].encode()).decode()
            lines.append(f"<NextContinuationToken>{token}</NextContinuationToken>")
            lines.append(f"<NextMarker>{coded(page[-1])}</NextMarker>")  # what the first form of the listing reads
        for name in page:
            found = items[name]
            lines.append(
                f"<CommonPrefixes><Prefix>{coded(name)}</Prefix></CommonPrefixes>"
                if found is None
                else f"<Contents><Key>{coded(name)}</Key><LastModified>{_iso(found.modified_at)}</LastModified>"
                f"<Size>{found.size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            )
        return _xml(200, f'<ListBucketResult xmlns="{_NAMESPACE}">{"".join(lines)}</ListBucketResult>')


_LISTED_BY = frozenset(
    [
        "list-type",
        "prefix",
        "delimiter",
        "max-keys",
        "encoding-type",
        "continuation-token",
        "start-after",
        "marker",
        "fetch-owner",
    ]
)
_UNSERVED = frozenset(
    [
        "x-amz-copy-source",
        "if-match",
        "if-none-match",
        # An object must not look encrypted. Without a key, SDK v2 asks for the encryption of the account: the volume's.
        "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-customer-algorithm",
    ]
)
_BUCKETS_LISTED_BY = frozenset(["x-id", "prefix", "max-buckets", "bucket-region"])
_ECHOED = {"delimiter": "Delimiter", "encoding-type": "EncodingType", "start-after": "StartAfter"}


def _start_of(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode()
    except ValueError:
        raise _S3Error(400, "InvalidArgument", "The continuation token provided is incorrect") from None


def _described(facts: ObjectFacts) -> list[tuple[str, str]]:
    kind = mimetypes.guess_type(facts.key)[0] or _ANY_TYPE
    modified = formatdate(facts.modified_at // 1000, usegmt=True)
    return [("Content-Type", kind), ("Last-Modified", modified), ("Accept-Ranges", "bytes")]


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def _iso(milliseconds: int) -> str:
    moment = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _unchunked(body: bytes) -> bytes:
    """The content of an ``aws-chunked`` body: chunks of a hexadecimal size, then trailers."""
    content: list[bytes] = []
    at = 0
    while True:
        line, _, _ = body[at : at + 1024].partition(b"\r\n")
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            raise _S3Error(400, "IncompleteBody", "The body is not aws-chunked") from None
        at += len(line) + 2
        if size == 0:
            return b"".join(content)
        content.append(body[at : at + size])
        if len(content[-1]) != size:
            raise _S3Error(400, "IncompleteBody", "The body ends within a chunk")
        at += size + 2


def error_answer(method: str, status: int, code: str, message: str) -> Response:
    if method == "HEAD":
        return Response(status, [("Content-Length", "0")], b"")
    return _xml(status, f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>")


def _xml(status: int, text: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode("utf-8", "replace")
    return Response(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))], body)
