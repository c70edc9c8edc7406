"""Sign-in, sessions, people and access keys."""
