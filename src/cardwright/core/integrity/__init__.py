"""Tamper evidence: history chains, their replay, verification and anchors."""
