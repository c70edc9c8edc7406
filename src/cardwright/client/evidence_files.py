"""Sends files of evidence to a server, and reads them back."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import CardwrightError
from cardwright.core.evidence import INLINE, LARGEST

if TYPE_CHECKING:
    from cardwright.client.answers.findings import Evidence

_UPLOADS = "evidence-uploads"


class UploadingSession(Protocol):
    """The methods of a session that are needed to send a file."""

    @property
    def sagemaker_client(self) -> SageMaker: ...
    def upload_data(self, path: str, bucket: str | None = None, key_prefix: str = "data") -> str: ...


class EvidenceUnreadable(CardwrightError):
    """A file cannot be evidence, or it arrived damaged."""


def send_evidence(session: UploadingSession, name: str, path: Path, members: Mapping[str, object]) -> "Evidence":
    """Add a file as evidence of a card. Returns it in the form of ListEvidence.

    A file above 3 MB goes through S3, to the folder ``evidence-uploads`` of the session's default bucket.

    Args:
        members: further members of AddEvidence.

    Raises:
        EvidenceUnreadable: the file is empty or too large.
        OSError: it cannot be read.
        botocore.exceptions.ClientError: the server refuses.
    """
    size = path.stat().st_size
    if not 0 < size <= LARGEST:
        raise EvidenceUnreadable(f"{path}: a file of evidence has 1 to {LARGEST:,} bytes, and this one has {size:,}")
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if len(data) <= INLINE:
        file: dict[str, object] = {"Document": data}
    else:
        file = {"S3Uri": session.upload_data(str(path), key_prefix=f"{_UPLOADS}/{digest}"), "SourceUri": path.name}
    own = own_client(session.sagemaker_client)
    answer = own.add_evidence(ModelCardName=name, FileName=path.name, FileSha256=digest, **file, **members)
    return answer["Evidence"]


def receive_evidence(client: SageMaker, evidence_id: str) -> tuple["Evidence", bytes]:
    """Return a piece of evidence in the form of ListEvidence, and the bytes of its file.

    Raises:
        EvidenceUnreadable: the bytes have another SHA-256.
        botocore.exceptions.ClientError: there is no such evidence, or its object is missing or damaged.
    """
    own = own_client(client)
    answer = own.get_evidence(EvidenceId=evidence_id)
    evidence = answer["Evidence"]
    parts, read = [answer["Document"]], len(answer["Document"])
    while read < evidence["FileSize"]:
        parts.append(own.get_evidence(EvidenceId=evidence_id, Offset=read)["Document"])
        read += len(parts[-1])
    data = b"".join(parts)
    if hashlib.sha256(data).hexdigest() != evidence["FileSha256"]:
        raise EvidenceUnreadable(f"{evidence['FileName']} arrived with another SHA-256 than {evidence['FileSha256']}")
    return evidence, data
