"""Feature: what the server did, counted by hour; names and numbers, never content."""
