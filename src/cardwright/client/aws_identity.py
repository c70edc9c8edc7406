"""The caller's identity on AWS, determined as in SageMaker's SDK v2."""

import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3

logger = logging.getLogger("cardwright.client.session")

_NOTEBOOK_METADATA = Path("/opt/ml/metadata/resource-metadata.json")  # inside SageMaker Studio and notebook instances
_DEFAULT_ROLE = "AmazonSageMaker-DefaultRole"
_ASSUMED = re.compile(r"^(.+)sts::(\d+):assumed-role/(.+?)/.*$")


def aws_role_arn(boto_session: "boto3.Session") -> str:
    """Return the ARN of the caller's IAM role, or of the user if the caller has no role.

    Inside SageMaker Studio this is the execution role in the metadata file.
    """
    if _NOTEBOOK_METADATA.exists():
        stated = json.loads(_NOTEBOOK_METADATA.read_text("utf-8")).get("ExecutionRoleArn")
        if stated:
            return str(stated)
    arn: str = boto_session.client("sts").get_caller_identity()["Arn"]
    assumed = _ASSUMED.match(arn)
    if assumed is None:
        return arn
    from botocore.exceptions import ClientError

    begin, account, name = assumed.groups()
    try:
        return str(boto_session.client("iam").get_role(RoleName=name)["Role"]["Arn"])  # with the role's path
    except ClientError as error:
        logger.warning("The path of the role %s is unknown: %s", name, error)
        path = "service-role/" if "AmazonSageMaker-ExecutionRole" in name else ""
        return f"{begin}iam::{account}:role/{path}{name}"


def aws_default_role_arn(boto_session: "boto3.Session") -> str:
    """Return the ARN of ``AmazonSageMaker-DefaultRole``. Unlike SDK v2, this never creates the role.

    Raises:
        ValueError: the role does not exist.
    """
    client = boto_session.client("iam")
    try:
        return str(client.get_role(RoleName=_DEFAULT_ROLE)["Role"]["Arn"])
    except client.exceptions.NoSuchEntityException as error:
        raise ValueError(f"The role {_DEFAULT_ROLE} does not exist: create it, or name an execution role") from error
