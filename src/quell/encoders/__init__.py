"""Kernel: texts to unit vectors."""
