"""The training of a model: objective function, training job, metrics and hyperparameters."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from cardwright.client.sagemaker import SageMaker
from cardwright.core import discovery
from cardwright.model_card import service
from cardwright.model_card.overview import Environment, ModelOverview
from cardwright.model_card.schema_constraints import (
    HYPER_PARAMETERS_MAX_SIZE,
    TRAINING_DATASETS_MAX_SIZE,
    TRAINING_METRICS_MAX_SIZE,
    USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE,
    USER_PROVIDED_TRAINING_METRICS_MAX_SIZE,
    Direction,
    Facet,
    FacetEnum,
    ObjectiveFunctionEnum,
)
from cardwright.model_card.section import (
    Converted,
    ItemsOf,
    PartOf,
    Section,
    Texts,
    items,
    one_of,
    section,
    subsection,
    text,
)
from cardwright.model_card.service import logger

if TYPE_CHECKING:
    from cardwright.client.answers.registry import DescribeTrainingJobAnswer


@section
class Function(Section):
    """The function inside an objective function.

    Args:
        function: the direction, a member of ``ObjectiveFunctionEnum`` or its text.
        facet: the metric, a member of ``FacetEnum`` or its text.
        condition: the condition of the objective; at most 63 characters.

        Raises:
        ValueError: the direction or metric is not a member of its enum.
    """

    function: Converted[ObjectiveFunctionEnum | None, ObjectiveFunctionEnum | Direction | None] = one_of(
        ObjectiveFunctionEnum, default=None
    )
    facet: Converted[FacetEnum | None, FacetEnum | Facet | None] = one_of(FacetEnum, default=None)
    condition: str | None = None


@section
class ObjectiveFunction(Section):
    """The objective of the training.

    Args:
        function: a ``Function`` or a dict of its members: direction, metric and condition.
        notes: notes on the objective; at most 1024 characters.
    """

    function: Converted[Function, Function | Mapping[str, object]] = subsection(Function)
    notes: str | None = None


@section
class TrainingMetric(Section):
    """A final metric of the training.

    Args:
        name: the metric's name, 1 to 255 characters.
        value: a finite number.
        notes: notes on the metric; at most 1024 characters.
    """

    name: str
    value: int | float
    notes: str | None = None


@section
class HyperParameter(Section):
    """A hyperparameter. Its value is sent as text, because cards hold text.

    Args:
        name: the parameter's name.
        value: its value, a text or a number.
    """

    name: str
    value: str | int | float = text()


@section
class TrainingJobDetails(Section):
    """A training job in a card.

    Args:
        training_arn: the job's ARN.
        training_datasets: URIs of the training data, at most 15.
        training_environment: an ``Environment`` or a dict of its members.
        training_metrics: metrics that the job reported, at most 50.
        user_provided_training_metrics: further metrics, at most 50.
        hyper_parameters: hyperparameters that the job reported, at most 100.
        user_provided_hyper_parameters: further hyperparameters, at most 100.

    Raises:
        ValueError: a list or section has another type, or a list is too long.
        TypeError: an item has another type, or a dict has an unknown key.
    """

    training_arn: str | None = None
    training_datasets: Texts = items(str, TRAINING_DATASETS_MAX_SIZE, default=None)
    training_environment: PartOf[Environment] = subsection(Environment, default=None)
    training_metrics: ItemsOf[TrainingMetric] = items(TrainingMetric, TRAINING_METRICS_MAX_SIZE, default=None)
    user_provided_training_metrics: ItemsOf[TrainingMetric] = items(
        TrainingMetric, USER_PROVIDED_TRAINING_METRICS_MAX_SIZE, default=None
    )
    hyper_parameters: ItemsOf[HyperParameter] = items(HyperParameter, HYPER_PARAMETERS_MAX_SIZE, default=None)
    user_provided_hyper_parameters: ItemsOf[HyperParameter] = items(
        HyperParameter, USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE, default=None
    )


class TrainingMembers(TypedDict, total=False):
    """The members of training details that the registry does not store."""

    objective_function: ObjectiveFunction | dict[str, Any] | None
    training_observations: str | None


@section
class TrainingDetails(Section):
    """The training of a model.

    Args:
        objective_function: an ``ObjectiveFunction`` or a dict of its members.
        training_observations: observations on the training; at most 1024 characters.
        training_job_details: a ``TrainingJobDetails`` or a dict of its members.
    """

    objective_function: PartOf[ObjectiveFunction] = subsection(ObjectiveFunction, default=None)
    training_observations: str | None = None
    training_job_details: PartOf[TrainingJobDetails] = subsection(TrainingJobDetails, default=None)

    @staticmethod
    def call_search_training_job(
        model_data_url: str, sagemaker_session: service.AnySession | None = None
    ) -> "DescribeTrainingJobAnswer | None":
        """Return the training job that created an artifact, in the form of Search; None without exactly one job.

        Args:
            model_data_url: the artifact's S3 URI.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the caller lacks permission for Search.
        """
        client: SageMaker = service.session_or_default(sagemaker_session).sagemaker_client
        found = service.search(client, "TrainingJob", "ModelArtifacts.S3ModelArtifacts", model_data_url)
        return found[0]["TrainingJob"] if len(found) == 1 else None

    @staticmethod
    def discover_training_job_details(
        model_artifacts: list[str], sagemaker_session: service.AnySession | None = None
    ) -> "DescribeTrainingJobAnswer | None":
        """Return the training job that created the only artifact of a model, in the form of Search.

        Args:
            model_artifacts: S3 URIs of the artifacts. Unless there is exactly one, a warning is logged.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the caller lacks permission for Search.
        """
        artifact = discovery.only_artifact(model_artifacts)
        if artifact is not None:
            return TrainingDetails.call_search_training_job(artifact, sagemaker_session)
        if not model_artifacts:
            logger.warning(
                "TrainingJobDetails auto-discovery failed. No associated training job. Please create one from "
                "scratch with TrainingJobDetails or use from_training_job_name() instead."
            )
        else:
            logger.warning(
                "TrainingJobDetails auto-discovery failed. There are %s associated training jobs. Further "
                "clarification is required. You could use TrainingDetails.training_job_name after which training "
                "job to use is decided.",
                len(model_artifacts),
            )
        return None

    @classmethod
    def from_model_overview(
        cls,
        model_overview: ModelOverview,
        sagemaker_session: service.AnySession | None = None,
        **kwargs: Unpack[TrainingMembers],
    ) -> Self | None:
        """Create training details from the job that created an overview's artifact; None without exactly one job.

        Args:
            model_overview: the overview, for example from ``ModelOverview.from_model_name``.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: members that the registry does not store: ``objective_function``, ``training_observations``.

        Raises:
            ValueError: the caller lacks permission for Search.
        """
        return cls.from_model_s3_artifacts(model_overview.model_artifact, sagemaker_session, **kwargs)

    @classmethod
    def from_model_s3_artifacts(
        cls,
        model_artifacts: list[str],
        sagemaker_session: service.AnySession | None = None,
        **kwargs: Unpack[TrainingMembers],
    ) -> Self | None:
        """Create training details from the job that created an artifact; None without exactly one job.

        Args:
            model_artifacts: S3 URIs of the artifacts; a job is searched only if there is exactly one.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: members that the registry does not store: ``objective_function``, ``training_observations``.

        Raises:
            ValueError: the caller lacks permission for Search.
        """
        job = cls.discover_training_job_details(model_artifacts, sagemaker_session)
        return None if job is None else cls._of_job(job, kwargs)

    @classmethod
    def from_training_job_name(
        cls,
        training_job_name: str,
        sagemaker_session: service.AnySession | None = None,
        **kwargs: Unpack[TrainingMembers],
    ) -> Self:
        """Create training details from a training job.

        Args:
            training_job_name: the job's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: members that the registry does not store: ``objective_function``, ``training_observations``.

        Raises:
            ValueError: the job does not exist.
        """
        client: SageMaker = service.session_or_default(sagemaker_session).sagemaker_client
        with service.refusal_as_value_error(
            lambda error: error.message == "Requested resource not found.",
            "Training job details could not be found. Make sure the training job name is valid.",
        ):
            job = client.describe_training_job(TrainingJobName=training_job_name)
        return cls._of_job(job, kwargs)

    @classmethod
    def from_estimator(cls, estimator: object, **kwargs: Unpack[TrainingMembers]) -> Self:
        """Create training details from a fitted model: its class, library and hyperparameters.

        Feature names, the shape of the training data and package versions are recorded if the model stores them.
        Unset parameters, which leave the choice to the library, are omitted.

        Args:
            estimator: a fitted estimator of scikit-learn, xgboost, lightgbm or catboost, a pipeline or search around
                one, or a Booster of xgboost or lightgbm.
            **kwargs: further members, such as ``objective_function``.

        Raises:
            TypeError: the model is not such an estimator.
            sklearn.exceptions.NotFittedError: the estimator is not fitted.
            ImportError: scikit-learn is not installed; the message names the extra.
        """
        from cardwright.model_card.estimator import training_details

        members: dict[str, Any] = {**training_details(estimator), **kwargs}
        return cls(**members)

    @classmethod
    def from_mlflow_run(
        cls, run_id: str, *, tracking_uri: str | None = None, **kwargs: Unpack[TrainingMembers]
    ) -> Self:
        """Create training details from a run of an MLflow server: parameters, training metrics and datasets.

        Args:
            run_id: the run's identifier.
            tracking_uri: the URL of the server; ``MLFLOW_TRACKING_URI`` by default.
            **kwargs: further members, such as ``objective_function``.

        Raises:
            ValueError: there is no URL, or the server has no such run.
            ConnectionError: the server did not answer.
        """
        from cardwright.model_card.other_systems import file_of_mlflow

        content = json.loads(file_of_mlflow(run_id, None, tracking_uri).cards[0].content)
        details = cls.from_dict(content.get("training_details", {}))
        for name, value in kwargs.items():
            setattr(details, name, value)
        return details

    def add_metric(self, metric: TrainingMetric) -> None:
        """Add a metric to ``user_provided_training_metrics``.

        Raises:
            TypeError: ``metric`` is not a ``TrainingMetric``.
            ValueError: there are already 50 metrics.
        """
        self._job_details().user_provided_training_metrics.append(metric)

    def add_parameter(self, parameter: HyperParameter) -> None:
        """Add a hyperparameter to ``user_provided_hyper_parameters``.

        Raises:
            TypeError: ``parameter`` is not a ``HyperParameter``.
            ValueError: there are already 100 hyperparameters.
        """
        self._job_details().user_provided_hyper_parameters.append(parameter)

    def _job_details(self) -> TrainingJobDetails:
        if not self.training_job_details:
            self.training_job_details = TrainingJobDetails()
        details: TrainingJobDetails = self.training_job_details
        return details

    @classmethod
    def _of_job(cls, job: "DescribeTrainingJobAnswer", members: TrainingMembers) -> Self:
        everything: dict[str, Any] = {**members, "training_job_details": discovery.training_job_details(job)}
        return cls(**everything)
