"""DescribeCaller: who the caller is to the server."""

from cardwright.client.own_client import own_client
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
