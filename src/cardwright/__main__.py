"""The program ``cardwright``, and ``python -m cardwright``."""

from cardwright.server.signals import end_at_once


def main() -> None:
    """Run the command line. Its libraries take a tenth of a second to import; a signal may come within it."""
    end_at_once()
    from cardwright.cli import main as run

    run()


if __name__ == "__main__":
    main()
