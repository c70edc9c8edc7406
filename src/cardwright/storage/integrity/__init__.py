"""Verification and backup of a store."""
