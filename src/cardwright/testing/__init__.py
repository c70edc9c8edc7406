"""Tests of code that uses model cards: fixtures of pytest, and SageMaker answered in the test's process.

pytest loads this package in every run, so that its import loads neither boto3 nor a store.
"""

from cardwright.testing.sagemaker_mock import SageMakerMock, mock_sagemaker
from cardwright.testing.server import RunningServer

__all__ = ["RunningServer", "SageMakerMock", "mock_sagemaker"]
