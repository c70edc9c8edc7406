"""Model cards: made, loaded, changed and exported through a session. Also the home of the SDK's public classes."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from cardwright.core import inheritance
from cardwright.model_card import service
from cardwright.model_card.display import CardDifference, VersionHistory, console_address, displayable
from cardwright.model_card.evaluation import EvaluationJob, Metric, MetricGroup
from cardwright.model_card.evaluation_metric_parsers import EvaluationMetricTypeEnum
from cardwright.model_card.export_job import ModelCardExportJob, new_job_name
from cardwright.model_card.model_package import (
    Container,
    InferenceSpecification,
    ModelPackage,
    ModelPackageCreator,
    SourceAlgorithm,
)
from cardwright.model_card.narrative import AdditionalInformation, BusinessDetails, IntendedUses
from cardwright.model_card.overview import Environment, ModelOverview
from cardwright.model_card.package_card import ModelPackageModelCard
from cardwright.model_card.schema_constraints import (
    FacetEnum,
    MetricTypeEnum,
    ModelApprovalStatusEnum,
    ModelCardStatus,
    ModelCardStatusEnum,
    ModelPackageStatusEnum,
    ObjectiveFunctionEnum,
    RiskRatingEnum,
)
from cardwright.model_card.section import (
    Converted,
    ItemsOf,
    Kind,
    Part,
    PartOf,
    Section,
    apart,
    as_json,
    items,
    member,
    one_of,
    part,
    plain,
    section,
)
from cardwright.model_card.service import logger
from cardwright.model_card.training import (
    Function,
    HyperParameter,
    ObjectiveFunction,
    TrainingDetails,
    TrainingJobDetails,
    TrainingMetric,
)

if TYPE_CHECKING:
    from cardwright.core.lint import Advice

__all__ = [
    "AdditionalInformation",
    "BusinessDetails",
    "Container",
    "Environment",
    "EvaluationJob",
    "EvaluationMetricTypeEnum",
    "FacetEnum",
    "Function",
    "HyperParameter",
    "InferenceSpecification",
    "IntendedUses",
    "Metric",
    "MetricGroup",
    "MetricTypeEnum",
    "ModelApprovalStatusEnum",
    "ModelCard",
    "ModelCardExportJob",
    "ModelCardStatusEnum",
    "ModelOverview",
    "ModelPackage",
    "ModelPackageCreator",
    "ModelPackageModelCard",
    "ModelPackageStatusEnum",
    "ObjectiveFunction",
    "ObjectiveFunctionEnum",
    "RiskRatingEnum",
    "SourceAlgorithm",
    "TrainingDetails",
    "TrainingJobDetails",
    "TrainingMetric",
]


class _Package(Part):
    """A model package; setting one fills in what can be discovered from it."""

    def accept(self, holder: Any, name: str, value: Any) -> Any:
        package = super().accept(holder, name, value)
        if package is not None:
            holder._fill_from(package)
        return package


class _SessionKind(Kind):
    sent = False

    def accept(self, holder: Any, name: str, value: Any) -> Any:
        del holder, name
        return service.session_or_default(value)


@section
class ModelCard(Section):
    """A model card: what is known of a model, who answers for it, and where it stands in review.

    Args:
        name: the card's name, unique in its account: 1 to 63 letters, digits and hyphens.
        status: a member of ``ModelCardStatusEnum`` or its text.
        arn: the card's ARN, once it is created.
        version: its version, from 1, once it is created.
        created_time: when the card was created.
        created_by: who created it, as DescribeModelCard says.
        last_modified_time: when the version was made.
        last_modified_by: who made it.
        model_overview: a ``ModelOverview``; as for all sections, a dict of its members stands for it.
        intended_uses: ``IntendedUses``.
        business_details: ``BusinessDetails``.
        training_details: ``TrainingDetails``.
        evaluation_details: a list of ``EvaluationJob``.
        additional_information: ``AdditionalInformation``.
        sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
        model_package_details: the model package that the card is for. Setting it fills in, where they are unset,
            training details (from the job that made its artifact), evaluation details (from its reports), and
            what the card inside the package says (see ``inner_card``), and business details, intended uses and
            additional information (from an earlier card of its group).

    Raises:
        ValueError: a status that is none, a list or section of another type, or a model package for a card that
            has a ``model_id`` already.
        TypeError: an item of another type, or an unknown key in a dict.
    """

    name: str = apart()
    status: Converted[ModelCardStatusEnum, ModelCardStatusEnum | ModelCardStatus] = one_of(
        ModelCardStatusEnum, default=ModelCardStatusEnum.DRAFT, sent=False
    )
    arn: str | None = apart(default=None)
    version: int | None = apart(default=None)
    created_time: datetime | None = apart(default=None)
    created_by: dict[str, Any] | None = apart(default=None)
    last_modified_time: datetime | None = apart(default=None)
    last_modified_by: dict[str, Any] | None = apart(default=None)
    model_overview: PartOf[ModelOverview] = part(ModelOverview, default=None)
    intended_uses: PartOf[IntendedUses] = part(IntendedUses, default=None)
    business_details: PartOf[BusinessDetails] = part(BusinessDetails, default=None)
    training_details: PartOf[TrainingDetails] = part(TrainingDetails, default=None)
    evaluation_details: ItemsOf[EvaluationJob] = items(EvaluationJob, default=None)
    additional_information: PartOf[AdditionalInformation] = part(AdditionalInformation, default=None)
    sagemaker_session: Converted[service.AnySession, service.AnySession | None] = member(_SessionKind(), default=None)
    model_package_details: PartOf[ModelPackage] = member(_Package(ModelPackage), default=None)

    _inner_card: ClassVar[inheritance.InnerCard | None] = None  # an instance has its own once it took one

    @property
    def inner_card(self) -> inheritance.InnerCard | None:
        """What was taken from the card inside the model package (``taken``), and what was not and why (``left``).

        None where no package was set, or the package has no card inside it.
        """
        return self._inner_card

    @classmethod
    def from_dict(
        cls,
        document: Mapping[str, Any],
        name: str | None = None,
        status: ModelCardStatusEnum | ModelCardStatus = ModelCardStatusEnum.DRAFT,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """A card from its content, as ``to_dict`` gives it. Nothing is discovered or called.

        Args:
            document: the content; keys that are not known here are kept.
            name: the card's name; it can be set later, before ``create``.
            status: a member of ``ModelCardStatusEnum`` or its text.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            TypeError: the document is no mapping.
            ValueError: a status that is none.
        """
        card = super().from_dict(document)
        card.sagemaker_session = sagemaker_session
        card.status = status
        if name is not None:
            card.name = name
        return card

    def to_json(self) -> str:
        """The card's content as compact JSON text: what is sent to the server.

        Raises:
            ValueError: a number that JSON cannot hold, such as NaN.
            TypeError: a value that JSON cannot hold. Either message names the place.
        """
        return as_json(self.to_dict())

    def lint(self) -> "list[Advice]":
        """What would make the card better, and before it what the content schema does not allow.

        Each item has a dotted ``path`` and a ``message``. A card with an empty list is a good card.

        Raises:
            ValueError, TypeError: the content is not JSON; see ``to_json``.
        """
        from cardwright.core.errors import ContentInvalid  # noqa: PLC0415 - the schema's validator takes long to load
        from cardwright.core.lint import Advice, lint  # noqa: PLC0415

        try:
            return lint(self.to_json())
        except ContentInvalid as error:
            return [
                Advice(violation.path, f"{violation.description} (required by the content schema).")
                for violation in error.violations
            ]

    def create(self) -> str:
        """Create the card on the server, and take its ARN, version and times from there.

        Returns:
            The card's ARN.

        Raises:
            FileExistsError: this object is a card on the server already.
            ValueError: it has no name, or its content is not JSON.
            botocore.exceptions.ClientError: the server refuses: the name or the model has a card already, the
                content breaks the schema, or the caller may not.
        """
        if self.arn:
            raise FileExistsError(f"Model card {self.name} already exists with arn {self.arn}")
        if not self.name:
            raise ValueError("Give the card a name before it is created.")
        logger.info("Creating model card with name: %s", self.name)
        client = self.sagemaker_session.sagemaker_client
        client.create_model_card(**self._create_request_args())
        self._take(client.describe_model_card(ModelCardName=self.name))
        assert self.arn is not None  # noqa: S101 - the server's answer always has it
        return self.arn

    def save(self) -> str:
        """Create the card, or update it where the server has a card of that name already.

        A notebook cell with it can run again: equal content and status change nothing. Where a card of the name is
        there that this object was not loaded from, this object's content and status replace it as a new version.

        Returns:
            The card's ARN.

        Raises:
            ValueError: the card has no name, or its content is not JSON.
            botocore.exceptions.ClientError: the server refuses.
        """
        if not self.name:
            raise ValueError("Give the card a name before it is saved.")
        there = self._on_server()
        if there is None:
            self.arn = None  # it was deleted since this object was made
            there = self._created_by_another()
            if there is None:
                return str(self.arn)
        if self.created_time is None:
            logger.info("The server has a model card %s already; it is updated.", self.name)
            self._take(there)
        self.update()
        assert self.arn is not None  # noqa: S101 - the server's answer always has it
        return self.arn

    def _created_by_another(self) -> Mapping[str, Any] | None:
        """Create the card. The card of this name where another caller has made it at the same time."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - here a client exists, so it is loaded already

        try:
            self.create()
        except ClientError as error:
            there = self._on_server() if service.refusal_of(error).code == "ConflictException" else None
            if there is None:
                raise  # the conflict is with a card of another name, such as one of the same model
            return there
        return None

    def _on_server(self) -> Mapping[str, Any] | None:
        """The card of this name on the server; None where there is none."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - here a client exists, so it is loaded already

        client = self.sagemaker_session.sagemaker_client
        try:
            found: Mapping[str, Any] = client.describe_model_card(ModelCardName=self.name)
        except ClientError as error:
            if service.refusal_of(error).code == "ResourceNotFound":
                return None
            raise
        return found

    @classmethod
    def load(cls, name: str, version: int | None = None, sagemaker_session: service.AnySession | None = None) -> Self:
        """A card from the server. Whatever its content holds is kept, and nothing but this one call is made.

        Args:
            name: the card's name; a card that another account shares, by its ARN.
            version: the version, from 1; the newest by default.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            botocore.exceptions.ClientError: there is no such card or version, or the caller may not read it.
        """
        session = service.session_or_default(sagemaker_session)
        logger.info("Load model card: %s", name)
        wanted = {} if version is None else {"ModelCardVersion": version}
        answer = session.sagemaker_client.describe_model_card(ModelCardName=name, **wanted)
        content = json.loads(answer["Content"])
        card = cls.from_dict(content, answer["ModelCardName"], answer["ModelCardStatus"], session)
        card._take(answer)
        return card

    def update(self, **kwargs: Any) -> dict[str, Any]:
        """Send the card's content and status to the server, as far as they differ from what is there.

        Both go in one call, so that the server takes both or neither.

        Args:
            **kwargs: members to set first.

        Returns:
            The server's answer under ``status`` and ``content``, for what was sent.

        Raises:
            ValueError: the card is not on the server yet, a member is wrong, or the content is not JSON.
            TypeError: a member is of a wrong type.
            botocore.exceptions.ClientError: the server refuses.
        """
        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before update.")
        for attribute, value in kwargs.items():
            if hasattr(self, attribute):
                setattr(self, attribute, value)
            else:
                logger.warning("%s doesn't exist in model card.", attribute)
        logger.info("Updating model card: %s", self.name)
        client = self.sagemaker_session.sagemaker_client
        there = client.describe_model_card(ModelCardName=self.name)
        self._warn_of_newer(there)
        current = self._create_request_args()
        changes = {}
        if current["ModelCardStatus"] != there["ModelCardStatus"]:
            changes["ModelCardStatus"] = current["ModelCardStatus"]
        if _canonical(current["Content"]) != _canonical(there["Content"]):
            changes["Content"] = current["Content"]
        if not changes:
            return {}
        answer = client.update_model_card(ModelCardName=self.name, **changes)
        self._take(client.describe_model_card(ModelCardName=self.name))
        names = {"ModelCardStatus": "status", "Content": "content"}
        return {names[change]: answer for change in changes}

    def delete(self) -> bool:
        """Delete the card from the server, with all its versions.

        Raises:
            botocore.exceptions.ClientError: there is no such card, or the caller may not.
        """
        logger.info("Deleting model card with name: %s", self.name)
        self.sagemaker_session.sagemaker_client.delete_model_card(ModelCardName=self.name)
        self.status = ModelCardStatusEnum.ARCHIVED
        return True

    def export_pdf(
        self, s3_output_path: str, export_job_name: str | None = None, model_card_version: int | None = None
    ) -> str | None:
        """Export a version of the card as a PDF, and wait for it.

        Args:
            s3_output_path: where to put it, ``s3://bucket/prefix``.
            export_job_name: the job's name; made from the card's name and the time by default.
            model_card_version: the version; the one this object has by default.

        Returns:
            The S3 URI of the PDF; None when the job failed, which is logged with its reason.

        Raises:
            ValueError: the output path is a local one: ``export`` writes local files.
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

    def export(self, path: "str | os.PathLike[str]", version: int | None = None) -> Path:
        """Write a version of the card, as the server has it, to a local file: whole, or not at all.

        Args:
            path: the file; its extension says the format: ``.pdf``, ``.html``, ``.md``, ``.json`` (the content
                byte for byte) or ``.record.json`` (with status, versions and digests). One that is there is replaced.
            version: the version; the one this object has by default.

        Returns:
            The path. Characters that cannot be shown stand there by their code points, and a warning lists them.

        Raises:
            ValueError: the card is not on the server yet, or no format has that extension.
            cardwright.PdfExtraMissing: the extra for PDF is not installed; the message names it.
            cardwright.core.errors.PrintingFailed: the document could not be made.
            botocore.exceptions.ClientError: there is no such card or version, or the caller may not read it.
            OSError: the file cannot be written.
        """
        from cardwright.client.documents import print_card, write_whole  # noqa: PLC0415 - printers, for those who print
        from cardwright.core.errors import Invalid  # noqa: PLC0415
        from cardwright.formats import format_of_file  # noqa: PLC0415

        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before export.")
        file = Path(path)
        try:
            row = format_of_file(file.name)
        except Invalid as error:
            raise ValueError(str(error)) from None
        printed = print_card(self.sagemaker_session.sagemaker_client, self.name, row, version or self.version)
        write_whole(file, printed.data)
        if printed.unprintable:
            logger.warning(
                "%s shows characters by their code points, for it cannot show them: %s",
                file,
                ", ".join(f"{one.shown} {one.name}" for one in printed.unprintable),
            )
        return file

    def list_export_jobs(self, **kwargs: Any) -> dict[str, Any]:
        """The card's export jobs, as ListModelCardExportJobs gives them.

        Args:
            **kwargs: further parameters of the call. With ``MaxResults`` or ``NextToken`` one page is given,
                else all jobs.
        """
        return ModelCardExportJob.list_export_jobs(self.name, self.sagemaker_session, **kwargs)

    def get_version_history(self, **kwargs: Any) -> VersionHistory:
        """The card's versions, as ListModelCardVersions gives them: a list, which a notebook shows as a table.

        Args:
            **kwargs: further parameters of the call. With ``MaxResults`` or ``NextToken`` one page is given,
                else all versions.
        """
        call = self.sagemaker_session.sagemaker_client.list_model_card_versions
        answer = service.listing(call, "ModelCardVersionSummaryList", {"ModelCardName": self.name, **kwargs})
        console = console_address(self.sagemaker_session, self.name)
        return VersionHistory(self.name, answer["ModelCardVersionSummaryList"], console)

    def compare(self, other: "ModelCard | int | None" = None) -> CardDifference:
        """What differs from another content to this object's content.

        Args:
            other: another card, or a version of this card on the server; what the server has by default.

        Raises:
            ValueError: the card is not on the server yet, and ``other`` is no card.
            botocore.exceptions.ClientError: there is no such version, or the caller may not read it.
        """
        from cardwright.core.comparison import compare  # noqa: PLC0415 - for those who compare

        if isinstance(other, ModelCard):
            return CardDifference((_named(other), _named(self)), compare(displayable(other.to_dict()), self._shown()))
        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before compare.")
        wanted = {} if other is None else {"ModelCardVersion": other}
        answer = self.sagemaker_session.sagemaker_client.describe_model_card(ModelCardName=self.name, **wanted)
        label = f"version {answer['ModelCardVersion']} on the server"
        return CardDifference((label, "this object"), compare(json.loads(answer["Content"]), self._shown()))

    def _fill_from(self, package: ModelPackage) -> None:
        """Fill in what can be discovered from a model package.

        Raises:
            ValueError: the card has a ``model_id`` already, or the caller may not search.
        """
        if self.model_overview is not None and self.model_overview.model_id:
            raise ValueError(
                f"The model card has already been associated with a model with model Id {self.model_overview.model_id}"
            )
        self._fill_training_details(package)
        if not self.evaluation_details:
            self.evaluation_details = package.discover_evaluation_details(self.sagemaker_session)
        self._take_inner_card(package)
        source = package.card_to_inherit_from(self.sagemaker_session, self.name)
        if source is None:
            return
        answer = self.sagemaker_session.sagemaker_client.describe_model_card(ModelCardName=source)
        unset = {name: getattr(self, name) for name in inheritance.INHERITED_SECTIONS}
        fields = type(self).from_dict(inheritance.sections_to_inherit(unset, json.loads(answer["Content"])))
        carried = [name for name in inheritance.INHERITED_SECTIONS if unset[name] is None and getattr(fields, name)]
        for name in carried:
            setattr(self, name, getattr(fields, name))
        if carried:
            logger.info("Carried over from the model card %s: %s", source, ", ".join(carried))

    def _take_inner_card(self, package: ModelPackage) -> None:
        """Take what the card inside the package has and this card has not, and report it."""
        if not package.model_card:
            return
        inner, status = package.model_card, package.model_card.get("ModelCardStatus")
        content = json.loads(inner.get("ModelCardContent") or "{}")
        result = inheritance.take_inner_card(self.to_dict(), content)
        self._absorb(result.content)
        left = dict(result.left)
        if status not in {None, ModelCardStatusEnum.DRAFT.value, plain(self.status)}:
            left["status"] = f"it is {status}, and a card's status is never taken over"
        self.__dict__["_inner_card"] = inheritance.InnerCard(result.content, result.taken, left)
        if result.taken:
            logger.info("Taken from the card inside the model package: %s", ", ".join(result.taken))
        if left:
            reasons = "; ".join(f"{place}: {reason}" for place, reason in left.items())
            logger.warning("Not taken from the card inside the model package: %s", reasons)

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

    def _take(self, answer: Mapping[str, Any]) -> None:
        """Take what the server says of the card beside its content and status."""
        self.arn, self.version = answer["ModelCardArn"], answer["ModelCardVersion"]
        self.created_time, self.created_by = answer["CreationTime"], answer.get("CreatedBy")
        self.last_modified_time, self.last_modified_by = answer.get("LastModifiedTime"), answer.get("LastModifiedBy")

    def _warn_of_newer(self, there: Mapping[str, Any]) -> None:
        newest = there["ModelCardVersion"]
        if self.version is not None and newest > self.version:
            logger.warning(
                "Version %s of %s was made after this object's version %s; its content is replaced.",
                newest,
                self.name,
                self.version,
            )

    def _create_request_args(self) -> dict[str, Any]:
        """The request of CreateModelCard; SageMaker's SDK asks for it when it registers a model with a card."""
        status = self.status.value if isinstance(self.status, ModelCardStatusEnum) else self.status
        return {"ModelCardName": self.name, "ModelCardStatus": status, "Content": self.to_json()}

    def __repr__(self) -> str:
        status = self.status.value if isinstance(self.status, ModelCardStatusEnum) else self.status
        return f"ModelCard(name={self.name!r}, status={status!r}, version={self.version!r})"

    def _repr_html_(self) -> str:
        from cardwright.formats.notebook import card_html  # noqa: PLC0415 - templates, for notebooks only

        console = console_address(self.sagemaker_session, self.name) if self.arn else None
        return card_html(self.name or "", str(plain(self.status)), self.version, self._shown(), console)

    def _shown(self) -> Any:
        return displayable(self.to_dict())


def _named(card: ModelCard) -> str:
    return f"{card.name}, not created yet" if card.version is None else f"{card.name}, version {card.version}"


def _canonical(content: str) -> str:
    """Content in one form for all ways of writing it, to tell whether two say the same."""
    return json.dumps(json.loads(content), sort_keys=True)
