"""SageMaker's page "Create a model card", its SDK part, as one script with `sagemaker` replaced by `cardwright`.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-create.html

The steps are the page's: model details, training details, evaluation details, intended uses, additional
information, and the card; then what the page "Model cards actions" does with it.
"""

from typing import Any

import cardwright
from cardwright.model_card import (
    AdditionalInformation,
    BusinessDetails,
    Environment,
    EvaluationJob,
    EvaluationMetricTypeEnum,
    Function,
    HyperParameter,
    IntendedUses,
    Metric,
    MetricGroup,
    MetricTypeEnum,
    ModelCard,
    ModelCardStatusEnum,
    ModelOverview,
    ModelPackage,
    ObjectiveFunction,
    ObjectiveFunctionEnum,
    RiskRatingEnum,
    TrainingDetails,
    TrainingJobDetails,
    TrainingMetric,
)


def model_from_elsewhere(sagemaker_session: Any, card_name: str, report: str) -> ModelCard:
    """A card for a model outside the registry: all values are given."""
    model_overview = ModelOverview(
        model_id=f"{card_name}-id",
        model_name=card_name,
        model_description="this is an example binary classification model",
        model_version=1,
        problem_type="Binary Classification",
        algorithm_type="Logistic Regression",
        model_creator="DEMO-Company",
        model_owner="DEMO-Team",
        model_artifact=["s3://bucket/model.tar.gz"],
        inference_environment=Environment(container_image=["registry/image:1"]),
    )
    training_details = TrainingDetails(
        objective_function=ObjectiveFunction(
            function=Function(
                function=ObjectiveFunctionEnum.MINIMIZE, facet=cardwright.FacetEnum.LOSS, condition="test"
            ),
            notes="This is a test objective function.",
        ),
        training_observations="Training went well.",
        training_job_details=TrainingJobDetails(
            training_arn="job-1",
            training_datasets=["s3://bucket/train"],
            training_environment=Environment(["registry/image:1"]),
        ),
    )
    training_details.add_metric(TrainingMetric(name="validation:loss", value=0.125, notes="example"))
    training_details.add_parameter(HyperParameter(name="learning_rate", value=0.1))
    manual = EvaluationJob(
        name="Example evaluation job",
        evaluation_observation="Looks good.",
        datasets=["s3://bucket/test"],
        metadata={"key": "value"},
        metric_groups=[MetricGroup("binary", [Metric("accuracy", MetricTypeEnum.NUMBER, 0.97)])],
    )
    manual.get_metric_group("binary").add_metric(  # type: ignore[union-attr] # added a line above
        Metric("confusion", "matrix", [[90, 2], [3, 5]], x_axis_name=["no", "yes"], y_axis_name=["no", "yes"])
    )
    imported = EvaluationJob(name="Imported")
    imported.add_metric_group_from_json(report, EvaluationMetricTypeEnum.CLARIFY_BIAS)
    card = ModelCard(
        name=card_name,
        status=ModelCardStatusEnum.DRAFT,
        model_overview=model_overview,
        training_details=training_details,
        intended_uses=IntendedUses(
            purpose_of_model="Test model card.",
            intended_uses="Not used except this test.",
            factors_affecting_model_efficiency="No.",
            risk_rating=RiskRatingEnum.LOW,
            explanations_for_risk_rating="Just an example.",
        ),
        business_details=BusinessDetails("churn", "Growth", "Retail"),
        evaluation_details=[manual, imported],
        additional_information=AdditionalInformation(
            ethical_considerations="Make sure the model does not harm.",
            caveats_and_recommendations="This is a test.",
            custom_details={"custom details1": "details value"},
        ),
        sagemaker_session=sagemaker_session,
    )
    card.create()
    return card


def registered_model(sagemaker_session: Any, card_name: str, model_name: str) -> ModelCard:
    """A card for a registered model: details and training job are discovered."""
    model_overview = ModelOverview.from_model_name(
        model_name=model_name,
        sagemaker_session=sagemaker_session,
        model_description="discovered",
        problem_type="Binary Classification",
    )
    training_details = TrainingDetails.from_model_overview(
        model_overview=model_overview, sagemaker_session=sagemaker_session, training_observations="discovered"
    )
    card = ModelCard(
        name=card_name,
        model_overview=model_overview,
        training_details=training_details,
        sagemaker_session=sagemaker_session,
    )
    card.create()
    return card


def model_package(sagemaker_session: Any, card_name: str, model_package_arn: str) -> ModelCard:
    """A card for a model package: training and evaluation are discovered, sections are copied."""
    details = ModelPackage.from_model_package_arn(
        model_package_arn=model_package_arn, sagemaker_session=sagemaker_session
    )
    card = ModelCard(name=card_name, model_package_details=details, sagemaker_session=sagemaker_session)
    card.create()
    return card


def export(sagemaker_session: Any, card_name: str) -> str | None:
    """Export a card's newest version as a PDF and return its URI."""
    card = ModelCard.load(name=card_name, sagemaker_session=sagemaker_session)
    return card.export_pdf(s3_output_path="s3://walk-through/exports", export_job_name=f"{card_name}-job")


def change_and_delete(sagemaker_session: Any, card_name: str) -> list[int]:
    """Load a card, change content and status, list its versions, delete it, and return the versions."""
    card = ModelCard.load(name=card_name, sagemaker_session=sagemaker_session)
    card.model_overview.model_description = "the model is updated"  # type: ignore[union-attr] # as the notebook has it
    card.status = ModelCardStatusEnum.PENDING_REVIEW
    card.update()
    versions = [version["ModelCardVersion"] for version in card.get_version_history()]
    card.delete()
    return versions
