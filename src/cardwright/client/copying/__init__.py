"""Copies of cards between stores: SageMaker on AWS, servers and local folders, through the API of every client."""

from cardwright.client.copying.copier import Copier, Outcome
from cardwright.client.copying.journal import Journal, JournalInUse
from cardwright.client.copying.side import Side, open_side

__all__ = ["Copier", "Journal", "JournalInUse", "Outcome", "Side", "open_side"]
