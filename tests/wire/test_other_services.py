"""Requests besides SageMaker's: STS's GetCallerIdentity, operations not served, and wrong paths."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from cardwright import Session
from cardwright.aws.errors import WireError
from cardwright.aws.sigv4 import Verifier, parse_authorization
from cardwright.http import Request
from tests.servers import Server
from tests.wire.calls import Raw, account, fresh, post, refused, request

_PAGE = "docs/reference/operations.md"
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"


def client(service: str, url: str, key: tuple[str, str] = ("mei", "secret"), region: str = "us-east-1") -> Any:
    make: Any = boto3.client  # its type has an overload for each service
    return make(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        config=Config(retries={"max_attempts": 0}),
    )


def signed(server: Server, key: tuple[str, str], *, service: str = "sts", region: str = "us-east-1") -> Raw:
    """GetCallerIdentity as Terraform's provider sends it, signed for a service and a region."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(_IDENTITY)),
        "Amz-Sdk-Invocation-Id": "df7d8a29-9f61-4e13-a3b8-0c7e4f0a4a55",
        "Amz-Sdk-Request": "attempt=1; max=25",
    }
    wanted = AWSRequest("POST", f"{server.url}/", headers, _IDENTITY)
    SigV4Auth(Credentials(*key), service, region).add_auth(wanted)
    return request(server, "POST", "/", _IDENTITY, dict(wanted.prepare().headers))


def form(server: Server, data: bytes, headers: Mapping[str, str] | None = None) -> Raw:
    sent = {"Content-Type": _FORM, "Host": f"127.0.0.1:{server.port}"} | dict(headers or {})
    return request(server, "POST", "/", data, sent)


def test_sts_names_the_account_and_user_of_an_open_server(open_server: Server) -> None:
    found = client("sts", open_server.url).get_caller_identity()
    del found["ResponseMetadata"]["HTTPHeaders"]
    request_id = found.pop("ResponseMetadata")["RequestId"]
    assert len(request_id) == 36
    assert found == {"UserId": "mei", "Account": "000000000000", "Arn": "arn:aws:iam::000000000000:user/mei"}


def test_sts_names_the_account_and_user_of_an_access_key(signed_server: Server) -> None:
    number = account()
    key = signed_server.key(number, "vic", "viewer")
    found = client("sts", signed_server.url, key).get_caller_identity()
    assert (found["Account"], found["Arn"]) == (number, f"arn:aws:iam::{number}:user/vic")


def test_the_aws_command_line_names_the_caller(signed_server: Server) -> None:
    number = account()
    key, secret = signed_server.key(number, "vic", "viewer")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": "us-east-1"}
    program = str(Path(sys.executable).with_name("aws"))  # of this environment
    command = [program, "sts", "get-caller-identity", "--endpoint-url", signed_server.url, "--output", "json"]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["Account"] == number


def test_a_signature_for_another_service_or_region_is_refused(signed_server: Server) -> None:
    key = signed_server.key(account(), "vic", "viewer")
    assert signed(signed_server, key).status == 200
    for wrong in ({"service": "sagemaker"}, {"region": "eu-west-1"}):
        answer = signed(signed_server, key, **wrong)
        assert (answer.status, b"<Code>SignatureDoesNotMatch</Code>" in answer.body) == (403, True)
    with refused("SignatureDoesNotMatch"):
        client("sts", signed_server.url, (key[0], "wrong")).get_caller_identity()
    with refused("InvalidClientTokenId"):
        client("sts", signed_server.url, ("AKIAIOSFODNN7EXAMPLE", "x")).get_caller_identity()
    unsigned = form(signed_server, _IDENTITY)
    assert (unsigned.status, b"<Code>MissingAuthenticationToken</Code>" in unsigned.body) == (403, True)


def test_a_signature_for_the_global_sts_fits_a_server_of_another_region() -> None:
    def verify(service: str, region: str, expected: str) -> None:
        wanted = AWSRequest("POST", "http://localhost/", {"Host": "localhost"}, _IDENTITY)
        SigV4Auth(Credentials("key", "secret"), service, region).add_auth(wanted)
        headers = {name.lower(): value for name, value in wanted.headers.items()}
        request = Request("POST", "/", headers=headers, body=_IDENTITY)
        credential, signature = parse_authorization(wanted.headers["Authorization"])
        Verifier("eu-west-1", lambda _: "secret", time.time).verify(request, credential, signature, expected)

    verify("sts", "us-east-1", "sts")
    verify("sts", "eu-west-1", "sts")
    for service, region, expected in (
        ("sts", "us-west-2", "sts"),
        ("sagemaker", "us-east-1", "sagemaker"),
        ("sagemaker", "eu-west-1", "sts"),
    ):
        with pytest.raises(WireError) as caught:
            verify(service, region, expected)
        assert caught.value.code == "InvalidSignatureException"


def test_a_signature_for_sts_opens_nothing_else(signed_server: Server) -> None:
    key = signed_server.key(account(), "amy", "admin")
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.ListModelCards"}
    wanted = AWSRequest("POST", f"{signed_server.url}/", headers, b"{}")
    SigV4Auth(Credentials(*key), "sts", "us-east-1").add_auth(wanted)
    answer = request(signed_server, "POST", "/", b"{}", dict(wanted.prepare().headers))
    assert answer.error[0] == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("service", "call", "members"),
    [
        ("sts", "get_session_token", {}),
        ("sts", "assume_role", {"RoleArn": "arn:aws:iam::000000000000:role/x", "RoleSessionName": "me"}),
        ("iam", "get_user", {}),
        ("iam", "list_roles", {}),
        ("ec2", "describe_regions", {}),
        ("cloudformation", "list_stacks", {}),
        ("sns", "list_topics", {}),
    ],
)
def test_other_calls_of_the_query_protocol_get_an_error_to_read(
    signed_server: Server, service: str, call: str, members: dict[str, str]
) -> None:
    caller = client(service, signed_server.url, signed_server.key(account(), "vic", "viewer"))
    with refused("InvalidAction", _PAGE, "GetCallerIdentity") as caught:
        getattr(caller, call)(**members)
    assert caught.value.response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize("data", [b"", b"Action=", b"Action=%00%1b<x>&Version=2011-06-15", b"a=1&" * 2000, b"\xff\xfe"])
def test_a_form_that_names_no_known_action_is_refused_in_xml(open_server: Server, data: bytes) -> None:
    answer = form(open_server, data)
    assert (answer.status, answer.headers["content-type"]) == (400, "text/xml")
    assert ElementTree.fromstring(answer.body).findtext(".//{*}Code") == "InvalidAction"  # noqa: S314 - of our own server


def test_the_query_protocol_by_get_is_answered_too(open_server: Server) -> None:
    here = {"Host": "localhost"}
    assert b"<Account>000000000000</Account>" in request(open_server, "GET", f"/?{_IDENTITY.decode()}", b"", here).body
    refusal = request(open_server, "GET", "/?Action=ListUsers&Version=2010-05-08", b"", here)
    assert (refusal.status, b"InvalidAction" in refusal.body) == (400, True)


def test_the_embedded_store_names_its_account_and_user(tmp_path: Path) -> None:
    with Session(home=tmp_path) as session:
        sts = session.boto_session.client("sts", endpoint_url="https://sts.us-east-1.amazonaws.com")
        found = sts.get_caller_identity()
        assert found["Account"] == "000000000000"
        assert found["Arn"].endswith(f":user/{found['UserId']}")
        with refused("InvalidAction", _PAGE):
            sts.get_session_token()


def test_the_embedded_s3_makes_and_lists_buckets_as_sagemakers_sdk_asks(tmp_path: Path) -> None:
    """The calls of SDK v2's ``default_bucket``, which begins with the account of the caller."""
    with Session(home=tmp_path) as session:
        s3 = session.boto_session.resource("s3")
        bucket = s3.Bucket("sagemaker-us-east-1-000000000000")
        assert bucket.creation_date is None
        with refused("404", "Not Found"):
            s3.meta.client.head_bucket(Bucket=bucket.name)
        s3.create_bucket(Bucket=bucket.name)
        s3.create_bucket(Bucket=bucket.name)
        s3.meta.client.head_bucket(Bucket=bucket.name, ExpectedBucketOwner="000000000000")
        assert s3.Bucket(bucket.name).creation_date is not None
        (tmp_path / "objects" / "#1").mkdir()
        assert [found.name for found in s3.buckets.all()] == [bucket.name]


def test_a_session_on_a_server_asks_that_server_who_it_is(open_server: Server) -> None:
    session = Session(open_server.url).boto_session
    for url in (None, "https://sts.us-east-1.amazonaws.com"):  # as SageMaker's SDK v2 names it
        assert session.client("sts", endpoint_url=url).get_caller_identity()["Account"] == "000000000000"


@pytest.mark.parametrize(
    ("call", "members"),
    [
        (
            "create_pipeline",
            {"PipelineName": "p", "ClientRequestToken": "t" * 32, "RoleArn": "arn:aws:iam::1:role/xyz"},
        ),
        ("list_trials", {}),
        ("query_lineage", {}),
        ("list_feature_groups", {}),
        ("get_model_package_group_policy", {"ModelPackageGroupName": "g"}),
    ],
)
def test_operations_not_served_say_so_and_where_the_list_is(
    open_server: Server, call: str, members: dict[str, Any]
) -> None:
    caller = open_server.client()
    with refused("UnknownOperationException", "does not serve the SageMaker operation", _PAGE):
        getattr(caller, call)(**members)


def test_names_that_are_not_operations_are_refused(open_server: Server) -> None:
    for target, text in (
        ("SageMaker.MakeCoffee", "SageMaker has no operation MakeCoffee"),
        ("Cardwright.MakeCoffee", "Cardwright has no operation MakeCoffee"),
        ("SageMaker.ListModelCardEvents", "Cardwright.ListModelCardEvents"),
        ("AmazonSSM.GetParameter", "AmazonSSM.GetParameter is not an operation of SageMaker"),
        (None, "no X-Amz-Target header"),
    ):
        answer = post(open_server, target, {})
        assert (answer.status, answer.error[0]) == (400, "UnknownOperationException")
        assert text in answer.error[1]


@pytest.mark.parametrize("path", ["/api", "/cards", "/sagemaker/v1", "/nothing-here"])
def test_an_endpoint_url_with_a_path_is_named_as_the_mistake(signed_server: Server, path: str) -> None:
    key = signed_server.key(account(), "vic", "viewer")
    with refused("UnknownOperationException", path, f"as in {signed_server.url}", _PAGE):
        client("sagemaker", signed_server.url + path, key).list_model_cards()
    with refused("UnknownOperationException", path, _PAGE):
        client("sts", signed_server.url + path, key).get_caller_identity()


@pytest.mark.parametrize(
    ("service", "call", "members"),
    [
        ("s3", "list_buckets", {}),
        ("s3", "get_object", {"Bucket": "b", "Key": "k"}),
        ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "e", "Body": b"{}"}),
        ("lambda", "list_functions", {}),
        ("route53", "list_hosted_zones", {}),
    ],
)
def test_requests_of_rest_services_get_an_error_to_read(
    open_server: Server, service: str, call: str, members: dict[str, Any]
) -> None:
    with refused("UnknownOperationException", _PAGE):
        getattr(client(service, open_server.url), call)(**members)


def test_browsers_still_get_pages(open_server: Server) -> None:
    answer = request(open_server, "GET", f"/{fresh('none')}", b"", {"Host": "localhost"})
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_the_requests_of_terraforms_provider_make_change_and_delete_a_card(open_server: Server) -> None:
    """In the order of aws_sagemaker_model_card, which waits for the error after a deletion."""
    client, name = open_server.client(), fresh("terraform")
    document = '{"model_overview":{"model_name":"fraud"}}'
    tags = [{"Key": "team", "Value": "risk"}]
    arn = client.create_model_card(ModelCardName=name, Content=document, ModelCardStatus="Draft", Tags=tags)
    described = client.describe_model_card(ModelCardName=name)
    assert (described["ModelCardArn"], described["Content"]) == (arn["ModelCardArn"], document)
    assert "SecurityConfig" not in described  # the plan has none, and a value would be a difference
    assert described.get("ModelCardProcessingStatus") != "DeleteCompleted"
    assert client.list_tags(ResourceArn=arn["ModelCardArn"])["Tags"] == tags
    changed = document.replace("fraud", "more fraud")
    client.update_model_card(ModelCardName=name, Content=changed, ModelCardStatus="PendingReview")
    client.delete_tags(ResourceArn=arn["ModelCardArn"], TagKeys=["team"])
    client.add_tags(ResourceArn=arn["ModelCardArn"], Tags=[{"Key": "stage", "Value": "test"}])
    described = client.describe_model_card(ModelCardName=name)
    assert (described["Content"], described["ModelCardStatus"]) == (changed, "PendingReview")
    assert described["ModelCardVersion"] == 2
    client.delete_model_card(ModelCardName=name)
    with refused("ResourceNotFound"):
        client.describe_model_card(ModelCardName=name)
