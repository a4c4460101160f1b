"""Feature: the audit log: who changed what, when, and how it ended; names alone, never content."""
