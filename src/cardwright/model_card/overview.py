"""The overview of a model and its inference environment."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self, TypedDict, Unpack

from cardwright.client.sagemaker import SageMaker
from cardwright.core import discovery
from cardwright.model_card import service
from cardwright.model_card.schema_constraints import ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE, MODEL_ARTIFACT_MAX_SIZE
from cardwright.model_card.section import PartOf, Section, Texts, items, section, subsection

if TYPE_CHECKING:
    from cardwright.client.answers.registry import DescribeModelPackageAnswer


@section
class Environment(Section):
    """A training or inference environment.

    Args:
        container_image: image URIs, at most 15.

    Raises:
        ValueError: the value is not a list, or has more than 15 images.
        TypeError: an image is not a text.
    """

    container_image: Texts = items(str, ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE)


class OverviewMembers(TypedDict, total=False):
    """The members of an overview that the registry does not store."""

    model_description: str | None
    model_version: int | float | None
    problem_type: str | None
    algorithm_type: str | None
    model_creator: str | None
    model_owner: str | None


@section
class ModelOverview(Section):
    """An overview of a model.

    Args:
        model_id: a SageMaker model ARN, or the identifier of a model from another system.
        model_name: a unique name of the model.
        model_description: the description; at most 1024 characters.
        model_version: the version, a number from 1.
        problem_type: the problem type, such as ``Binary Classification``.
        algorithm_type: the algorithm.
        model_creator: the organisation, group or people that created the model.
        model_owner: the person or group responsible for the model.
        model_artifact: URIs of the artifacts, at most 15.
        inference_environment: an ``Environment`` or a dict of its members.

        Raises:
        ValueError: a list or section has another type, or there are more than 15 artifacts.
        TypeError: an artifact is not a text, or a dict has an unknown key.
    """

    model_id: str | None = None
    model_name: str | None = None
    model_description: str | None = None
    model_version: int | float | None = None
    problem_type: str | None = None
    algorithm_type: str | None = None
    model_creator: str | None = None
    model_owner: str | None = None
    model_artifact: Texts = items(str, MODEL_ARTIFACT_MAX_SIZE, default=None)
    inference_environment: PartOf[Environment] = subsection(Environment, default=None)

    @classmethod
    def from_model_name(
        cls, model_name: str, sagemaker_session: service.AnySession | None = None, **kwargs: Unpack[OverviewMembers]
    ) -> Self:
        """Create the overview of a registered model: its ARN as ``model_id``, its artifacts and its images.

        For a model that was created from a model package, artifacts and images come from that package.

        Args:
            model_name: the registered model's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: members that the registry does not store, such as ``model_description``.

        Raises:
            ValueError: the model does not exist or already has a card, or the caller lacks permission for Search.
        """
        client: SageMaker = service.session_or_default(sagemaker_session).sagemaker_client
        with service.refusal_as_value_error(
            lambda error: error.message.startswith("Could not find model"),
            f"Model details for model {model_name} could not be found. Make sure the model name is valid.",
        ):
            model = client.describe_model(ModelName=model_name)
        cards = service.cards_of_model(client, model["ModelArn"])
        if cards:
            raise ValueError(f"The model has been associated with {cards} model cards.")
        packages = _packages(client, discovery.packages_of_model(model))
        return cls(**{**kwargs, **discovery.model_overview({**model, "ModelName": model_name}, packages)})


def _packages(client: SageMaker, names: Iterable[str]) -> dict[str, "DescribeModelPackageAnswer"]:
    """Describe each package in the registry. A warning names packages that cannot be read."""
    from botocore.exceptions import ClientError

    found = {}
    for name in names:
        try:
            found[name] = client.describe_model_package(ModelPackageName=name)
        except ClientError as error:
            service.logger.warning("Images and artifacts of the model package %s are left out: %s", name, error)
    return found
