"""Comparison of any two versions of any two cards."""
