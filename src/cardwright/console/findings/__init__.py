"""Pages of findings, evidence and waivers."""
