"""The members of a request or an answer."""

from typing import Any, TypeAlias

Members: TypeAlias = dict[str, Any]
"""Values by the wire's own member names; times are seconds since the epoch."""
