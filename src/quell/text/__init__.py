"""Kernel: texts as a reader sees them, with evasion tricks undone."""
