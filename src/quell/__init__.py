"""Quell: an open, self-hosted content-safety service."""

__version__ = "0.1.0"
