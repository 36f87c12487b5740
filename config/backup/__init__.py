"""Backup while people work, and restore into an empty place (docs/operation.md, decision 0042)."""
