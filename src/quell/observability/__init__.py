"""Kernel: logs without user text, health and readiness."""
