"""Kernel: the wire, in the shape of Azure AI Content Safety."""
