"""The model card: create, load, change and export it through a session."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from cardwright.client.job_pairs import kept_choices
from cardwright.client.sagemaker import SageMaker
from cardwright.core import inheritance
from cardwright.model_card import package_contents, service, stored_card
from cardwright.model_card.annotated_card import AnnotatedCard
from cardwright.model_card.display import CardDifference, VersionHistory, console_address, difference, displayable
from cardwright.model_card.evaluation import EvaluationJob
from cardwright.model_card.export_job import ModelCardExportJob, new_job_name
from cardwright.model_card.model_package import ModelPackage
from cardwright.model_card.narrative import AdditionalInformation, BusinessDetails, IntendedUses
from cardwright.model_card.overview import ModelOverview
from cardwright.model_card.schema_constraints import ModelCardStatus, ModelCardStatusEnum
from cardwright.model_card.section import (
    Converted,
    ItemsOf,
    MemberType,
    PartOf,
    Section,
    SectionMember,
    as_json,
    items,
    member,
    one_of,
    plain,
    section,
    subsection,
    unsent,
)
from cardwright.model_card.service import logger
from cardwright.model_card.training import TrainingDetails

if TYPE_CHECKING:
    from cardwright.client.answers.sagemaker_cards import (
        DescribeModelCardAnswer,
        ModelCardExportJobsPage,
        UpdateModelCardAnswer,
        UserContext,
    )
    from cardwright.core.lint import Advice
    from cardwright.core.policy.result import CardCheck
    from cardwright.interchange import ImportedFile, LossReport
    from cardwright.model_card.card_source import CardSource


class _PackageMember(SectionMember):
    """A model package. Setting it fills the card with what the package leads to."""

    def accept(self, holder: object, name: str, value: object) -> object:
        package = super().accept(holder, name, value)
        if isinstance(holder, ModelCard) and isinstance(package, ModelPackage):
            holder._fill_from(package)
        return package


class _SessionMember(MemberType):
    sent = False

    def accept(self, holder: object, name: str, value: Any) -> object:  # any object with a session's members
        del holder, name
        return service.session_or_default(value)


@section
class ModelCard(Section, AnnotatedCard):
    """A model card: facts about a model, its owner, and its review status.

    Args:
        name: the card's name, unique in its account: 1 to 63 letters, digits and hyphens.
        status: a member of ``ModelCardStatusEnum`` or its text.
        arn: the card's ARN, once the card is created.
        version: the card's version, from 1, once the card is created.
        created_time: when the card was created.
        created_by: who created the card, in the form of DescribeModelCard.
        last_modified_time: when the version was created.
        last_modified_by: who created the version.
        model_overview: a ``ModelOverview`` or a dict of its members; every other section also accepts a dict.
        intended_uses: ``IntendedUses``.
        business_details: ``BusinessDetails``.
        training_details: ``TrainingDetails``.
        evaluation_details: a list of ``EvaluationJob``.
        additional_information: ``AdditionalInformation``.
        sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
        model_package_details: the model package that the card describes. Setting it fills unset sections: training
            details (from the job that created its artifact), evaluation details (from its reports), the content of
            the card inside the package (see ``inner_card``), and business details, intended uses and additional
            information (from an earlier card of its group).

    Raises:
        ValueError: the status is not a member of ``ModelCardStatusEnum``, a list or section has another type, or the
            card has a ``model_id`` and a model package is set.
        TypeError: an item has another type, or a dict has an unknown key.
    """

    name: str = unsent()
    status: Converted[ModelCardStatusEnum, ModelCardStatusEnum | ModelCardStatus] = one_of(
        ModelCardStatusEnum, default=ModelCardStatusEnum.DRAFT, sent=False
    )
    arn: str | None = unsent(default=None)
    version: int | None = unsent(default=None)
    created_time: datetime | None = unsent(default=None)
    created_by: "UserContext | None" = unsent(default=None)
    last_modified_time: datetime | None = unsent(default=None)
    last_modified_by: "UserContext | None" = unsent(default=None)
    model_overview: PartOf[ModelOverview] = subsection(ModelOverview, default=None)
    intended_uses: PartOf[IntendedUses] = subsection(IntendedUses, default=None)
    business_details: PartOf[BusinessDetails] = subsection(BusinessDetails, default=None)
    training_details: PartOf[TrainingDetails] = subsection(TrainingDetails, default=None)
    evaluation_details: ItemsOf[EvaluationJob] = items(EvaluationJob, default=None)
    additional_information: PartOf[AdditionalInformation] = subsection(AdditionalInformation, default=None)
    sagemaker_session: Converted[service.AnySession, service.AnySession | None] = member(_SessionMember(), default=None)
    model_package_details: PartOf[ModelPackage] = member(_PackageMember(ModelPackage), default=None)

    _inner_card: ClassVar[inheritance.InnerCard | None] = None  # set on an instance when its package has a card inside

    _source: "ClassVar[CardSource | None]" = None  # set on an instance that was read from a file

    @property
    def _client(self) -> SageMaker:
        client: SageMaker = self.sagemaker_session.sagemaker_client
        return client

    @property
    def import_report(self) -> "LossReport | None":
        """What became of each value of the file: ``lines`` with source, target, outcome and detail.

        None if the card was not read with ``from_file``, ``from_mlflow`` or ``from_huggingface``.
        """
        return None if self._source is None else self._source.card.report

    @property
    def inner_card(self) -> inheritance.InnerCard | None:
        """The members copied from the card inside the package (``taken``), and the others with reasons (``left``).

        None if no package was set, or the package has no card inside.
        """
        return self._inner_card

    @classmethod
    def from_dict(
        cls,
        document: Mapping[str, object],
        name: str | None = None,
        status: ModelCardStatusEnum | ModelCardStatus = ModelCardStatusEnum.DRAFT,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """Create a card from its content, in the form of ``to_dict``. No request is sent.

        Args:
            document: the content; unknown keys are kept.
            name: the card's name; it can also be set later, before ``create``.
            status: a member of ``ModelCardStatusEnum`` or its text.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

            Raises:
            TypeError: the document is not a mapping.
            ValueError: the status is not a member of ``ModelCardStatusEnum``.
        """
        card = super().from_dict(document)
        card.sagemaker_session = sagemaker_session
        card.status = status
        if name is not None:
            card.name = name
        return card

    @classmethod
    def from_mlflow(
        cls,
        run_id: str | None = None,
        model: str | None = None,
        *,
        tracking_uri: str | None = None,
        name: str | None = None,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """Create a card from a run or a registered model of MLflow. ``create`` stores it with the answers.

        The package mlflow is not needed. ``import_report`` has what became of each fact. The card is a draft: a stage
        or an alias does not approve a model.

        Args:
            run_id: the identifier of a run.
            model: a version of a registered model: ``name/3``, ``name@champion``, or ``name`` for the newest.
            tracking_uri: the URL of the server, or a store: ``file:mlruns`` or ``sqlite:///mlflow.db``;
                ``MLFLOW_TRACKING_URI`` by default. ``MLFLOW_TRACKING_USERNAME`` and ``MLFLOW_TRACKING_PASSWORD``, or
                ``MLFLOW_TRACKING_TOKEN``, are sent to a server.
            name: the card's name; by default made of the model's or run's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: neither or both are named, there is no URL, or the server has no such model or run.
            ConnectionError: the server did not answer, or it is not an MLflow server.
        """
        from cardwright.model_card.other_systems import file_of_mlflow

        return cls._imported(file_of_mlflow(run_id, model, tracking_uri), name, sagemaker_session)

    @classmethod
    def from_huggingface(
        cls,
        source: "str | os.PathLike[str]",
        *,
        revision: str | None = None,
        name: str | None = None,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """Create a card from a model of the Hugging Face Hub. ``create`` stores it with its README.

        A repository is looked for in the cache of huggingface_hub. If it is not there and that library is installed,
        the Hub is asked. ``import_report`` has what became of each fact.

        Args:
            source: a folder with a ``README.md``, a README, or the identifier of a repository, such as
                ``organisation/model``.
            revision: the branch, tag or commit of a repository; ``main`` by default.
            name: the card's name; by default made of the model's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            FileNotFoundError: there is no README, or the repository is not in the cache and the library is missing.
            ValueError: the words are neither a path nor an identifier.
            ConnectionError: the Hub did not give the README.
            cardwright.core.errors.CardwrightError: the README cannot be read; the message has the reason.
        """
        from cardwright.model_card.other_systems import file_of_hub

        return cls._imported(file_of_hub(source, revision), name, sagemaker_session)

    @classmethod
    def _imported(cls, file: "ImportedFile", name: str | None, session: service.AnySession | None) -> Self:
        from cardwright.model_card.card_source import CardSource

        return cls._of_source(CardSource(file, 0), name, ModelCardStatusEnum.DRAFT, session)

    @classmethod
    def _of_source(
        cls,
        source: "CardSource",
        name: str | None,
        status: ModelCardStatusEnum | ModelCardStatus,
        session: service.AnySession | None,
    ) -> Self:
        card = cls.from_dict(json.loads(source.card.content), name or source.card.name or None, status, session)
        card.__dict__["_source"] = source
        return card

    @classmethod
    def from_file(  # noqa: PLR0913 - the parts of an import
        cls,
        path: "str | os.PathLike[str]",
        name: str | None = None,
        *,
        kind: str | None = None,
        infer: bool = False,
        status: ModelCardStatusEnum | ModelCardStatus = ModelCardStatusEnum.DRAFT,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """Read a card from a file of another tool. No request is sent; ``create`` stores the card with its file.

        Args:
            path: the file: SageMaker JSON, a Cardwright record, a README of the Hugging Face Hub, and others.
            name: the card's name; by default the name in the file. Of a file with several cards, it chooses one.
            kind: the key of the format, such as ``cyclonedx``; by default found from the structure of the file.
            infer: whether facts are also taken from prose, such as tables of results.
            status: a member of ``ModelCardStatusEnum`` or its text.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            OSError: the file cannot be read.
            cardwright.core.errors.Invalid: the file is broken, or not a model card. The message names the problem.
            ValueError: the file has several cards and none has this name, or it describes a part of a card.
        """
        from cardwright.model_card.card_source import read_source

        return cls._of_source(read_source(path, name, kind, infer=infer), name, status, sagemaker_session)

    def to_json(self) -> str:
        """Return the card's content as compact JSON text, as it is sent to the server.

        Raises:
            ValueError: a number is not valid JSON, such as NaN.
            TypeError: a value is not valid JSON. Both messages contain the path.
        """
        return as_json(self.to_dict())

    def lint(self) -> "list[Advice]":
        """List violations of the content schema, then suggestions that would improve the card.

        Each item has a dotted ``path`` and a ``message``. An empty list means a good card.

        Raises:
            ValueError, TypeError: the content is not JSON; see ``to_json``.
        """
        from cardwright.core.errors import ContentInvalid
        from cardwright.core.lint import Advice, lint

        try:
            return lint(self.to_json())
        except ContentInvalid as error:
            return [
                Advice(violation.path, f"{violation.description} (required by the content schema).")
                for violation in error.violations
            ]

    def check(
        self, policy: "str | os.PathLike[str]", against: str | int | None = None, now: datetime | None = None
    ) -> "CardCheck":
        """Check this card's content, stored or not, against the rules of a review policy.

        The result has ``passed``, and ``results`` with the outcome, the place and a message for each rule.

        Args:
            policy: the path of a policy file, or the name of a stored policy or of one that comes with Cardwright.
            against: what regression rules compare with: ``approved``, ``previous`` or a version; by default what each
                rule names.
            now: the time that ages are counted from; the present by default.

        Raises:
            cardwright.core.errors.PolicyInvalid: the policy has a mistake; the message names line and column.
            cardwright.core.errors.NotFound: no policy has this name.
            cardwright.core.errors.Invalid: the version to compare with does not exist.
            ValueError, TypeError: the content is not JSON; see ``to_json``.
        """
        from cardwright.client import card_checks
        from cardwright.client.policy_files import find_policy

        client = self._client
        stored = stored_card.find_card(client, self.name) if self.name else None
        rules = find_policy(os.fspath(policy), lambda: client)
        moment = datetime.now(UTC) if now is None else now
        subject = card_checks.unsaved_subject(
            client,
            rules,
            self.name or "",
            self.to_json(),
            round(moment.timestamp() * 1000),
            stored=stored,
            against=None if against is None else str(against),
        )
        return card_checks.checker_of(rules).check(subject)

    def create(self) -> str:
        """Create the card on the server, and read its ARN, version and times from there.

        Returns:
            The card's ARN.

        Raises:
            FileExistsError: this object was already created on the server.
            ValueError: the card has no name, or its content is not JSON.
            botocore.exceptions.ClientError: the server refuses: the name or the model already has a card, the content
                breaks the schema, or the caller lacks permission.
        """
        if self.arn:
            raise FileExistsError(f"Model card {self.name} already exists with arn {self.arn}")
        if not self.name:
            raise ValueError("Give the card a name before it is created.")
        logger.info("Creating model card with name: %s", self.name)
        client = self._client
        if self._source is None:
            client.create_model_card(**self._create_request_args())
        else:
            from cardwright.model_card.card_source import create_with_source

            create_with_source(client, self._source, self._create_request_args())
        self._read_answer(client.describe_model_card(ModelCardName=self.name))
        assert self.arn is not None  # noqa: S101 - the server's answer always has it
        return self.arn

    def save(self) -> str:
        """Create the card, or update it if the server already has a card with this name.

        A notebook cell with this call can run again: equal content and status change nothing. If the server has a card
        with this name that was not loaded into this object, this object's content and status become its next version.

        Returns:
            The card's ARN.

        Raises:
            ValueError: the card has no name, or its content is not JSON.
            botocore.exceptions.ClientError: the server refuses the request.
        """
        if not self.name:
            raise ValueError("Give the card a name before it is saved.")
        stored = stored_card.find_card(self._client, self.name)
        if stored is None:
            self.arn = None  # the card was deleted after this object was created
            stored = self._created_by_another()
            if stored is None:
                return str(self.arn)
        if self.created_time is None:
            logger.info("The server already has the model card %s; it is updated.", self.name)
            self._read_answer(stored)
        self.update()
        assert self.arn is not None  # noqa: S101 - the server's answer always has it
        return self.arn

    def _created_by_another(self) -> "DescribeModelCardAnswer | None":
        """Create the card. Return the stored card if another caller created it at the same time."""
        from botocore.exceptions import ClientError

        try:
            self.create()
        except ClientError as error:
            is_conflict = service.refusal_of(error).code == "ConflictException"
            stored = stored_card.find_card(self._client, self.name) if is_conflict else None
            if stored is None:
                raise  # the conflict is with a card of another name, such as one of the same model
            return stored
        return None

    @classmethod
    def load(cls, name: str, version: int | None = None, sagemaker_session: service.AnySession | None = None) -> Self:
        """Load a card from the server with one request. All of its content is kept.

        Args:
            name: the card's name; or the ARN of a card that another account shares.
            version: the version, from 1; the newest by default.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

            Raises:
            botocore.exceptions.ClientError: the card or version does not exist, or the caller lacks permission.
        """
        session = service.session_or_default(sagemaker_session)
        logger.info("Load model card: %s", name)
        wanted = {} if version is None else {"ModelCardVersion": version}
        answer = session.sagemaker_client.describe_model_card(ModelCardName=name, **wanted)
        content = json.loads(answer["Content"])
        card = cls.from_dict(content, answer["ModelCardName"], answer["ModelCardStatus"], session)
        card._read_answer(answer)
        return card

    def update(self, **kwargs: object) -> dict[str, "UpdateModelCardAnswer"]:
        """Send the card's content and status to the server, if they differ from what it stores.

        Both are sent in one request, so that the server stores both or neither.

        Args:
            **kwargs: members to set before.

        Returns:
            The server's answer under ``status`` and ``content``, for each that was sent.

        Raises:
            ValueError: the card was never created, a member is invalid, or the content is not JSON.
            TypeError: a member has the wrong type.
            botocore.exceptions.ClientError: the server refuses the request.
        """
        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before update.")
        for attribute, value in kwargs.items():
            if hasattr(self, attribute):
                setattr(self, attribute, value)
            else:
                logger.warning("%s doesn't exist in model card.", attribute)
        logger.info("Updating model card: %s", self.name)
        client = self._client
        stored = client.describe_model_card(ModelCardName=self.name)
        self._warn_of_newer_version(stored)
        changes = stored_card.changes(self._create_request_args(), stored)
        if not changes:
            return {}
        answer = client.update_model_card(ModelCardName=self.name, **changes)
        self._read_answer(client.describe_model_card(ModelCardName=self.name))
        names = {"ModelCardStatus": "status", "Content": "content"}
        return {names[change]: answer for change in changes}

    def delete(self) -> bool:
        """Delete the card from the server, with all its versions.

        Raises:
            botocore.exceptions.ClientError: the card does not exist, or the caller lacks permission.
        """
        logger.info("Deleting model card with name: %s", self.name)
        self._client.delete_model_card(ModelCardName=self.name)
        self.status = ModelCardStatusEnum.ARCHIVED
        return True

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

        return write_document(self._client, self.name, path, version or self.version, format)

    def list_export_jobs(self, **kwargs: object) -> "ModelCardExportJobsPage":
        """List the card's export jobs, in the form of ListModelCardExportJobs.

        Args:
            **kwargs: further parameters of the call. With ``MaxResults`` or ``NextToken`` the result is one page, else
                all jobs.
        """
        return ModelCardExportJob.list_export_jobs(self.name, self.sagemaker_session, **kwargs)

    def get_version_history(self, **kwargs: object) -> VersionHistory:
        """List the card's versions, in the form of ListModelCardVersions. A notebook shows them as a table.

        Args:
            **kwargs: further parameters of the call. With ``MaxResults`` or ``NextToken`` the result is one page, else
                all versions.
        """
        call = self._client.list_model_card_versions
        wanted = {"ModelCardName": self.name, **kwargs}
        answer = service.listing(call, lambda page: page["ModelCardVersionSummaryList"], wanted)
        console = console_address(self.sagemaker_session, self.name)
        return VersionHistory(self.name, answer["ModelCardVersionSummaryList"], console)

    def compare(
        self, other: "ModelCard | int | None" = None, pairs: Mapping[str, str | None] | None = None
    ) -> CardDifference:
        """Compare another content with this object's content.

        Args:
            other: another card, or a version number of this card on the server; by default the newest version.
            pairs: evaluation jobs to compare, from the other's job to this object's; None for no partner. Other jobs
                are paired by the pairs kept with the card, by name, by kind and datasets, or by similar name.

        Raises:
            ValueError: the card was never created, and ``other`` is not a card; or a content does not have a job of
                ``pairs``.
            botocore.exceptions.ClientError: the version does not exist, or the caller lacks permission.
        """
        mine = self._displayable()
        if isinstance(other, ModelCard):
            return difference((_label(other), displayable(other.to_dict())), (_label(self), mine), pairs)
        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before compare.")
        wanted = {} if other is None else {"ModelCardVersion": other}
        answer = self._client.describe_model_card(ModelCardName=self.name, **wanted)
        label = f"version {answer['ModelCardVersion']} on the server"
        kept = kept_choices(self._client, self.name)
        return difference((label, json.loads(answer["Content"])), ("this object", mine), pairs, kept)

    def _fill_from(self, package: ModelPackage) -> None:
        """Fill unset sections with what a model package leads to.

        Raises:
            ValueError: the card already has a ``model_id``, or the caller lacks permission for Search.
        """
        if self.model_overview is not None and self.model_overview.model_id:
            raise ValueError(
                f"The model card has already been associated with a model with model Id {self.model_overview.model_id}"
            )
        self._fill_training_details(package)
        if not self.evaluation_details:
            self.evaluation_details = package.discover_evaluation_details(self.sagemaker_session)
        inner = package_contents.inner_card_of(package, self.to_dict(), str(plain(self.status)))
        if inner is not None:
            self._extend_from(inner.content)
            self.__dict__["_inner_card"] = inner
        source = package.card_to_inherit_from(self.sagemaker_session, self.name)
        if source is not None:
            self._inherit_from(source)

    def _inherit_from(self, source: str) -> None:
        """Copy the sections that this card lacks from another card."""
        unset = {name: getattr(self, name) for name in inheritance.INHERITED_SECTIONS}
        fields = type(self).from_dict(package_contents.sections_of(self._client, source, unset))
        carried = [name for name in inheritance.INHERITED_SECTIONS if unset[name] is None and getattr(fields, name)]
        for name in carried:
            setattr(self, name, getattr(fields, name))
        if carried:
            logger.info("Copied from the model card %s: %s", source, ", ".join(carried))

    def _fill_training_details(self, package: ModelPackage) -> None:
        if self.training_details is not None and self.training_details.training_job_details is not None:
            logger.info(
                "Skipping training details auto discovery. Training details already exists for this model card."
            )
            return
        found = package.discover_training_details(self.sagemaker_session)
        if self.training_details is None:
            self.training_details = found
        elif found is not None:
            self.training_details.training_job_details = found.training_job_details

    def _read_answer(self, answer: "DescribeModelCardAnswer") -> None:
        """Read the card's ARN, version, times and authors from an answer of DescribeModelCard."""
        self.arn, self.version = answer["ModelCardArn"], answer["ModelCardVersion"]
        self.created_time, self.created_by = answer["CreationTime"], answer.get("CreatedBy")
        self.last_modified_time, self.last_modified_by = answer.get("LastModifiedTime"), answer.get("LastModifiedBy")

    def _warn_of_newer_version(self, stored: "DescribeModelCardAnswer") -> None:
        newest = stored["ModelCardVersion"]
        if self.version is not None and newest > self.version:
            logger.warning(
                "Version %s of %s was made after this object's version %s; its content is replaced.",
                newest,
                self.name,
                self.version,
            )

    def _create_request_args(self) -> stored_card.CardRequest:
        """Return the request of CreateModelCard. SageMaker's SDK calls this when it registers a model with a card."""
        status = self.status.value if isinstance(self.status, ModelCardStatusEnum) else self.status
        return {"ModelCardName": self.name, "ModelCardStatus": status, "Content": self.to_json()}

    def __repr__(self) -> str:
        status = self.status.value if isinstance(self.status, ModelCardStatusEnum) else self.status
        return f"ModelCard(name={self.name!r}, status={status!r}, version={self.version!r})"

    def _repr_html_(self) -> str:
        from cardwright.formats.notebook import card_html

        console = console_address(self.sagemaker_session, self.name) if self.arn else None
        return card_html(self.name or "", str(plain(self.status)), self.version, self._displayable(), console)

    def _displayable(self) -> object:
        return displayable(self.to_dict())


def _label(card: ModelCard) -> str:
    return f"{card.name}, not created yet" if card.version is None else f"{card.name}, version {card.version}"
