"""DescribeCaller: who the caller is to the server."""

from pathlib import Path

from cardwright.client.own_client import own_client
from tests.cli.commands import run_text
from tests.console.team import add_users
from tests.servers import Server
from tests.wire.calls import account


def test_the_caller_is_described(signed_server: Server) -> None:
    number = account()
    client = own_client(signed_server.client(*signed_server.key(number, "ann", "approver")))
    found = client.describe_caller()
    del found["ResponseMetadata"]
    assert found == {
        "AccountId": number,
        "Region": "us-east-1",
        "UserArn": f"arn:aws:iam::{number}:user/ann",
        "RoleArn": f"arn:aws:iam::{number}:role/ann",
        "Role": "approver",
        "IsPerson": False,
    }


def test_a_key_of_a_person_proves_the_person_and_an_unproven_name_does_not(
    signed_server: Server, open_server: Server
) -> None:
    number = account()
    add_users(signed_server, number, ann="approver")
    person = own_client(signed_server.client(*signed_server.key(number, "ann", "approver")))
    assert person.describe_caller()["IsPerson"] is True
    assert own_client(open_server.client("ann")).describe_caller()["IsPerson"] is False


def test_without_signatures_the_caller_is_an_administrator(open_server: Server) -> None:
    found = own_client(open_server.client("Ann Lee/x")).describe_caller()
    assert (found["AccountId"], found["Role"]) == ("000000000000", "admin")


def test_a_policy_file_may_name_a_group_of_the_account(signed_server: Server, tmp_path: Path) -> None:
    number = account()
    add_users(signed_server, number, mei="viewer")
    joined = run_text(
        "user", "update", *signed_server.store_options, "--account", number, "mei", "--group", "Model risk"
    )
    assert joined.returncode == 0, joined.stderr
    key, secret = signed_server.key(number, "root", "admin")
    assert own_client(signed_server.client(key, secret)).describe_caller()["AccountGroups"] == ["Model risk"]
    file = tmp_path / "policy.yaml"
    file.write_text("policy: by-group\napproval: {approvals: [{reviewers: Model risk}]}\n")
    variables = {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "CARDWRIGHT_ENDPOINT_URL": signed_server.url,
        "CARDWRIGHT_REGION": "us-east-1",
    }
    for words, code in ((("policy", "test"), 0), (("policy", "put"), 0), (("check", "--all", "--policy"), 0)):
        ended = run_text(*words, str(file), environment=variables)
        assert ended.returncode == code, ended.stderr
    file.write_text(file.read_text().replace("Model risk", "Modal risk"))
    for words, code in ((("policy", "test"), 3), (("policy", "put"), 1), (("check", "--all", "--policy"), 3)):
        ended = run_text(*words, str(file), environment=variables)
        assert (ended.returncode, "Line 2" in ended.stderr, "Did you mean Model risk" in ended.stderr) == (
            code,
            True,
            True,
        ), ended.stderr
