"""Export jobs: a version of a card as a PDF in S3."""

import secrets
import time
from typing import TYPE_CHECKING, ClassVar, Self

from cardwright.client.sagemaker import SageMaker
from cardwright.model_card import service
from cardwright.model_card.service import logger

if TYPE_CHECKING:
    from cardwright.client.answers.sagemaker_cards import ModelCardExportJobsPage

_NAME_LENGTH = 63
_FIRST_WAIT = 0.1


class ModelCardExportJob:
    """A job that exports one version of a card as a PDF.

    Args:
        export_job_name: the job's name, unique for the card.
        model_card_name: the card's name.
        model_card_version: the version to export; None for the newest.
        s3_output_path: the S3 prefix for the PDF, ``s3://bucket/prefix``.
        s3_export_artifacts: the S3 URI of the PDF, once the job is complete.
        export_job_arn: the job's ARN, once the job is created.
        sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
        status: ``InProgress``, ``Completed`` or ``Failed``.
        failure_reason: the reason of a failure.
    """

    EXPORT_JOB_POLLING_FREQUENCY: ClassVar[float] = 4  # the longest wait between two polls, in seconds

    def __init__(  # noqa: PLR0913, PLR0917 - the arguments of SageMaker's SDK v2
        self,
        export_job_name: str,
        model_card_name: str,
        model_card_version: int | None,
        s3_output_path: str,
        s3_export_artifacts: str | None = None,
        export_job_arn: str | None = None,
        sagemaker_session: service.AnySession | None = None,
        status: str | None = None,
        failure_reason: str | None = None,
    ) -> None:
        self.export_job_name = export_job_name
        self.model_card_name = model_card_name
        self.model_card_version = model_card_version
        self.s3_output_path = s3_output_path
        self.s3_export_artifacts = s3_export_artifacts
        self.sagemaker_session = service.session_or_default(sagemaker_session)
        self.export_job_arn = export_job_arn
        self.status = status
        self.failure_reason = failure_reason

    def create(self) -> str | None:
        """Start the job and wait until it ends.

        Returns:
            The S3 URI of the PDF; None if the job failed. The failure is logged with its reason.

        Raises:
            botocore.exceptions.ClientError: the server refuses the job.
        """
        version = {} if self.model_card_version is None else {"ModelCardVersion": self.model_card_version}
        client: SageMaker = self.sagemaker_session.sagemaker_client
        answer = client.create_model_card_export_job(
            ModelCardName=self.model_card_name,
            ModelCardExportJobName=self.export_job_name,
            OutputConfig={"S3OutputPath": self.s3_output_path},
            **version,
        )
        arn = answer["ModelCardExportJobArn"]
        self.export_job_arn = arn
        job = ModelCardExportJob.load(arn, self.sagemaker_session)
        wait = min(_FIRST_WAIT, self.EXPORT_JOB_POLLING_FREQUENCY)
        while job.status == "InProgress":
            time.sleep(wait)
            wait = min(wait * 1.5, self.EXPORT_JOB_POLLING_FREQUENCY)
            job = ModelCardExportJob.load(arn, self.sagemaker_session)
        self.model_card_version, self.status = job.model_card_version, job.status
        self.s3_export_artifacts, self.failure_reason = job.s3_export_artifacts, job.failure_reason
        if job.status == "Failed":
            logger.warning("Failed to export model card to %s. %s", self.s3_output_path, job.failure_reason)
            return None
        logger.info("Model card %s is successfully exported to %s.", self.model_card_name, job.s3_export_artifacts)
        return job.s3_export_artifacts

    @classmethod
    def load(cls, export_job_arn: str, sagemaker_session: service.AnySession | None = None) -> Self:
        """Load an export job in its current state.

        Args:
            export_job_arn: the job's ARN.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            botocore.exceptions.ClientError: the job does not exist.
        """
        session = service.session_or_default(sagemaker_session)
        client: SageMaker = session.sagemaker_client
        job = client.describe_model_card_export_job(ModelCardExportJobArn=export_job_arn)
        return cls(
            export_job_name=job["ModelCardExportJobName"],
            model_card_name=job["ModelCardName"],
            model_card_version=job["ModelCardVersion"],
            s3_output_path=job["OutputConfig"]["S3OutputPath"],
            s3_export_artifacts=job["ExportArtifacts"]["S3ExportArtifacts"] if "ExportArtifacts" in job else None,
            export_job_arn=job["ModelCardExportJobArn"],
            sagemaker_session=session,
            status=job["Status"],
            failure_reason=job.get("FailureReason") if job["Status"] == "Failed" else None,
        )

    @staticmethod
    def list_export_jobs(
        model_card_name: str, sagemaker_session: service.AnySession | None = None, **kwargs: object
    ) -> "ModelCardExportJobsPage":
        """List the export jobs of a card, in the form of ListModelCardExportJobs.

        Args:
            model_card_name: the card's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: further parameters of the call. With ``MaxResults`` or ``NextToken`` the result is one page, else
                all jobs.
        """
        client: SageMaker = service.session_or_default(sagemaker_session).sagemaker_client
        wanted = {"ModelCardName": model_card_name, **kwargs}
        return service.listing(
            client.list_model_card_export_jobs, lambda page: page["ModelCardExportJobSummaries"], wanted
        )


def new_job_name(card_name: str) -> str:
    """Create a unique job name: the card's name, shortened, the time and four random hexadecimal digits."""
    end = f"-{int(time.time())}-{secrets.token_hex(2)}"
    return card_name[: _NAME_LENGTH - len(end)] + end
