"""How a model was trained: objective function, training job, metrics and hyperparameters."""

from collections.abc import Mapping
from typing import Any, Self, TypedDict, Unpack

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
    part,
    section,
    text,
)
from cardwright.model_card.service import logger


@section
class Function(Section):
    """The function inside an objective function.

    Args:
        function: the direction, a member of ``ObjectiveFunctionEnum`` or its text.
        facet: the metric, a member of ``FacetEnum`` or its text.
        condition: under which condition; at most 63 characters.

    Raises:
        ValueError: a direction or metric that is none.
    """

    function: Converted[ObjectiveFunctionEnum | None, ObjectiveFunctionEnum | Direction | None] = one_of(
        ObjectiveFunctionEnum, default=None
    )
    facet: Converted[FacetEnum | None, FacetEnum | Facet | None] = one_of(FacetEnum, default=None)
    condition: str | None = None


@section
class ObjectiveFunction(Section):
    """What training optimised.

    Args:
        function: direction, metric and condition; a dict of ``Function`` stands for it.
        notes: what else to know of it; at most 1024 characters.
    """

    function: Converted[Function, Function | Mapping[str, Any]] = part(Function)
    notes: str | None = None


@section
class TrainingMetric(Section):
    """A number that training ended with.

    Args:
        name: the metric's name, 1 to 255 characters.
        value: a finite number.
        notes: what else to know of it; at most 1024 characters.
    """

    name: str
    value: int | float
    notes: str | None = None


@section
class HyperParameter(Section):
    """A hyperparameter. Its value is sent as text, which is what cards hold.

    Args:
        name: the parameter's name.
        value: its value; numbers are welcome.
    """

    name: str
    value: str | int | float = text()


@section
class TrainingJobDetails(Section):
    """A training job, as a card tells it.

    Args:
        training_arn: the job's ARN.
        training_datasets: where the training data is, at most 15 URIs.
        training_environment: what it ran in; a dict of ``Environment`` stands for it.
        training_metrics: what the job itself reported, at most 50.
        user_provided_training_metrics: further metrics, at most 50.
        hyper_parameters: what the job itself reported, at most 100.
        user_provided_hyper_parameters: further parameters, at most 100.

    Raises:
        ValueError: a list or section of another type, or a list that is too long.
        TypeError: an item of another type, or an unknown key in a dict.
    """

    training_arn: str | None = None
    training_datasets: Texts = items(str, TRAINING_DATASETS_MAX_SIZE, default=None)
    training_environment: PartOf[Environment] = part(Environment, default=None)
    training_metrics: ItemsOf[TrainingMetric] = items(TrainingMetric, TRAINING_METRICS_MAX_SIZE, default=None)
    user_provided_training_metrics: ItemsOf[TrainingMetric] = items(
        TrainingMetric, USER_PROVIDED_TRAINING_METRICS_MAX_SIZE, default=None
    )
    hyper_parameters: ItemsOf[HyperParameter] = items(HyperParameter, HYPER_PARAMETERS_MAX_SIZE, default=None)
    user_provided_hyper_parameters: ItemsOf[HyperParameter] = items(
        HyperParameter, USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE, default=None
    )


class TrainingMembers(TypedDict, total=False):
    """The members of training details that no registry knows."""

    objective_function: ObjectiveFunction | dict[str, Any] | None
    training_observations: str | None


@section
class TrainingDetails(Section):
    """How a model was trained.

    Args:
        objective_function: what was optimised; a dict of ``ObjectiveFunction`` stands for it.
        training_observations: what was seen in training; at most 1024 characters.
        training_job_details: the job; a dict of ``TrainingJobDetails`` stands for it.
    """

    objective_function: PartOf[ObjectiveFunction] = part(ObjectiveFunction, default=None)
    training_observations: str | None = None
    training_job_details: PartOf[TrainingJobDetails] = part(TrainingJobDetails, default=None)

    @staticmethod
    def call_search_training_job(
        model_data_url: str, sagemaker_session: service.AnySession | None = None
    ) -> dict[str, Any] | None:
        """The training job that made an artifact, as Search gives it; None unless there is exactly one.

        Args:
            model_data_url: the artifact's S3 URI.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the caller may not search.
        """
        client = service.session_or_default(sagemaker_session).sagemaker_client
        jobs = service.search(client, "TrainingJob", "ModelArtifacts.S3ModelArtifacts", model_data_url)
        return jobs[0] if len(jobs) == 1 else None

    @staticmethod
    def discover_training_job_details(
        model_artifacts: list[str], sagemaker_session: service.AnySession | None = None
    ) -> dict[str, Any] | None:
        """The training job that made the one artifact of a model, as Search gives it.

        Args:
            model_artifacts: the model's artifacts; without exactly one there is a warning and no job.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: the caller may not search.
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
        """Training details of the job that made an overview's artifact; None where no single job is found.

        Args:
            model_overview: the overview, as ``ModelOverview.from_model_name`` gives it.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: the members that no registry knows: ``objective_function``, ``training_observations``.

        Raises:
            ValueError: the caller may not search.
        """
        return cls.from_model_s3_artifacts(model_overview.model_artifact, sagemaker_session, **kwargs)

    @classmethod
    def from_model_s3_artifacts(
        cls,
        model_artifacts: list[str],
        sagemaker_session: service.AnySession | None = None,
        **kwargs: Unpack[TrainingMembers],
    ) -> Self | None:
        """Training details of the job that made an artifact; None where no single job is found.

        Args:
            model_artifacts: S3 URIs; there is a job to find only where this is one.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: the members that no registry knows: ``objective_function``, ``training_observations``.

        Raises:
            ValueError: the caller may not search.
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
        """Training details of a training job.

        Args:
            training_job_name: the job's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: the members that no registry knows: ``objective_function``, ``training_observations``.

        Raises:
            ValueError: there is no job of that name.
        """
        client = service.session_or_default(sagemaker_session).sagemaker_client
        with service.refusal_as_value_error(
            lambda error: error.message == "Requested resource not found.",
            "Training job details could not be found. Make sure the training job name is valid.",
        ):
            job = client.describe_training_job(TrainingJobName=training_job_name)
        return cls._of_job(job, kwargs)

    @classmethod
    def from_estimator(cls, estimator: object, **kwargs: Unpack[TrainingMembers]) -> Self:
        """Training details of a fitted model: its class and library, and its hyperparameters.

        Feature names, the shape of the training data and the versions of packages are recorded where the model knows
        them. Parameters that leave a choice to the library are omitted.

        Args:
            estimator: a fitted estimator of scikit-learn, xgboost, lightgbm or catboost, a pipeline or search around
                one, or a Booster of xgboost or lightgbm.
            **kwargs: further members, such as ``objective_function``.

        Raises:
            TypeError: not such an estimator.
            sklearn.exceptions.NotFittedError: the estimator is not fitted yet.
            ImportError: scikit-learn is not installed; the message names the extra.
        """
        from cardwright.model_card.estimator import training_details  # noqa: PLC0415 - loaded for its users

        members: dict[str, Any] = {**training_details(estimator), **kwargs}
        return cls(**members)

    def add_metric(self, metric: TrainingMetric) -> None:
        """Add a metric to ``user_provided_training_metrics``.

        Raises:
            TypeError: not a ``TrainingMetric``.
            ValueError: there are 50 already.
        """
        self._job_details().user_provided_training_metrics.append(metric)

    def add_parameter(self, parameter: HyperParameter) -> None:
        """Add a hyperparameter to ``user_provided_hyper_parameters``.

        Raises:
            TypeError: not a ``HyperParameter``.
            ValueError: there are 100 already.
        """
        self._job_details().user_provided_hyper_parameters.append(parameter)

    def _job_details(self) -> TrainingJobDetails:
        if not self.training_job_details:
            self.training_job_details = TrainingJobDetails()
        details: TrainingJobDetails = self.training_job_details
        return details

    @classmethod
    def _of_job(cls, job: dict[str, Any], members: TrainingMembers) -> Self:
        everything: dict[str, Any] = {**members, "training_job_details": discovery.training_job_details(job)}
        return cls(**everything)
