"""Feature: blocklists and allow-lists, terms and patterns that are found in a text word for word."""
