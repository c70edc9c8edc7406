"""Reads the pairs of evaluation jobs that are stored with a card on a server."""

from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.pairing import Choice


def kept_choices(client: SageMaker, name: str) -> list[Choice]:
    """Return the stored pairs of a card, oldest first; none if the server lacks the operation, as SageMaker does.

    Raises:
        botocore.exceptions.ClientError: the card does not exist, or the caller lacks permission.
    """
    try:
        answer = own_client(client).list_evaluation_job_pairs(ModelCardName=name)
    except NoSuchOperation:
        return []
    pairs = answer["EvaluationJobPairs"]
    return [Choice(pair["EarlierEvaluationJobName"], pair.get("LaterEvaluationJobName")) for pair in pairs]
