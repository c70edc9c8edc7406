"""A version of a registered model package in a card, and discovery from it."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Self

from cardwright.client.sagemaker import SageMaker
from cardwright.core import discovery, inheritance
from cardwright.core.package_group import group_of_card, version_of_card
from cardwright.model_card import service
from cardwright.model_card.evaluation import BotoSession, EvaluationJob
from cardwright.model_card.evaluation_metric_parsers import ReportRefused
from cardwright.model_card.schema_constraints import (
    ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE,
    SOURCE_ALGORITHMS_MAX_SIZE,
    ModelApprovalStatus,
    ModelApprovalStatusEnum,
    ModelPackageStatus,
    ModelPackageStatusEnum,
)
from cardwright.model_card.section import (
    Converted,
    ItemsOf,
    PartOf,
    Section,
    items,
    one_of,
    section,
    subsection,
    unsent,
)
from cardwright.model_card.service import logger
from cardwright.model_card.training import TrainingDetails

if TYPE_CHECKING:
    from cardwright.client.answers.registry import DescribeModelPackageAnswer, FoundModelCard


@section
class ModelPackageCreator(Section):
    """The creator of a model package.

    Args:
        user_profile_name: the name of the user's profile.
    """

    user_profile_name: str | None = None


@section
class SourceAlgorithm(Section):
    """An algorithm that created a package.

    Args:
        algorithm_name: the algorithm's ARN; at most 170 characters.
        model_data_url: the URI of its artifacts.
    """

    algorithm_name: str
    model_data_url: str | None = None


@section
class Container(Section):
    """An inference container.

    Args:
        image: the image's URI; at most 255 characters.
        model_data_url: the URI of the artifacts.
        nearest_model_name: the benchmarked model that it resembles most.
    """

    image: str
    model_data_url: str | None = None
    nearest_model_name: str | None = None


@section
class InferenceSpecification(Section):
    """The inference containers of a package.

    Args:
        containers: the containers, at most 15.
    """

    containers: ItemsOf[Container] = items(Container, ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE)


@section
class ModelPackage(Section):
    """A version of a model package.

    Args:
        model_package_arn: the package's ARN.
        model_package_description: the package's description.
        model_package_status: a member of ``ModelPackageStatusEnum`` or its text.
        approval_description: the reason of the approval or rejection.
        model_approval_status: a member of ``ModelApprovalStatusEnum`` or its text.
        model_package_group_name: the name of its group.
        model_package_name: the name of an unversioned package.
        model_package_version: its version, from 1.
        domain: the domain, such as ``NATURAL_LANGUAGE_PROCESSING``.
        task: the task, such as ``CLASSIFICATION``.
        created_by: a ``ModelPackageCreator`` or a dict of its members.
        source_algorithms: the algorithms that created it.
        inference_specification: an ``InferenceSpecification`` or a dict of its members.
        model_metrics: the registry's ``ModelMetrics``, which name evaluation reports; not sent with the card.
        model_card: the registry's ``ModelCard``, the card inside the package; not sent with the card. A
            ``ModelCard`` for the package copies the members that it lacks.

    Raises:
        ValueError: a status is not a member of its enum, or a list, dict or section has another type.
        TypeError: an item has another type, or a dict has an unknown key.
    """

    MODEL_CARD_CONTENT_TO_BE_INHERITED: ClassVar[list[str]] = list(inheritance.INHERITED_SECTIONS)

    model_package_arn: str | None = None
    model_package_description: str | None = None
    model_package_status: Converted[
        ModelPackageStatusEnum | None, ModelPackageStatusEnum | ModelPackageStatus | None
    ] = one_of(ModelPackageStatusEnum, default=None)
    approval_description: str | None = None
    model_approval_status: Converted[
        ModelApprovalStatusEnum | None, ModelApprovalStatusEnum | ModelApprovalStatus | None
    ] = one_of(ModelApprovalStatusEnum, default=None)
    model_package_group_name: str | None = None
    model_package_name: str | None = None
    model_package_version: int | None = None
    domain: str | None = None
    task: str | None = None
    created_by: PartOf[ModelPackageCreator] = subsection(ModelPackageCreator, default=None)
    source_algorithms: ItemsOf[SourceAlgorithm] = items(SourceAlgorithm, SOURCE_ALGORITHMS_MAX_SIZE, default=None)
    inference_specification: PartOf[InferenceSpecification] = subsection(InferenceSpecification, default=None)
    model_metrics: dict[str, Any] | None = unsent(dict, default=None)
    model_card: dict[str, Any] | None = unsent(dict, default=None, kw_only=True)

    @staticmethod
    def call_describe_model_package(
        model_package_name: str, sagemaker_session: service.AnySession | None = None
    ) -> "DescribeModelPackageAnswer":
        """Describe a model package in the registry.

        Args:
            model_package_name: the package's name or ARN.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the package does not exist.
        """
        client: SageMaker = service.session_or_default(sagemaker_session).sagemaker_client
        with service.refusal_as_value_error(
            lambda error: error.message.startswith("Could not find model package"),
            f"Model package details for {model_package_name} could not be found. "
            "Make sure the model package name or ARN is valid.",
        ):
            return client.describe_model_package(ModelPackageName=model_package_name)

    @staticmethod
    def search_model_package_associated_model_cards(
        model_package_arn: str, sagemaker_session: service.AnySession | None = None
    ) -> list[str]:
        """Return the names of the cards of a package version.

        Args:
            model_package_arn: the package version's ARN.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the caller lacks permission for Search.
        """
        client: SageMaker = service.session_or_default(sagemaker_session).sagemaker_client
        return service.cards_of_model(client, model_package_arn)

    @classmethod
    def from_model_package_arn(
        cls, model_package_arn: str, sagemaker_session: service.AnySession | None = None
    ) -> Self:
        """Create the details of a package version from the registry.

        Args:
            model_package_arn: the package version's ARN.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the package does not exist or already has a card, or the caller lacks permission for Search.
        """
        session = service.session_or_default(sagemaker_session)
        package = cls.call_describe_model_package(model_package_arn, session)
        cards = cls.search_model_package_associated_model_cards(package["ModelPackageArn"], session)
        if cards:
            raise ValueError(f"The model package has already been associated with {cards} model cards.")
        return cls(
            **discovery.package_details(package),
            model_metrics=package.get("ModelMetrics"),
            model_card=package.get("ModelCard"),
        )

    def discover_training_details(self, sagemaker_session: service.AnySession | None = None) -> TrainingDetails | None:
        """Return training details of the job that created the package's only artifact; None without exactly one job.

        Args:
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the caller lacks permission for Search.
        """
        if not self.inference_specification:
            logger.info(
                "TrainingJobDetails auto-discovery was unsuccessful. "
                "No inference specification found for the given model package."
                "Please create one from scratch with TrainingJobDetails or use from_training_job_name() instead."
            )
            return None
        artifacts = discovery.package_artifacts(self.to_dict())
        return TrainingDetails.from_model_s3_artifacts(artifacts, sagemaker_session)

    def discover_evaluation_details(self, sagemaker_session: service.AnySession | None = None) -> list[EvaluationJob]:
        """Return an evaluation job for every report in the package's ``model_metrics``.

        A report that cannot be read is left out with a warning that gives its URI and the reason.

        Args:
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
        """
        if not self.model_metrics:
            logger.info(
                "Evaluation details auto-discovery was unsuccessful. "
                "ModelMetrics was not found in the given model package. "
                "Please create one from scratch with EvaluationJob."
            )
            return []
        boto_session = service.session_or_default(sagemaker_session).boto_session
        jobs = (_evaluation_job(source, boto_session) for source in discovery.report_sources(self.model_metrics))
        return [job for job in jobs if job is not None]

    def get_latest_model_card_name_from_model_package_group(
        self, session: service.AnySession | None = None
    ) -> str | None:
        """Return the name of the group's card from which a new card of this package copies sections, or None.

        Args:
            session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the caller lacks permission for Search.
        """
        return self.card_to_inherit_from(service.session_or_default(session))

    def card_to_inherit_from(self, session: service.AnySession, new_card: str | None = None) -> str | None:
        """Like ``get_latest_model_card_name_from_model_package_group``, but ignore the new card itself."""
        group = group_of_card(self.model_package_group_name, self.model_package_arn, None)
        if group is None:
            return None
        found = service.search(
            session.sagemaker_client,
            "ModelCard",
            "ModelPackageGroupName",
            group,
            SortBy="LastModifiedTime",
            SortOrder="Descending",
        )
        cards = [_group_card(one["ModelCard"]) for one in found if one["ModelCard"]["ModelCardName"] != new_card]
        version = self.model_package_version or inheritance.package_version_of(self.model_package_arn or "")
        return inheritance.card_to_inherit_from(cards, version)


def _group_card(card: "FoundModelCard") -> inheritance.GroupCard:
    version = version_of_card(_package_arn(card), card.get("ModelId"))
    return inheritance.GroupCard(card["ModelCardName"], version, card["LastModifiedTime"])


def _package_arn(card: "FoundModelCard") -> str | None:
    """The ARN of the package in a card's metadata, as Search returns them."""
    metadata = json.loads(card.get("Content") or "{}")
    details = metadata.get("model_package_details") if isinstance(metadata, dict) else None
    return details.get("model_package_arn") if isinstance(details, dict) else None


def _evaluation_job(source: discovery.ReportSource, boto_session: BotoSession) -> EvaluationJob | None:
    from botocore.exceptions import BotoCoreError, ClientError

    job = EvaluationJob(source.job_name)
    try:
        try:
            job.add_metric_group_from_s3(boto_session, source.s3_uri, source.kind)
        except ReportRefused:
            job.add_metric_group_from_s3(boto_session, source.s3_uri, None)
    except (ValueError, ClientError, BotoCoreError) as error:
        logger.warning("%s was left out: %s cannot be read: %s", source.job_name, source.s3_uri, error)
        return None
    return job
