"""Trains, calibrates, exports and measures the harm model."""
