"""Model cards in Python: the classes of SageMaker's SDK v2 (``sagemaker.model_card``) and extensions.

The import of this package loads neither boto3 nor a server library. A session loads boto3 at its first use.
"""

from cardwright.model_card import model_card, schema_constraints
from cardwright.model_card.model_card import *  # noqa: F403 - the one list of public names is model_card.__all__

__all__ = ["schema_constraints"]
__all__ += model_card.__all__
