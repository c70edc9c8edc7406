"""Export jobs and the buckets that they claim."""

import pytest

from cardwright.actions.buckets import (
    check_bucket_access,
    claim_bucket,
    give_bucket,
    may_export_to,
    release_bucket,
    suggest_bucket,
)
from cardwright.actions.cards import create_card, delete_card
from cardwright.actions.export_jobs import (
    create_export_job,
    describe_export_job,
    list_export_jobs,
    newest_export_jobs,
)
from cardwright.core.card import Status
from cardwright.core.errors import BucketHeld, CardMissing, Conflict, Denied, Invalid, NotFound
from cardwright.core.export_job import ExportQuery, ExportStatus
from cardwright.core.people import Role
from cardwright.core.rules import Rules
from tests.actions.conftest import ABROAD, HERE, NOW, Verbs, actor

AUTHOR = actor(Role.AUTHOR)
VIEWER = actor(Role.VIEWER)
ADMIN = actor(Role.ADMIN)
FOREIGN_ADMIN = actor(Role.ADMIN, "mei", ABROAD)


@pytest.fixture(autouse=True)
def card(verbs: Verbs) -> None:
    verbs.run(AUTHOR, create_card, "fraud", "{}", Status.DRAFT)


def test_a_job_exports_the_newest_version_and_claims_its_bucket(verbs: Verbs) -> None:
    arn = verbs.run(AUTHOR, create_export_job, "fraud", None, "first", "s3://Reports/2027")
    assert arn == HERE.export_job_arn("fraud", "first")
    job = verbs.run(VIEWER, describe_export_job, arn)
    assert (job.version, job.status, job.created_at) == (1, ExportStatus.IN_PROGRESS, NOW)
    assert [claim.bucket for claim in verbs.store.claimed_buckets()] == ["reports"]
    assert [job.name for job in verbs.run(VIEWER, list_export_jobs, "fraud", ExportQuery()).items] == ["first"]


def test_a_refused_job_leaves_no_record_and_no_claim(verbs: Verbs) -> None:
    with pytest.raises(Denied):
        verbs.run(VIEWER, create_export_job, "fraud", None, "job", "s3://reports")
    with pytest.raises(CardMissing):
        verbs.run(AUTHOR, create_export_job, "missing", None, "job", "s3://reports")
    with pytest.raises(CardMissing):
        verbs.run(AUTHOR, create_export_job, "fraud", 2, "job", "s3://reports")
    with pytest.raises(Invalid):
        verbs.run(AUTHOR, create_export_job, "fraud", None, "job", "file:///reports")
    assert verbs.store.claimed_buckets() == []
    assert verbs.store.waiting_exports() == (0, None)


def test_the_name_of_a_job_is_used_once_on_a_card(verbs: Verbs) -> None:
    verbs.run(AUTHOR, create_export_job, "fraud", 1, "job", "s3://reports")
    with pytest.raises(Conflict, match="choose another name"):
        verbs.run(AUTHOR, create_export_job, "fraud", 1, "job", "s3://reports")
    verbs.run(AUTHOR, delete_card, "fraud")
    with pytest.raises(NotFound):
        verbs.run(VIEWER, describe_export_job, HERE.export_job_arn("fraud", "job"))


def test_pages_of_jobs_begin_with_the_newest(verbs: Verbs) -> None:
    for number in range(3):
        verbs.now = NOW + number
        verbs.run(AUTHOR, create_export_job, "fraud", None, f"job-{number}", "s3://reports")
    page = verbs.run(VIEWER, newest_export_jobs, "fraud", 2)
    assert [job.name for job in page.items] == ["job-2", "job-1"]
    rest = verbs.run(VIEWER, newest_export_jobs, "fraud", 2, after=page.position)
    assert ([job.name for job in rest.items], rest.position) == (["job-0"], None)
    assert [job.name for job in verbs.run(VIEWER, newest_export_jobs, "fraud", 2, before=rest.back).items] == [
        "job-2",
        "job-1",
    ]


def test_a_bucket_belongs_to_the_first_account_that_claims_it(verbs: Verbs) -> None:
    verbs.run(AUTHOR, claim_bucket, "reports")
    verbs.run(AUTHOR, claim_bucket, "Reports")
    with pytest.raises(BucketHeld) as refused:
        verbs.run(FOREIGN_ADMIN, claim_bucket, "REPORTS")
    assert HERE.account not in str(refused.value)
    with pytest.raises(BucketHeld):
        verbs.run(FOREIGN_ADMIN, check_bucket_access, "reports")
    verbs.run(FOREIGN_ADMIN, check_bucket_access, "unassigned")
    assert not verbs.run(FOREIGN_ADMIN, may_export_to, "reports")
    assert verbs.run(FOREIGN_ADMIN, suggest_bucket, "reports") == f"reports-{ABROAD.account}"


def test_accounts_claim_no_bucket_where_operators_assign_them(verbs: Verbs) -> None:
    verbs.store.rules = Rules(claimable=False)
    with pytest.raises(BucketHeld, match="it is not assigned to an account"):
        verbs.run(AUTHOR, create_export_job, "fraud", None, "job", "s3://reports")
    assert verbs.run(AUTHOR, suggest_bucket, "reports") is None
    assert verbs.run(ADMIN, give_bucket, "reports")
    verbs.run(AUTHOR, create_export_job, "fraud", None, "job", "s3://reports")


def test_an_operator_moves_and_releases_buckets(verbs: Verbs) -> None:
    verbs.run(AUTHOR, claim_bucket, "reports")
    for verb in (give_bucket, release_bucket):
        with pytest.raises(Denied):
            verbs.run(AUTHOR, verb, "reports")
    assert verbs.run(FOREIGN_ADMIN, give_bucket, "reports")
    assert not verbs.run(FOREIGN_ADMIN, give_bucket, "reports")
    assert not verbs.run(ADMIN, release_bucket, "reports")
    assert verbs.run(FOREIGN_ADMIN, release_bucket, "reports")
    assert verbs.store.claimed_buckets() == []
