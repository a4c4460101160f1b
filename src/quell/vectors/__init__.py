"""Kernel: exact nearest-neighbour search over blocks of unit vectors."""
