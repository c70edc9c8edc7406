"""The event loop does only short work: every other caller waits for it."""

import json
from typing import Any

import pytest

from cardwright.aws.operations import OWN_OPERATIONS
from cardwright.core.card import Status
from cardwright.http import Request
from cardwright.server.app import build
from cardwright.settings import Settings
from tests.servers import Server
from tests.wire.batches import request_of
from tests.wire.calls import fresh, post
from tests.wire.samples import target

QUICK = {
    "AddComment",
    "DescribeCaller",
    "DescribeFinding",
    "ForgetEvaluationJobPair",
    "ListComments",
    "ListEvaluationJobPairs",
    "ListEvidence",
    "ListModelCardEvents",
    "OpenFinding",
    "PairEvaluationJobs",
    "RecordTrainingJob",
    "ResolveComment",
    "RevokeWaiver",
    "UpdateFinding",
}
"""Operations of Cardwright's own that read a few rows of one card or one record, and no policy."""


def test_only_these_own_operations_run_on_the_event_loop(tmp_path: Any) -> None:
    application = build(Settings(home=tmp_path / "home", auth="none"))

    def is_quick(operation: str) -> bool:
        request: Request = request_of((target(operation), {}))
        return application.is_quick(request)

    assert {name for name in OWN_OPERATIONS if is_quick(name)} == QUICK
    application.close()


@pytest.mark.parametrize("operation", ["CreateModelCard", "UpdateModelCard"])
def test_a_change_to_approved_leaves_the_event_loop_since_it_may_check_a_policy(tmp_path: Any, operation: str) -> None:
    application = build(Settings(home=tmp_path / "home", auth="none"))
    found = {
        status: application.is_quick(request_of((target(operation), {"ModelCardStatus": status}))) for status in Status
    }
    assert found == {status: status is not Status.APPROVED for status in Status}
    application.close()


def test_operations_in_threads_write_and_read_as_those_of_the_loop(open_server: Server) -> None:
    """A review on the threads of a server, with an update of the loop between its steps."""
    name = fresh("loop")

    def call(operation: str, **members: Any) -> Any:
        answer = post(open_server, target(operation), {"ModelCardName": name} | members)
        assert answer.status == 200, answer.body
        return json.loads(answer.body or b"{}")

    call("CreateModelCard", Content="{}", ModelCardStatus="Draft")
    first = call("RequestReview")
    assert call("DescribeModelCard")["ModelCardStatus"] == "PendingReview"
    content = json.dumps({"intended_uses": {"purpose_of_model": "x"}})
    call("UpdateModelCard", Content=content)
    second = call("RequestReview")
    assert second["ReviewId"] != first["ReviewId"]
    assert {one["ReviewId"] for one in call("ListReviews")["Reviews"]} == {first["ReviewId"], second["ReviewId"]}
    assert call("DescribeModelCard")["ModelCardVersion"] == 2
