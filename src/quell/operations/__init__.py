"""Feature: long-running operations and their status."""
