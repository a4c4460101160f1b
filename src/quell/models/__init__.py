"""Kernel: model files that ship with the package, pinned by SHA-256."""
