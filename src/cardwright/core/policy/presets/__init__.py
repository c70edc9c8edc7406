"""Policies that come with Cardwright, as files to read, copy and edit."""

import importlib.resources

NAMES = ("four-eyes", "sr-26-2", "eu-ai-act-high-risk")


def preset_text(name: str) -> str:
    """Return the text of the policy with one of ``NAMES``."""
    file = importlib.resources.files("cardwright.core.policy.presets") / f"{name}.yaml"
    return file.read_text(encoding="utf-8")
