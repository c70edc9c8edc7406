"""The fields of card content: their order, as SageMaker shows them, and their labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    VALUE = "value"
    """A short value, or a list of short values."""
    CODE = "code"
    """An identifier such as an ARN, a URI or an image; printed in the monospaced face."""
    PROSE = "prose"
    """A long text, printed under its own heading."""
    TEXT = "text"
    """A text that is printed as prose when it is long, else as a value."""
    LEAD = "lead"
    """The introduction, printed under the title of the document."""
    METRICS = "metrics"
    """A list of {name, value, notes}, printed as its own section."""
    ROWS = "rows"
    """A list of objects, printed as a table in its own section."""
    PAIRS = "pairs"
    """An object with free member names, printed as a table in its own section."""
    PART = "part"
    """An object whose members are printed with those of its parent."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one member of the content is printed.

    Attributes:
        label: its name on every page and in every document, clear without the title of its section.
        quiet: whether it is not reported as missing.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.VALUE
    parts: tuple["FieldRule", ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class SectionRule:
    """One top-level member of the content. ``quiet`` members are not reported as missing."""

    name: str
    title: str
    id: str
    fields: tuple[FieldRule, ...]
    quiet: bool = False


# The schema documents these inside "function"; the Python SDK v3 writes them next to it.
_OBJECTIVE = (
    FieldRule("facet", "Objective metric", quiet=True),
    FieldRule("condition", "Objective condition", FieldKind.TEXT, quiet=True),
)

COLUMNS = {
    "name": "Name",
    "value": "Value",
    "notes": "Notes",
    "algorithm_name": "Algorithm",
    "model_data_url": "Model data",
    "image": "Image",
    "nearest_model_name": "Nearest model",
}
"""Column titles for ``ROWS``; other columns use the stored name."""

SECTIONS = (
    SectionRule(
        "model_overview",
        "Model overview",
        "overview",
        (
            FieldRule("model_name", "Model name"),
            FieldRule("model_id", "Model ID", FieldKind.CODE),
            FieldRule("model_description", "Model description", FieldKind.LEAD),
            FieldRule("model_version", "Model version"),
            FieldRule("problem_type", "Problem type"),
            FieldRule("algorithm_type", "Algorithm type"),
            FieldRule("model_creator", "Creator"),
            FieldRule("model_owner", "Owner"),
            FieldRule("model_artifact", "Model artifacts", FieldKind.CODE),
            FieldRule(
                "inference_environment",
                "Inference containers",
                FieldKind.PART,
                (FieldRule("container_image", "Inference containers", FieldKind.CODE),),
            ),
        ),
    ),
    SectionRule(
        "model_package_details",
        "Model package",
        "package",
        (
            FieldRule("model_package_group_name", "Package group", quiet=True),
            FieldRule("model_package_name", "Package name", quiet=True),
            FieldRule("model_package_version", "Package version", quiet=True),
            FieldRule("model_package_arn", "Package ARN", FieldKind.CODE, quiet=True),
            FieldRule("model_package_description", "Package description", FieldKind.TEXT, quiet=True),
            FieldRule("model_package_status", "Package status", quiet=True),
            FieldRule("model_approval_status", "Package approval", quiet=True),
            FieldRule("approval_description", "Package approval note", FieldKind.TEXT, quiet=True),
            FieldRule("domain", "Package domain", quiet=True),
            FieldRule("task", "Package task", quiet=True),
            FieldRule(
                "created_by",
                "Package creator",
                FieldKind.PART,
                (FieldRule("user_profile_name", "Package creator", quiet=True),),
                quiet=True,
            ),
            FieldRule("source_algorithms", "Source algorithms", FieldKind.ROWS, quiet=True),
            FieldRule(
                "inference_specification",
                "Inference specification",
                FieldKind.PART,
                (FieldRule("containers", "Package containers", FieldKind.ROWS, quiet=True),),
                quiet=True,
            ),
        ),
        quiet=True,
    ),
    SectionRule(
        "intended_uses",
        "Intended uses",
        "intended-uses",
        (
            FieldRule("risk_rating", "Risk rating"),
            FieldRule("purpose_of_model", "Purpose of the model", FieldKind.PROSE),
            FieldRule("intended_uses", "Intended uses", FieldKind.PROSE),
            FieldRule("factors_affecting_model_efficiency", "Factors affecting performance", FieldKind.PROSE),
            FieldRule("explanations_for_risk_rating", "Explanation of the risk rating", FieldKind.PROSE),
        ),
    ),
    SectionRule(
        "business_details",
        "Business details",
        "business",
        (
            FieldRule("business_problem", "Business problem", FieldKind.PROSE),
            FieldRule("business_stakeholders", "Business stakeholders", FieldKind.TEXT),
            FieldRule("line_of_business", "Line of business", FieldKind.TEXT),
        ),
    ),
    SectionRule(
        "training_details",
        "Training details",
        "training",
        (
            FieldRule(
                "objective_function",
                "Objective function",
                FieldKind.PART,
                (
                    FieldRule(
                        "function",
                        "Objective",
                        FieldKind.PART,
                        (FieldRule("function", "Objective"), *_OBJECTIVE),
                    ),
                    *_OBJECTIVE,
                    FieldRule("notes", "Notes on the objective", FieldKind.TEXT, quiet=True),
                ),
            ),
            FieldRule(
                "training_job_details",
                "Training job",
                FieldKind.PART,
                (
                    FieldRule("training_arn", "Training job ARN", FieldKind.CODE),
                    FieldRule("training_datasets", "Training datasets", FieldKind.CODE),
                    FieldRule(
                        "training_environment",
                        "Training containers",
                        FieldKind.PART,
                        (FieldRule("container_image", "Training containers", FieldKind.CODE),),
                    ),
                    FieldRule("training_metrics", "Training metrics", FieldKind.METRICS),
                    FieldRule(
                        "user_provided_training_metrics", "Custom training metrics", FieldKind.METRICS, quiet=True
                    ),
                    FieldRule("hyper_parameters", "Hyperparameters", FieldKind.ROWS),
                    FieldRule(
                        "user_provided_hyper_parameters", "Custom hyperparameters", FieldKind.ROWS, quiet=True
                    ),
                ),
            ),
            FieldRule("training_observations", "Training observations", FieldKind.PROSE),
        ),
    ),
    SectionRule(
        "evaluation_details",
        "Evaluation details",
        "evaluation",
        (
            FieldRule("evaluation_observation", "Observations", FieldKind.PROSE, quiet=True),
            FieldRule("evaluation_job_arn", "Evaluation job ARN", FieldKind.CODE, quiet=True),
            FieldRule("datasets", "Datasets", FieldKind.CODE, quiet=True),
            FieldRule("metadata", "Metadata", FieldKind.PAIRS, quiet=True),
        ),
    ),
    SectionRule(
        "additional_information",
        "Additional information",
        "additional-information",
        (
            FieldRule("ethical_considerations", "Ethical considerations", FieldKind.PROSE),
            FieldRule("caveats_and_recommendations", "Caveats and recommendations", FieldKind.PROSE),
            FieldRule("custom_details", "Custom details", FieldKind.PAIRS, quiet=True),
        ),
    ),
)  # fmt: skip

_PROSE = frozenset({FieldKind.LEAD, FieldKind.PROSE, FieldKind.TEXT})


def _prose(rules: tuple[FieldRule, ...], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        if rule.kind in _PROSE:
            yield (*above, rule.name)
        yield from _prose(rule.parts, (*above, rule.name))


PROSE_PATHS = frozenset(path for section in SECTIONS for path in _prose(section.fields, (section.name,)))
"""The paths of the fields whose texts can be Markdown; those of evaluation jobs without an index."""
