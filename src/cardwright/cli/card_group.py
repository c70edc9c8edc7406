"""``cardwright card``: the commands for cards, each imported at its first use."""

import click

from cardwright.cli.command_table import CommandTable

_COMMANDS = {
    "copy": ("copy:copy", "Copy cards with their versions, statuses and tags to another store."),
    "create": ("card:create", "Create a card."),
    "delete": ("card:delete", "Delete a card with all its versions."),
    "deleted": ("card:deleted", "List deleted cards, latest deletion first."),
    "diff": ("diff:diff", "Compare two cards or versions: A and B are NAME or NAME:VERSION."),
    "events": ("card:events", "List the events of a card, newest first, with user and comment."),
    "export": ("export:export", "Write a card, or all cards, as documents."),
    "history": ("card:history", "List a card's versions, newest first."),
    "import": (
        "imports:import_card",
        "Import cards from a file of another tool, or from each card file of a folder (- for standard input).",
    ),
    "lint": ("card:lint", "Check the content in FILE (- for standard input) and suggest improvements."),
    "list": ("card:list_cards", "List cards."),
    "pairs": ("diff:job_pairs", "List the pairs of evaluation jobs that are stored with a card."),
    "show": ("card:show", "Show a card with its metadata, tags and content."),
    "source": ("imports:source", "Write the file that a card was imported from, byte for byte."),
    "status": ("card:set_status", "Set a card's status."),
    "update": ("card:update", "Give a card new content, a new status, or both."),
}
"""As the table of all commands. Help lists them in this order."""


@click.group(cls=CommandTable, table=_COMMANDS)
def card() -> None:
    """Model cards on a server."""
