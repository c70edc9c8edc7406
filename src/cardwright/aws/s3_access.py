"""S3 on a server whose objects are in a local folder, for callers with access keys of the store.

Its address is the server's own with :data:`PREFIX`, in path style: ``http://host:port/s3/bucket/key``. A bucket belongs
to one account (see ``core.buckets``). Its account may read it; while the bucket has no owner, every account may. The
first write claims it. ListBuckets lists the buckets of the caller's account. Unsigned requests are always refused, so
that a page in a browser cannot read or write here.
"""

from collections.abc import Mapping
from urllib.parse import quote

from cardwright.actions.buckets import check_bucket_access, claim_bucket, owned_buckets
from cardwright.aws.callers import Callers
from cardwright.aws.endpoint import Units
from cardwright.aws.errors import WireError, wire_error
from cardwright.aws.s3 import ObjectEndpoint, error_answer
from cardwright.aws.sigv4 import OBJECTS_SERVICE
from cardwright.core.errors import CardwrightError
from cardwright.core.people import Role
from cardwright.http import Commitment, Request, Response

PREFIX = "/s3"
MAX_BODY = 56_000_000  # bytes of one object, as of a report that the console takes

_STATUSES: Mapping[str, tuple[str, int]] = {
    "MissingAuthenticationTokenException": ("AccessDenied", 403),
    "UnrecognizedClientException": ("InvalidAccessKeyId", 403),
    "InvalidSignatureException": ("SignatureDoesNotMatch", 403),
    "IncompleteSignatureException": ("AuthorizationHeaderMalformed", 400),
    "AccessDeniedException": ("AccessDenied", 403),
    "ValidationException": ("InvalidRequest", 400),
    "ServiceUnavailable": ("ServiceUnavailable", 503),
    "InternalFailure": ("InternalError", 500),
}
# An object may be a page with scripts. They must not run with the console's rights on the same origin.
_INERT = [
    ("Content-Disposition", "attachment"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "sandbox; default-src 'none'"),
]
_OPERATIONS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}


def is_object_path(path: str) -> bool:
    """Whether a path belongs to S3."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


class ObjectAccess:
    """Answers S3 requests of authorised callers.

    Args:
        objects: S3 on the folder; None when the server uses another object store.
        open_unit: opens a unit of work for a caller.
        callers: identifies callers.
    """

    def __init__(self, objects: ObjectEndpoint | None, open_unit: Units, callers: Callers) -> None:
        self._objects = objects
        self._open_unit = open_unit
        self._callers = callers

    def respond(self, request: Request) -> Response:
        """Answer a request to a path below :data:`PREFIX`; every error has the form of S3."""
        try:
            return self._serve(request)
        except (WireError, CardwrightError) as error:
            wrong = wire_error(error)
        code, status = _STATUSES.get(wrong.code, (wrong.code, wrong.status))
        request.error = code
        return self._with_id(request, error_answer(request.method, status, code, wrong.message))

    def _serve(self, request: Request) -> Response:
        if self._objects is None:
            sentence = "This server keeps its objects in another store: send the request there"
            raise WireError("NotImplemented", sentence, 501)
        method = request.method
        if len(request.body) > MAX_BODY:
            raise WireError("EntityTooLarge", f"An object has at most {MAX_BODY} bytes here", 400)
        if not request.headers.get("authorization"):
            raise WireError("AccessDenied", "Sign the request as for SageMaker, with the service name s3", 403)
        actor = self._callers.identify(request, OBJECTS_SERVICE)
        request.account, request.user = actor.scope.account, actor.user
        path = request.path.removeprefix(PREFIX).encode("latin-1")
        bucket = path.decode("utf-8", "replace").removeprefix("/").partition("/")[0]
        request.operation = "S3." + _OPERATIONS.get(method, "Other")
        writes = method not in {"GET", "HEAD"}
        commitment: Commitment | None = None
        owned: frozenset[str] = frozenset()
        if bucket:
            with self._open_unit(actor, writes=writes) as unit:
                if writes:
                    actor.require(Role.AUTHOR, _OPERATIONS.get(method, "PutObject"), f"s3://{bucket}")
                    claim_bucket(unit, bucket)
                else:
                    actor.require(Role.VIEWER, "GetObject", f"s3://{bucket}")
                    check_bucket_access(unit, bucket)
            commitment = unit.commitment
        else:
            with self._open_unit(actor, writes=False) as unit:
                owned = owned_buckets(unit)
        if commitment is not None:
            commitment.settle()  # the claim is on disk before anything is written to the bucket
        url = f"http://localhost{quote(path)}?{request.query}"
        answer = self._objects.respond(method, url, request.headers, request.body, owned)
        return self._with_id(request, answer)

    @staticmethod
    def _with_id(request: Request, answer: Response) -> Response:
        headers = [*answer.headers, *_INERT, ("x-amz-request-id", request.request_id)]
        return answer._replace(headers=headers)
