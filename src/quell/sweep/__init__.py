"""Feature: what incidents, blocklists, harm categories and reviewers say of stored content of any size."""
