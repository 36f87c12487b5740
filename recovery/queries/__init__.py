"""Reads of recovery."""
