"""Review policies: which cards they select, what an approval needs, and the rules that check a card."""
