"""Pages of reviews: the strip on a card, decisions, the list of a person's reviews, and the queue."""
