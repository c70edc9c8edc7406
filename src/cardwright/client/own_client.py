"""A boto3 client for Cardwright's own operations, created from a SageMaker client."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from cardwright.aws.model import DATA
from cardwright.core.errors import CardwrightError

if TYPE_CHECKING:
    from botocore.client import BaseClient, ClientMeta
    from botocore.model import ServiceModel

    from cardwright.client.answers.account import AuditRecordsPage, DescribeCallerAnswer
    from cardwright.client.answers.cards import (
        DeletedModelCardsPage,
        DescribeModelCardSourceAnswer,
        ImportModelCardAnswer,
        JobPairsAnswer,
        ModelCardEventsPage,
        ModelCardInventoryPage,
        RecordTrainingJobAnswer,
        RenderModelCardAnswer,
        ReviewModelCardAnswer,
    )
    from cardwright.client.answers.findings import (
        AddEvidenceAnswer,
        CommentAnswer,
        CommentsPage,
        EvidencePage,
        FindingAnswer,
        FindingsPage,
        GetEvidenceAnswer,
        OpenFindingAnswer,
        WaiverAnswer,
        WaiversPage,
    )
    from cardwright.client.answers.reviews import (
        ApprovalsPage,
        AssignReviewersAnswer,
        CheckModelCardAnswer,
        DecideReviewAnswer,
        DeleteReviewPolicyAnswer,
        DescribeReviewAnswer,
        DescribeReviewPolicyAnswer,
        DismissDecisionAnswer,
        PolicyAnswer,
        RequestReviewAnswer,
        ReviewPoliciesPage,
        ReviewsPage,
    )

_UNKNOWN = "UnknownOperationException"
_OWN_OPERATIONS = "own_operations"  # the method of an EmbeddedClient
_MAKE_API_CALL = "_make_api_call"  # botocore's method that sends a request; its stubs leave it out


class NoSuchOperation(CardwrightError):
    """The server does not have this operation: it is SageMaker itself or an older Cardwright."""


class OwnClient(Protocol):
    """The methods of a client for Cardwright's own operations. They take the members of a request by their names."""

    def activate_review_policy(self, **members: object) -> "PolicyAnswer": ...
    def add_comment(self, **members: object) -> "CommentAnswer": ...
    def add_evidence(self, **members: object) -> "AddEvidenceAnswer": ...
    def assign_reviewers(self, **members: object) -> "AssignReviewersAnswer": ...
    def check_model_card(self, **members: object) -> "CheckModelCardAnswer": ...
    def deactivate_review_policy(self, **members: object) -> "PolicyAnswer": ...
    def decide_review(self, **members: object) -> "DecideReviewAnswer": ...
    def delete_review_policy(self, **members: object) -> "DeleteReviewPolicyAnswer": ...
    def describe_caller(self, **members: object) -> "DescribeCallerAnswer": ...
    def describe_finding(self, **members: object) -> "FindingAnswer": ...
    def describe_model_card_source(self, **members: object) -> "DescribeModelCardSourceAnswer": ...
    def describe_review(self, **members: object) -> "DescribeReviewAnswer": ...
    def describe_review_policy(self, **members: object) -> "DescribeReviewPolicyAnswer": ...
    def dismiss_decision(self, **members: object) -> "DismissDecisionAnswer": ...
    def forget_evaluation_job_pair(self, **members: object) -> "JobPairsAnswer": ...
    def get_evidence(self, **members: object) -> "GetEvidenceAnswer": ...
    def import_model_card(self, **members: object) -> "ImportModelCardAnswer": ...
    def list_approvals(self, **members: object) -> "ApprovalsPage": ...
    def list_audit_records(self, **members: object) -> "AuditRecordsPage": ...
    def list_comments(self, **members: object) -> "CommentsPage": ...
    def list_deleted_model_cards(self, **members: object) -> "DeletedModelCardsPage": ...
    def list_evaluation_job_pairs(self, **members: object) -> "JobPairsAnswer": ...
    def list_evidence(self, **members: object) -> "EvidencePage": ...
    def list_findings(self, **members: object) -> "FindingsPage": ...
    def list_model_card_events(self, **members: object) -> "ModelCardEventsPage": ...
    def list_model_card_inventory(self, **members: object) -> "ModelCardInventoryPage": ...
    def list_review_policies(self, **members: object) -> "ReviewPoliciesPage": ...
    def list_reviews(self, **members: object) -> "ReviewsPage": ...
    def list_waivers(self, **members: object) -> "WaiversPage": ...
    def open_finding(self, **members: object) -> "OpenFindingAnswer": ...
    def pair_evaluation_jobs(self, **members: object) -> "JobPairsAnswer": ...
    def put_review_policy(self, **members: object) -> "PolicyAnswer": ...
    def put_waiver(self, **members: object) -> "WaiverAnswer": ...
    def record_training_job(self, **members: object) -> "RecordTrainingJobAnswer": ...
    def render_model_card(self, **members: object) -> "RenderModelCardAnswer": ...
    def request_review(self, **members: object) -> "RequestReviewAnswer": ...
    def resolve_comment(self, **members: object) -> "CommentAnswer": ...
    def review_model_card(self, **members: object) -> "ReviewModelCardAnswer": ...
    def revoke_waiver(self, **members: object) -> "WaiverAnswer": ...
    def update_finding(self, **members: object) -> "FindingAnswer": ...


def own_client(sagemaker_client: object) -> OwnClient:
    """Create a client for the operations of ``aws/data/cardwright`` with the endpoint of a SageMaker client.

    It shares credentials, connections and event handlers with that client. Its methods have boto3's form:
    ``record_training_job(**members)``. They raise :class:`NoSuchOperation` if the server lacks the operation, else
    the errors of boto3.

    ``boto3.client("cardwright")`` is equivalent if ``aws/data`` is in ``AWS_DATA_PATH``.
    """
    if hasattr(type(sagemaker_client), _OWN_OPERATIONS):  # an EmbeddedClient, whose module is slow to import
        embedded: OwnClient = getattr(sagemaker_client, _OWN_OPERATIONS)()
        return embedded
    import botocore.client

    model, methods = _own_model()
    # botocore creates clients from service names, inside a session that a client does not expose. Two clients of the
    # same endpoint differ only in their service model.
    meta: ClientMeta = vars(sagemaker_client)["meta"]
    client = object.__new__(botocore.client.BaseClient)
    vars(client).update(vars(sagemaker_client), _exceptions=None)
    client.meta = botocore.client.ClientMeta(
        meta.events, meta.config, meta.endpoint_url, model, methods, meta.partition
    )
    return cast(OwnClient, _Methods(client, methods))  # its methods are made of the service model


@cache
def _own_model() -> "tuple[ServiceModel, Mapping[str, str]]":
    """Return the description of Cardwright's own operations, and the operations by their methods. Read once."""
    import botocore.loaders
    import botocore.model
    from botocore import xform_name

    loader = botocore.loaders.Loader(extra_search_paths=[str(DATA)])
    model = botocore.model.ServiceModel(loader.load_service_model("cardwright", "service-2"), "cardwright")
    return model, {xform_name(name): name for name in model.operation_names}


class _Methods:
    """The operations of a client's service model as methods."""

    def __init__(self, client: "BaseClient", names: Mapping[str, str]) -> None:
        self._names = names
        self._call = getattr(client, _MAKE_API_CALL)
        self.meta = client.meta
        self.exceptions = client.exceptions

    def __getattr__(self, method: str) -> Callable[..., object]:
        operation = self._names.get(method)
        if operation is None:
            raise AttributeError(f"Cardwright has no operation {method}; it has {', '.join(self._names)}")

        def call(**members: object) -> object:
            from botocore.exceptions import ClientError
            from botocore.model import OperationNotFoundError

            try:
                return self._call(operation, members)
            except (ClientError, OperationNotFoundError) as error:  # moto raises the latter
                if isinstance(error, ClientError) and error.response["Error"].get("Code") != _UNKNOWN:
                    raise
                stated = error.response["Error"].get("Message") if isinstance(error, ClientError) else None
                raise NoSuchOperation(
                    f"{self.meta.endpoint_url} does not have {operation}: it is Cardwright's own operation, which"
                    " SageMaker and older servers do not have" + (f". The server's answer: {stated}" if stated else "")
                ) from error

        return call
