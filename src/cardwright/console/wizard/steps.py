"""The form of a card as one table: its five steps, what each asks, in which order and words.

Evaluation jobs, which nest, have their own fields below.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from cardwright.console.wizard.fields import FormField, Group, InputKind, Step

_MODEL = Step(
    "model",
    "Model and intended use",
    "Name, purpose, risk",
    "model",
    (
        Group(
            "details",
            "Model overview",
            (
                FormField("model_overview.model_name", wide=False),
                FormField("model_overview.model_version", InputKind.NUMBER, wide=False, placeholder="1"),
                FormField(
                    "model_overview.model_id",
                    mono=True,
                    hint="An ARN, or any identifier that finds the model again. A model has one card.",
                ),
                FormField(
                    "model_overview.model_description",
                    InputKind.TEXT,
                    hint="What it does, in words a colleague from another team understands.",
                    rows=4,
                ),
                FormField("model_overview.problem_type", wide=False, placeholder="Binary classification"),
                FormField("model_overview.algorithm_type", wide=False, placeholder="XGBoost"),
                FormField("model_overview.model_creator", wide=False),
                FormField("model_overview.model_owner", wide=False, hint="Who answers for the model."),
                FormField(
                    "model_overview.model_artifact",
                    InputKind.LIST,
                    item="artifact",
                    mono=True,
                    placeholder="s3://bucket/model.tar.gz",
                ),
                FormField(
                    "model_overview.inference_environment.container_image",
                    InputKind.LIST,
                    item="container",
                    mono=True,
                ),
            ),
            help="model",
        ),
        Group(
            "business",
            "Business details",
            (
                FormField("business_details.business_problem", InputKind.TEXT),
                FormField("business_details.business_stakeholders", wide=False),
                FormField("business_details.line_of_business", wide=False),
            ),
        ),
        Group(
            "use",
            "Intended uses",
            (
                FormField("intended_uses.purpose_of_model", InputKind.TEXT),
                FormField("intended_uses.intended_uses", InputKind.TEXT, rows=4),
                FormField(
                    "intended_uses.factors_affecting_model_efficiency",
                    InputKind.TEXT,
                    hint="Groups, seasons, missing inputs: whatever changes how far the model can be trusted.",
                ),
                FormField(
                    "intended_uses.risk_rating",
                    InputKind.RATING,
                    hint="How bad could a wrong answer be, and for whom? When in doubt, choose the higher one.",
                ),
                FormField("intended_uses.explanations_for_risk_rating", InputKind.TEXT),
            ),
            about="What reviewers read first. Saying what the model is not for helps most.",
            help="risk",
        ),
    ),
)

_TRAINING = Step(
    "training",
    "Training",
    "Objective, data, parameters",
    "training",
    (
        Group(
            "objective",
            "Objective function",
            (
                FormField(
                    "training_details.objective_function.function.function",
                    InputKind.CHOICE,
                    wide=False,
                    choices=(("", "Not given"), ("Maximize", "Maximize"), ("Minimize", "Minimize")),
                ),
                FormField(
                    "training_details.objective_function.function.facet",
                    InputKind.CHOICE,
                    wide=False,
                    choices=(("", "Not given"), *((name, name) for name in ("Loss", "Accuracy", "RMSE", "MAE", "AUC"))),
                ),
                FormField(
                    "training_details.objective_function.function.condition",
                    hint="Where it is measured, or when training stops.",
                    placeholder="On the validation split, early stopping after 40 rounds",
                ),
                FormField("training_details.objective_function.notes", InputKind.TEXT, rows=2),
            ),
            about="The function that training maximizes or minimizes. A comparison reads from it what is better.",
            help="objective",
        ),
        Group(
            "job",
            "Training job",
            (
                FormField("training_details.training_job_details.training_arn", mono=True),
                FormField(
                    "training_details.training_job_details.training_datasets",
                    InputKind.LIST,
                    item="dataset",
                    mono=True,
                    placeholder="s3://bucket/path/train.parquet",
                ),
                FormField(
                    "training_details.training_job_details.training_environment.container_image",
                    InputKind.LIST,
                    item="container",
                    mono=True,
                ),
            ),
        ),
        Group(
            "metrics",
            "Metrics",
            (
                FormField(
                    "training_details.training_job_details.training_metrics",
                    InputKind.ROWS,
                    item="metric",
                    columns=("name", "value", "notes"),
                ),
                FormField(
                    "training_details.training_job_details.user_provided_training_metrics",
                    InputKind.ROWS,
                    item="metric of your own",
                    columns=("name", "value", "notes"),
                ),
            ),
            about="Numbers that training itself reports, such as the loss on the training data.",
        ),
        Group(
            "parameters",
            "Parameters",
            (
                FormField(
                    "training_details.training_job_details.hyper_parameters",
                    InputKind.ROWS,
                    item="hyperparameter",
                    columns=("name", "value"),
                ),
                FormField(
                    "training_details.training_job_details.user_provided_hyper_parameters",
                    InputKind.ROWS,
                    item="hyperparameter of your own",
                    columns=("name", "value"),
                ),
            ),
        ),
        Group(
            "observations",
            "Observations",
            (
                FormField(
                    "training_details.training_observations",
                    InputKind.TEXT,
                    hint="What a person who trains the model again should know.",
                ),
            ),
        ),
    ),
)

_EVALUATION = Step("evaluation", "Evaluation", "Reports and metrics", "evaluation")

_ETHICS = Step(
    "ethics",
    "Ethics and custom details",
    "Considerations, caveats",
    "ethics",
    (
        Group(
            "ethics",
            "Ethics and caveats",
            (
                FormField(
                    "additional_information.ethical_considerations",
                    InputKind.TEXT,
                    rows=5,
                    hint="Who could be harmed, how that was weighed, and what was decided.",
                ),
                FormField(
                    "additional_information.caveats_and_recommendations",
                    InputKind.TEXT,
                    rows=5,
                    hint="What users must know before they rely on the model.",
                ),
            ),
            help="ethics",
        ),
        Group(
            "custom",
            "Details of your own",
            (
                FormField(
                    "additional_information.custom_details",
                    InputKind.PAIRS,
                    item="detail",
                    hint="Whatever your organisation asks for: an inventory number, a regulation, the next review.",
                ),
            ),
        ),
    ),
)

_REVIEW = Step("review", "Review and save", "", "review")

STEPS: tuple[Step, ...] = (_MODEL, _TRAINING, _EVALUATION, _ETHICS, _REVIEW)
BY_SLUG: Mapping[str, Step] = {step.slug: step for step in STEPS}

RATINGS: tuple[tuple[str, str], ...] = (
    ("High", "Affects people’s rights, money, health or work. A wrong answer is hard to undo."),
    ("Medium", "Affects people, but a person checks it or it can be undone in time."),
    ("Low", "Internal or easily corrected. No decision about a person."),
    ("Unknown", "Not judged yet. The list of cards counts the cards with this rating."),
)

PACKAGE_FACTS: tuple[str, ...] = (
    "model_package_group_name",
    "model_package_version",
    "model_approval_status",
    "approval_description",
    "model_package_description",
    "domain",
    "task",
    "model_package_arn",
)
"""Facts of a model package that a card holds and no form asks for."""

EVALUATION_FIELDS: tuple[FormField, ...] = (
    FormField("evaluation_details.0.name", placeholder="Holdout, latest quarter"),
    FormField("evaluation_details.0.evaluation_observation", InputKind.TEXT),
    FormField("evaluation_details.0.evaluation_job_arn", mono=True, optional=True),
    FormField(
        "evaluation_details.0.datasets",
        InputKind.LIST,
        item="dataset",
        mono=True,
        placeholder="s3://bucket/path/test.parquet",
    ),
    FormField("evaluation_details.0.metadata", InputKind.PAIRS, item="entry"),
)


def fields_of(step: Step, evaluations: int = 0) -> Iterator[FormField]:
    """The fields of a step; those of as many evaluation jobs as a draft has."""
    for group in step.groups:
        yield from group.fields
    if step is _EVALUATION:
        for number in range(evaluations):
            yield from evaluation_fields(number)


def evaluation_fields(number: int) -> Iterator[FormField]:
    """The fields of one evaluation job, counted from 0."""
    for field in EVALUATION_FIELDS:
        yield _at(field, number)


@lru_cache(maxsize=2048)
def _at(field: FormField, number: int) -> FormField:
    return replace(field, path=field.path.replace(".0.", f".{number}.", 1))


def step_of(path: str) -> Step:
    """Return the step that asks for the value at a path of the content, or the first that asks for a part of it."""
    if path.startswith("evaluation_details"):
        return _EVALUATION
    for step in STEPS:
        for group in step.groups:
            if any(_within(path, field.path) or _within(field.path, path) for field in group.fields):
                return step
    return _MODEL


def _within(path: str, outer: str) -> bool:
    return path == outer or path.startswith(f"{outer}.")
