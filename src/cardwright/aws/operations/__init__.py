"""The operations that are served: one table a service. A new operation is a handler in its noun's file and a row here.

One of Cardwright's own operations also has its shapes in ``aws/data/cardwright``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from cardwright.aws.kept_answers import Described, Kept
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.objects.stores import Objects
from cardwright.storage.unit import Unit

Handler = Callable[[Unit, Members, Pager], Members | Described | Callable[..., Members] | None]
"""Takes a unit of work, a request that fits its shape, and the request's pager. Returns the answer, also with what it
depends on, None for an empty one, or a function that makes the answer after the unit has ended: slow work, such as
printing, runs outside it. Of an operation that ``reads`` objects, that function takes the object store."""

Storing = Callable[[Unit, Members], Callable[[Objects], None]]
"""Takes a unit of work before that of the handler, and checks the caller. Returns what it does with the object store
between the two units; it may add members to the request."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row. The action that its handler calls describes what the operation does and raises.

    Handlers are imported with their first use: a command on an embedded store uses few of them.

    Attributes:
        handler_name: the handler's module in this package, and its name: ``cards.create_model_card``.
        writes: whether it changes anything.
        quick: whether it takes well under a millisecond, so that others may wait for it. An operation that reads a
            policy (a YAML file takes 25 ms), checks a content, or lists records of a whole account is not quick.
        approves: whether it checks a content against a policy when its request names the status Approved; it is not
            quick then.
        checks_first: whether it raises nothing after its first change, unless its request names the status Approved.
            Its unit of work needs no savepoint.
        exports: whether it leaves an export job in the queue.
        kept: how long its answer holds; None if it may differ each time.
        storing_name: the function that uses the object store before the unit of work, named as a handler; empty
            without one.
        reads: whether it reads the object store after its unit of work.
    """

    handler_name: str
    writes: bool
    quick: bool = True
    approves: bool = False
    checks_first: bool = False
    exports: bool = False
    kept: Kept | None = None
    storing_name: str = ""
    reads: bool = False

    @property
    def handler(self) -> Handler:
        return _imported(self.handler_name)

    @property
    def stores(self) -> Storing | None:
        return _imported(self.storing_name) if self.storing_name else None


@cache
def _imported(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(".")
    found: Callable[..., Any] = getattr(import_module(f"{__name__}.{module}"), function)
    return found


def import_handlers() -> None:
    """Import all handlers: a server does so soon after its start."""
    for operation in (*OPERATIONS.values(), *OWN_OPERATIONS.values()):
        _imported(operation.handler_name)


OPERATIONS: Mapping[str, Operation] = {
    "CreateModelCard": Operation("cards.create_model_card", writes=True, approves=True, checks_first=True),
    "UpdateModelCard": Operation("cards.update_model_card", writes=True, approves=True, checks_first=True),
    "DescribeModelCard": Operation("cards.describe_model_card", writes=False, kept=Kept.UNTIL_ITS_CARD_CHANGES),
    "DeleteModelCard": Operation("cards.delete_model_card", writes=True),
    "ListModelCards": Operation("cards.list_model_cards", writes=False, kept=Kept.UNTIL_A_COMMIT),
    "ListModelCardVersions": Operation("cards.list_model_card_versions", writes=False),
    "CreateModelCardExportJob": Operation("export_jobs.create_model_card_export_job", writes=True, exports=True),
    "DescribeModelCardExportJob": Operation("export_jobs.describe_model_card_export_job", writes=False),
    "ListModelCardExportJobs": Operation("export_jobs.list_model_card_export_jobs", writes=False),
    "Search": Operation("search.search", writes=False, quick=False),
    "GetSearchSuggestions": Operation("search.get_search_suggestions", writes=False, quick=False),
    "AddTags": Operation("tags.add_tags", writes=True),
    "ListTags": Operation("tags.list_tags", writes=False),
    "DeleteTags": Operation("tags.delete_tags", writes=True),
    "CreateModel": Operation("models.create_model", writes=True),
    "DescribeModel": Operation("models.describe_model", writes=False),
    "ListModels": Operation("models.list_models", writes=False),
    "DeleteModel": Operation("models.delete_model", writes=True),
    "CreateModelPackageGroup": Operation("package_groups.create_model_package_group", writes=True),
    "DescribeModelPackageGroup": Operation("package_groups.describe_model_package_group", writes=False),
    "ListModelPackageGroups": Operation("package_groups.list_model_package_groups", writes=False),
    "DeleteModelPackageGroup": Operation("package_groups.delete_model_package_group", writes=True),
    "CreateModelPackage": Operation("packages.create_model_package", writes=True),
    "DescribeModelPackage": Operation("packages.describe_model_package", writes=False),
    "BatchDescribeModelPackage": Operation("packages.batch_describe_model_package", writes=False),
    "UpdateModelPackage": Operation("packages.update_model_package", writes=True),
    "ListModelPackages": Operation("packages.list_model_packages", writes=False),
    "DeleteModelPackage": Operation("packages.delete_model_package", writes=True),
    "CreateTrainingJob": Operation("training_jobs.create_training_job", writes=True),
    "DescribeTrainingJob": Operation("training_jobs.describe_training_job", writes=False),
    "ListTrainingJobs": Operation("training_jobs.list_training_jobs", writes=False),
    "DeleteTrainingJob": Operation("training_jobs.delete_training_job", writes=True),
    "CreateProcessingJob": Operation("processing_jobs.create_processing_job", writes=True),
    "DescribeProcessingJob": Operation("processing_jobs.describe_processing_job", writes=False),
    "ListProcessingJobs": Operation("processing_jobs.list_processing_jobs", writes=False),
    "DeleteProcessingJob": Operation("processing_jobs.delete_processing_job", writes=True),
}
"""Of ``SageMaker.<name>``."""

OWN_OPERATIONS: Mapping[str, Operation] = {
    "CheckModelCard": Operation("checks.check_model_card", writes=False, quick=False),
    "DescribeCaller": Operation("callers.describe_caller", writes=False),
    "RecordTrainingJob": Operation("training_jobs.record_training_job", writes=True),
    "ReviewModelCard": Operation("cards.review_model_card", writes=True, quick=False),
    "ImportModelCard": Operation("imports.import_model_card", writes=True, quick=False),
    "DescribeModelCardSource": Operation("imports.describe_model_card_source", writes=False, quick=False),
    "ListModelCardEvents": Operation("card_events.list_model_card_events", writes=False),
    "ListDeletedModelCards": Operation("card_events.list_deleted_model_cards", writes=False, quick=False),
    "PairEvaluationJobs": Operation("evaluation_pairs.pair_evaluation_jobs", writes=True),
    "ForgetEvaluationJobPair": Operation("evaluation_pairs.forget_evaluation_job_pair", writes=True),
    "ListEvaluationJobPairs": Operation("evaluation_pairs.list_evaluation_job_pairs", writes=False),
    "ListAuditRecords": Operation("audit.list_audit_records", writes=False, quick=False),
    "ListModelCardInventory": Operation("inventory.list_model_card_inventory", writes=False, quick=False),
    "RenderModelCard": Operation("rendering.render_model_card", writes=False, quick=False),
    "PutReviewPolicy": Operation("review_policies.put_review_policy", writes=True, quick=False),
    "ActivateReviewPolicy": Operation("review_policies.activate_review_policy", writes=True, quick=False),
    "DeactivateReviewPolicy": Operation("review_policies.deactivate_review_policy", writes=True, quick=False),
    "DescribeReviewPolicy": Operation("review_policies.describe_review_policy", writes=False, quick=False),
    "ListReviewPolicies": Operation("review_policies.list_review_policies", writes=False, quick=False),
    "DeleteReviewPolicy": Operation("review_policies.delete_review_policy", writes=True, quick=False),
    "RequestReview": Operation("reviews.request_review", writes=True, quick=False),
    "DecideReview": Operation("reviews.decide_review", writes=True, quick=False),
    "DismissDecision": Operation("reviews.dismiss_decision", writes=True, quick=False),
    "AssignReviewers": Operation("reviews.assign_reviewers", writes=True, quick=False),
    "ListReviews": Operation("reviews.list_reviews", writes=False, quick=False),
    "DescribeReview": Operation("reviews.describe_review", writes=False, quick=False),
    "ListApprovals": Operation("reviews.list_approvals", writes=False, quick=False),
    "OpenFinding": Operation("findings.open_finding", writes=True),
    "UpdateFinding": Operation("findings.update_finding", writes=True),
    "DescribeFinding": Operation("findings.describe_finding", writes=False),
    "ListFindings": Operation("findings.list_findings", writes=False, quick=False),
    "AddEvidence": Operation("evidence.add_evidence", writes=True, quick=False, storing_name="evidence.store_file"),
    "ListEvidence": Operation("evidence.list_evidence", writes=False),
    "GetEvidence": Operation("evidence.get_evidence", writes=False, quick=False, reads=True),
    "PutWaiver": Operation("waivers.put_waiver", writes=True, quick=False),
    "RevokeWaiver": Operation("waivers.revoke_waiver", writes=True),
    "ListWaivers": Operation("waivers.list_waivers", writes=False, quick=False),
    "AddComment": Operation("comments.add_comment", writes=True),
    "ResolveComment": Operation("comments.resolve_comment", writes=True),
    "ListComments": Operation("comments.list_comments", writes=False),
}
"""Of ``Cardwright.<name>``."""
