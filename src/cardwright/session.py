"""The public path of :class:`cardwright.client.session.Session`."""

from cardwright.client.session import Session, get_execution_role

__all__ = ["Session", "get_execution_role"]
