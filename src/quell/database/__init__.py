"""Kernel: one protocol for SQL databases, thin drivers below it."""
