"""KMS keys: the server encrypts nothing with them, and may record their identifiers."""

from enum import StrEnum

from cardwright.core.errors import Invalid


class KmsKeys(StrEnum):
    """How a store handles ``SecurityConfig.KmsKeyId``."""

    REFUSE = "refuse"
    RECORD = "record"


def check_kms_key(key_id: str | None, kms_keys: KmsKeys) -> None:
    """Raise :class:`Invalid` for a key in a store that does not record keys."""
    if key_id is not None and kms_keys is not KmsKeys.RECORD:
        raise Invalid(
            "SecurityConfig.KmsKeyId: this server encrypts nothing with KMS keys and refuses them. Leave"
            " SecurityConfig out, or start the server with --kms-keys record (CARDWRIGHT_KMS_KEYS=record), which stores"
            " the identifier of the key without encrypting."
        )
