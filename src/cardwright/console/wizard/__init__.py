"""The form of a card in steps, over a draft."""
