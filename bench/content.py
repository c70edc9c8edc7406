"""The card that the benchmark writes: about 10 KB, valid, with every type of metric."""

import json
import math
from typing import Any

_NOTES = (
    "Measured on the frozen hold-out window; weights follow the transaction amounts. Values of the previous "
    "release are kept next to it so that a reviewer sees the direction of every change before approving it."
)


def card_content(name: str) -> str:
    """Return the content document of the card *name*, as the JSON string for the API.

    Only ``model_id`` contains the name, because a model may have only one card.
    """
    return json.dumps(
        {
            "model_overview": {
                "model_id": f"arn:aws:sagemaker:us-east-1:123456789012:model/{name}",
                "model_name": "card-fraud-scorer",
                "model_description": f"Scores card payments for fraud within 40 ms. {_NOTES} {_NOTES}",
                "model_version": 3,
                "problem_type": "Binary Classification",
                "algorithm_type": "Gradient boosted trees",
                "model_creator": "Payments risk modelling",
                "model_owner": "risk-models@example.com",
                "model_artifact": ["s3://example-models/fraud/2025-10/model.tar.gz"],
                "inference_environment": {"container_image": ["example/sagemaker-xgboost:1.7-1"]},
            },
            "intended_uses": {
                "purpose_of_model": f"Rank payments for manual review. {_NOTES}",
                "intended_uses": f"Online scoring of card-not-present payments in the euro area. {_NOTES}",
                "factors_affecting_model_efficiency": f"Seasonal peaks and new merchants. {_NOTES}",
                "risk_rating": "High",
                "explanations_for_risk_rating": f"A refusal touches a customer's access to money. {_NOTES}",
            },
            "business_details": {
                "business_problem": f"Fraud losses grew faster than volume. {_NOTES}",
                "business_stakeholders": "Payments, Customer care, Compliance",
                "line_of_business": "Retail payments",
            },
            "training_details": {
                "objective_function": {
                    "function": {"function": "Maximize", "facet": "AUC", "condition": "recall above 0.8"},
                    "notes": _NOTES,
                },
                "training_observations": f"Converged after 412 rounds. {_NOTES}",
                "training_job_details": {
                    "training_arn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/fraud-2025-10",
                    "training_datasets": ["s3://example-data/fraud/train/", "s3://example-data/fraud/valid/"],
                    "training_environment": {"container_image": ["example/sagemaker-xgboost:1.7-1"]},
                    "training_metrics": [
                        {"name": f"{split}:{metric}", "value": value, "notes": "last round"}
                        for split in ("train", "validation")
                        for metric, value in (("auc", 0.9731), ("logloss", 0.0812), ("error", 0.0219))
                    ],
                    "hyper_parameters": [
                        {"name": name, "value": value}
                        for name, value in (
                            ("max_depth", "7"),
                            ("eta", "0.08"),
                            ("subsample", "0.8"),
                            ("min_child_weight", "6"),
                            ("num_round", "500"),
                            ("scale_pos_weight", "41.5"),
                        )
                    ],
                },
            },
            "evaluation_details": [_evaluation(name) for name in ("hold-out quarter", "new merchants", "stress test")],
            "additional_information": {
                "ethical_considerations": f"Age and nationality are not inputs. {_NOTES} {_NOTES}",
                "caveats_and_recommendations": f"Retrain when the alert rate moves by a fifth. {_NOTES}",
                "custom_details": {"ticket": "RISK-4711", "review_board": "2025-11-03", "contact": "on-call"},
            },
        }
    )


def _evaluation(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "evaluation_observation": _NOTES,
        "datasets": ["s3://example-data/fraud/holdout/"],
        "metadata": {"window": "2025-07-01/2025-09-30", "rows": "1204331"},
        "metric_groups": [
            {
                "name": "binary_classification_metrics",
                "metric_data": [
                    *(
                        {"name": metric, "type": "number", "value": value, "notes": "threshold 0.62"}
                        for metric, value in (("precision", 0.861), ("recall", 0.824), ("f1", 0.842))
                    ),
                    {
                        "name": "confusion_matrix",
                        "type": "matrix",
                        "value": [[1174820, 4103], [4468, 20940]],
                        "x_axis_name": ["genuine", "fraud"],
                        "y_axis_name": ["genuine", "fraud"],
                    },
                    {
                        "name": "receiver_operating_characteristic_curve",
                        "type": "linear_graph",
                        "value": [[step / 20, round(math.sqrt(step / 20), 4)] for step in range(20)],
                        "x_axis_name": "false positive rate",
                        "y_axis_name": "true positive rate",
                    },
                    {
                        "name": "alerts_by_weekday",
                        "type": "bar_chart",
                        "value": [812, 790, 776, 801, 998, 1204, 1107],
                        "x_axis_name": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
                        "y_axis_name": "alerts",
                    },
                ],
            }
        ],
    }
