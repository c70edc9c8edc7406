"""Files of each card format, with the key of the format that reads them."""

from pathlib import Path

SAMPLES = {
    "README.md": "huggingface",
    "bom.cdx.json": "cyclonedx",
    "card.json": "sagemaker",
    "croissant.json": "croissant",
    "described.json": "sagemaker",
    "eval_results.yaml": "huggingface-results",
    "fraud.record.json": "record",
    "mct_0_0_1.json": "modelcard-toolkit",
    "mct_0_0_2.json": "modelcard-toolkit",
    "mlflow_export_run.json": "mlflow",
    "mlflow_version.json": "mlflow",
    "model.spdx.json": "spdx",
}


def sample(name: str) -> bytes:
    """The bytes of a sample."""
    return (Path(__file__).parent / name).read_bytes()
