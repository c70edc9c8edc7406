"""Access: signatures as AWS checks them, keys, roles, and separate accounts."""

import datetime
import hashlib
import hmac
from typing import Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from cardwright.aws.errors import WireError
from cardwright.aws.sigv4 import Verifier, canonical_request, parse_authorization
from cardwright.http import Request
from tests.cli.commands import run_text
from tests.servers import Server
from tests.waiting import wait_until
from tests.wire.calls import account, arn, content, create, fresh, post, refused

NOW = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)
_TOKENS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
_VALUES = st.lists(_TOKENS, min_size=1, max_size=3).map("  ".join)


def signed(
    body: bytes = b"{}", *, secret: str = "secret", region: str = "us-east-1", service: str = "sagemaker"
) -> Any:
    request = AWSRequest("POST", "http://127.0.0.1:8765/", {"X-Amz-Target": "SageMaker.ListModelCards"}, body)
    request.headers["Host"] = "127.0.0.1:8765"
    SigV4Auth(Credentials("KEY", secret), service, region).add_auth(request)
    return request


def received(request: Any, body: bytes = b"{}", changed: dict[str, str] | None = None) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()} | (changed or {})
    return Request("POST", "/", headers=headers, body=body)


def verify(request: Request, shift: float = 0.0) -> None:
    def now() -> float:
        sent = datetime.datetime.strptime(f"{request.headers['x-amz-date']}+0000", "%Y%m%dT%H%M%SZ%z")
        return sent.timestamp() + shift

    Verifier("us-east-1", lambda _: "secret", now).verify(
        request, *parse_authorization(request.headers["authorization"])
    )


@given(body=st.binary(max_size=50), value=_VALUES, query=st.dictionaries(_TOKENS, _TOKENS, max_size=3))
def test_the_canonical_request_is_botocores(body: bytes, value: str, query: dict[str, str]) -> None:
    url = "https://example.com/"
    prepared = AWSRequest("POST", url, {"X-Amz-Target": value, "X-Amz-Date": "20260304T050607Z"}, body, params=query)
    prepared.headers["Host"] = "example.com"
    signer = SigV4Auth(Credentials("KEY", "secret"), "sagemaker", "us-east-1")
    theirs = signer.canonical_request(prepared)
    names = tuple(signer.signed_headers(signer.headers_to_sign(prepared)).split(";"))
    sent = prepared.prepare().url.partition("?")[2]
    headers = {name.lower(): text for name, text in prepared.headers.items()}
    assert canonical_request(Request("POST", "/", sent, headers, body), names) == theirs


def test_a_botocore_signature_holds_within_five_minutes() -> None:
    for shift in (0, 299, -299):
        verify(received(signed()), shift)
    for shift, text in ((301, "expired"), (-301, "not yet current")):
        with pytest.raises(WireError, match=text) as caught:
            verify(received(signed()), shift)
        assert caught.value.code == "InvalidSignatureException"


@pytest.mark.parametrize(
    "request_",
    [
        received(signed(secret="other")),
        received(signed(), b"{ }"),
        received(signed(), changed={"x-amz-target": "SageMaker.DeleteModelCard"}),
        received(signed(), changed={"host": "elsewhere"}),
        received(signed(region="eu-west-1")),
        received(signed(service="s3")),
        received(signed(), changed={"authorization": signed().headers["Authorization"][:-1] + "\xe9"}),
    ],
    ids=["secret", "body", "target", "host", "region", "service", "letters"],
)
def test_what_was_signed_otherwise_is_invalid(request_: Request) -> None:
    with pytest.raises(WireError) as caught:
        verify(request_)
    assert caught.value.code == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "MissingAuthenticationTokenException"),
        ("", "MissingAuthenticationTokenException"),
        ("Basic abc", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=a/20260304/us-east-1/sagemaker/aws4_request", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=K/1/x/y/z, SignedHeaders=host, Signature=0", "UnrecognizedClientException"),
        ("AWS4-HMAC-SHA256 x Credential=K/1/x/y/z, SignedHeaders=host, Signature=0", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=K/1/x/y/z, SignedHeaders=x;host, Signature=0", "InvalidSignatureException"),
    ],
)
def test_malformed_authorizations_differ_in_code(signed_server: Server, authorization: str | None, code: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = post(signed_server, "ListModelCards", {}, headers)
    assert (answer.status, answer.error[0]) == (400, code)


HEADERS = ("host", "x-amz-date", "x-amz-target")


def authorization(parts: str, *, headers: tuple[str, ...] = HEADERS) -> Request:
    """A request whose signature over these headers is right, with its Authorization header written by a template."""
    request = signed()
    names = {name.lower(): value for name, value in request.headers.items() if name.lower() in HEADERS}
    spelt = {**names, **{name: names[name.lower()] for name in headers}}
    made = Request("POST", "/", headers=spelt, body=b"{}")
    text = canonical_request(made, headers).encode()
    stamp = names["x-amz-date"]
    scope = f"{stamp[:8]}/us-east-1/sagemaker/aws4_request"
    key = b"AWS4secret"
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(text).hexdigest()}"
    signature = hmac.digest(key, to_sign.encode(), hashlib.sha256).hex()
    value = parts.format(
        c=f"Credential=KEY/{scope}", h=f"SignedHeaders={';'.join(headers)}", s=f"Signature={signature}"
    )
    return received(made, changed={"authorization": value})


@pytest.mark.parametrize("parts", ["{c}, {h}, {s}", "{c},{h},{s}", "{s},  {h} , {c}"])
def test_the_fields_of_an_authorization_may_come_in_any_order(parts: str) -> None:
    made = authorization(f"AWS4-HMAC-SHA256 {parts}")
    verify(made)
    credential, _ = parse_authorization(made.headers["authorization"])
    assert (credential.access_key_id, credential.signed_headers) == ("KEY", HEADERS)


@pytest.mark.parametrize(
    "parts",
    [
        "{c}, {c}, {h}, {s}",
        "Credential=OTHER/1/2/3/4, {c}, {h}, {s}",
        "{c}, {h}, {h}, {s}",
        "{c}, {h}, Signature=0, {s}",
        "{c}, {h}, {s}, {s}",
        "{c}, {h}, {s}, {c}",
        "ignored {c}, {h}, {s}",
        "ignored, {c}, {h}, {s}",
        "{c}, {h}, {s} ignored",
        "{c}, {h}, {s}, ignored",
        "{c}, {h}, {s},",
        ", {c}, {h}, {s}",
        "{c} {h} {s}",
        "{c}; {h}; {s}",
        "{c}, {h}, More=1, {s}",
        "X{c}, {h}, {s}",
        "{c}, {h}, Signature=",
        "{c}, {h}",
        "{h}, {s}",
        "",
    ],
)
def test_an_authorization_in_another_form_is_incomplete_however_right_its_signature(parts: str) -> None:
    with pytest.raises(WireError) as caught:
        verify(authorization(f"AWS4-HMAC-SHA256 {parts}"))
    assert caught.value.code == "IncompleteSignatureException"


@pytest.mark.parametrize(
    "headers",
    [
        ("x-amz-target", "host", "x-amz-date"),
        ("host", "x-amz-target", "x-amz-date"),
        ("host", "host", "x-amz-date", "x-amz-target"),
        ("host", "x-amz-date", "x-amz-target", "host"),
        ("Host", "X-Amz-Date", "X-Amz-Target"),
        ("host", "x-amz-date", "X-Amz-Target"),
    ],
)
@pytest.mark.parametrize("parts", ["{c}, {h}, {s}", "{c},{h},{s}"])
def test_signed_headers_in_another_form_are_invalid_however_right_their_signature(
    headers: tuple[str, ...], parts: str
) -> None:
    with pytest.raises(WireError, match="SignedHeaders must be") as caught:
        verify(authorization(f"AWS4-HMAC-SHA256 {parts}", headers=headers))
    assert caught.value.code == "InvalidSignatureException"


def test_unknown_wrong_and_revoked_keys_are_refused(signed_server: Server) -> None:
    key, secret = signed_server.key(account(), "u", "author")
    signed_server.client(key, secret).list_model_cards()
    with refused("InvalidSignatureException"):
        signed_server.client(key, secret[::-1]).list_model_cards()
    for unknown in ("AKIAIOSFODNN7EXAMPLE", "AKCW" + "A" * 16):
        with refused("UnrecognizedClientException"):
            signed_server.client(unknown, secret).list_model_cards()
    assert run_text("key", "revoke", *signed_server.store_options, key).returncode == 0
    # Another process revoked it, so a server on PostgreSQL may know the key for one second more.
    wait_until(lambda: is_refused(signed_server, key, secret))
    with refused("UnrecognizedClientException"):
        signed_server.client(key, secret).list_model_cards()


def is_refused(server: Server, key: str, secret: str) -> bool:
    try:
        server.client(key, secret).list_model_cards()
    except ClientError as error:
        return error.response["Error"]["Code"] == "UnrecognizedClientException"
    return False


READS = ("DescribeModelCard", "ListModelCards", "ListModelCardVersions", "Search", "GetSearchSuggestions", "ListTags")
WRITES = ("CreateModelCard", "UpdateModelCard", "AddTags", "DeleteTags", "DeleteModelCard")


@pytest.mark.parametrize("role", ["viewer", "author", "approver", "admin"])
def test_roles_open_the_operations_they_should(signed_server: Server, role: str) -> None:
    home = account()
    admin = signed_server.client(*signed_server.key(home, "root", "admin"))
    client = signed_server.client(*signed_server.key(home, "user", role))
    name = create(admin)
    requests: dict[str, dict[str, Any]] = {
        "CreateModelCard": {"ModelCardName": fresh("r"), "Content": "{}", "ModelCardStatus": "Draft"},
        "Search": {"Resource": "ModelCard"},
        "GetSearchSuggestions": {"Resource": "ModelCard"},
        "ListModelCards": {},
        "AddTags": {"ResourceArn": arn(name, home), "Tags": [{"Key": "k", "Value": "v"}]},
        "ListTags": {"ResourceArn": arn(name, home)},
        "DeleteTags": {"ResourceArn": arn(name, home), "TagKeys": ["k"]},
    }
    for operation in (*READS, *WRITES):
        call = getattr(client, botocore.xform_name(operation))
        request = requests.get(operation, {"ModelCardName": name})
        if role == "viewer" and operation in WRITES:
            with refused("AccessDeniedException", f"sagemaker:{operation}"):
                call(**request)
        else:
            call(**request)


def test_authors_neither_approve_nor_change_what_is_approved(signed_server: Server) -> None:
    home = account()
    author = signed_server.client(*signed_server.key(home, "writer", "author"))
    approver = signed_server.client(*signed_server.key(home, "checker", "approver"))
    name = create(author)
    with refused("AccessDeniedException"):
        create(author, ModelCardStatus="Approved")
    with refused("AccessDeniedException"):
        author.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    approver.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    for more in ({}, {"ModelCardStatus": "Approved"}, {"ModelCardStatus": "Archived"}):
        with refused("AccessDeniedException"):
            author.update_model_card(ModelCardName=name, Content=" {}", **more)
    author.update_model_card(ModelCardName=name, Content="{}")
    author.update_model_card(ModelCardName=name, Content=" {}", ModelCardStatus="PendingReview")
    approver.update_model_card(ModelCardName=name, Content="  {}", ModelCardStatus="Approved")
    approver.update_model_card(ModelCardName=name, Content="   {}")
    described = author.describe_model_card(ModelCardName=name)
    assert (described["ModelCardVersion"], described["ModelCardStatus"]) == (4, "Approved")
    assert described["LastModifiedBy"]["IamIdentity"]["Arn"] == f"arn:aws:iam::{home}:user/checker"


def test_accounts_never_see_each_others_cards(signed_server: Server) -> None:
    homes = [account(), account()]
    one, other = (signed_server.client(*signed_server.key(home, "u", "admin")) for home in homes)
    name, model = fresh("shared"), fresh("model")
    create(one, name, content(model_id=model), Tags=[{"Key": f"secret-{name}", "Value": "v"}])
    with refused("ResourceNotFound"):
        other.describe_model_card(ModelCardName=name)
    for call in (other.describe_model_card, other.update_model_card, other.list_model_card_versions):
        with refused("AccessDeniedException"):
            call(ModelCardName=arn(name, homes[0]))
    with refused("AccessDeniedException"):
        other.list_tags(ResourceArn=arn(name, homes[0]))
    assert other.list_model_cards()["ModelCardSummaries"] == []
    assert other.search(Resource="ModelCard")["TotalHits"]["Value"] == 0
    hint = {"PropertyNameQuery": {"PropertyNameHint": "Tags.secret"}}
    assert other.get_search_suggestions(Resource="ModelCard", SuggestionQuery=hint)["PropertyNameSuggestions"] == []
    create(other, name, content(model_id=model))
    other.delete_model_card(ModelCardName=name)
    assert one.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 1
