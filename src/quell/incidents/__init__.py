"""Feature: incidents, defined by a handful of samples and matched within a second."""
