"""What a model is: its overview, and the environment it runs in."""

from collections.abc import Iterable, Mapping
from typing import Any, Self, TypedDict, Unpack

from cardwright.core import discovery
from cardwright.model_card import service
from cardwright.model_card.schema_constraints import ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE, MODEL_ARTIFACT_MAX_SIZE
from cardwright.model_card.section import PartOf, Section, Texts, items, part, section


@section
class Environment(Section):
    """A training or inference environment.

    Args:
        container_image: image URIs, at most 15.

    Raises:
        ValueError: no list, or more than 15 images.
        TypeError: an image that is no text.
    """

    container_image: Texts = items(str, ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE)


class OverviewMembers(TypedDict, total=False):
    """The members of an overview that no registry knows."""

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
        model_id: a SageMaker model ARN, or the identifier of a model from elsewhere.
        model_name: a unique name of the model.
        model_description: what it does; at most 1024 characters.
        model_version: its version, a number from 1.
        problem_type: such as ``Binary Classification``.
        algorithm_type: the algorithm that solves it.
        model_creator: the organisation, group or people that made it.
        model_owner: who answers for it.
        model_artifact: where its artifacts are, at most 15 URIs.
        inference_environment: what it runs in; a dict of ``Environment`` stands for it.

    Raises:
        ValueError: a list or section of another type, or more than 15 artifacts.
        TypeError: an artifact that is no text, or an unknown key in a dict.
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
    inference_environment: PartOf[Environment] = part(Environment, default=None)

    @classmethod
    def from_model_name(
        cls, model_name: str, sagemaker_session: service.AnySession | None = None, **kwargs: Unpack[OverviewMembers]
    ) -> Self:
        """The overview of a registered model: its ARN as ``model_id``, its artifacts and its images.

        A model made from a model package has the artifacts and images of that package.

        Args:
            model_name: the registered model's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
            **kwargs: the members that no registry knows, such as ``model_description``.

        Raises:
            ValueError: there is no model of that name, or a card has it already.
        """
        client = service.session_or_default(sagemaker_session).sagemaker_client
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


def _packages(client: Any, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """What DescribeModelPackage says of each package; one that cannot be read is named in a warning."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - here a client exists, so it is loaded already

    found = {}
    for name in names:
        try:
            found[name] = client.describe_model_package(ModelPackageName=name)
        except ClientError as error:
            service.logger.warning("Images and artifacts of the model package %s are left out: %s", name, error)
    return found
