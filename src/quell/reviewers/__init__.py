"""Feature: auto reviewers, a policy of labels and examples kept as numbered versions."""
