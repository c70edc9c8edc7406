"""Comments on fields: in the margin of a card's page, in the form, and the forms that post them."""
