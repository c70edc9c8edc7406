"""The fixtures of the plugin, which this project's own tests may run without an installed entry point."""

from cardwright.testing.fixtures import cardwright_server, cardwright_session

__all__ = ["cardwright_server", "cardwright_session"]
