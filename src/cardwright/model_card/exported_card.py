"""Exports of a stored card: files here, and PDFs that a server writes to S3."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cardwright.model_card.export_job import ModelCardExportJob, new_job_name

if TYPE_CHECKING:
    from datetime import datetime

    from cardwright.client.answers.sagemaker_cards import ModelCardExportJobsPage


class ExportedCard:
    """The calls of a stored :class:`ModelCard` that write documents."""

    name: str
    version: int | None
    created_time: "datetime | None"
    sagemaker_session: Any  # of Cardwright, or of SageMaker's SDK

    def export_pdf(
        self, s3_output_path: str, export_job_name: str | None = None, model_card_version: int | None = None
    ) -> str | None:
        """Export a version of the card as a PDF to S3, and wait for the job.

        Args:
            s3_output_path: the S3 prefix for the PDF, ``s3://bucket/prefix``.
            export_job_name: the job's name; by default created from the card's name and the time.
            model_card_version: the version; this object's version by default.

        Returns:
            The S3 URI of the PDF; None if the job failed. The failure is logged with its reason.

        Raises:
            ValueError: the output path is a local path. ``export`` writes local files.
            botocore.exceptions.ClientError: the server refuses the job.
        """
        if urlsplit(s3_output_path).scheme not in {"s3", "https"}:
            raise ValueError(
                f"export_pdf writes to S3, such as s3://bucket/prefix, and {s3_output_path!r} is a local path: "
                f"write a file with export({s3_output_path!r})"
            )
        job = ModelCardExportJob(
            export_job_name=export_job_name or new_job_name(self.name),
            model_card_name=self.name,
            model_card_version=model_card_version or self.version,
            s3_output_path=s3_output_path,
            sagemaker_session=self.sagemaker_session,
        )
        return job.create()

    def export(
        self,
        path: "str | os.PathLike[str]",
        version: int | None = None,
        *,
        format: str | None = None,  # noqa: A002 - as on the command line
    ) -> Path:
        """Write a stored version of the card to a local file. The file is replaced as a whole.

        Args:
            path: the file. Its extension selects the format: ``.pdf``, ``.html``, ``.md``, ``.json`` (the content
                byte for byte) or ``.record.json`` (with status, versions and digests). With the format
                ``huggingface`` it may be a folder, which gets ``README.md`` and ``.eval_results/cardwright.yaml``.
            version: the version; this object's version by default.
            format: the format, whatever the extension. The formats of other tools are ``huggingface``,
                ``huggingface-results``, ``cyclonedx`` (1.6), ``cyclonedx-1.7``, ``spdx`` and ``modelcard-toolkit``.

        Returns:
            The path. Characters that the format cannot show are printed as code points, and a warning lists them.
            Another warning lists what a format of another tool cannot hold, and what it demands and the card does not
            state.

        Raises:
            ValueError: the card was never created, or the extension or format is unknown.
            cardwright.PdfExtraMissing: the extra for PDF is not installed; the message names it.
            cardwright.core.errors.PrintingFailed: the document could not be created.
            botocore.exceptions.ClientError: the card or version does not exist, or the caller lacks permission.
            OSError: the file cannot be written.
        """
        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before export.")
        from cardwright.model_card.card_document import write_document

        return write_document(self.sagemaker_session.sagemaker_client, self.name, path, version or self.version, format)

    def list_export_jobs(self, **kwargs: object) -> "ModelCardExportJobsPage":
        """List the card's export jobs, in the form of ListModelCardExportJobs.

        Args:
            **kwargs: further parameters of the call. With ``MaxResults`` or ``NextToken`` the result is one page, else
                all jobs.
        """
        return ModelCardExportJob.list_export_jobs(self.name, self.sagemaker_session, **kwargs)
