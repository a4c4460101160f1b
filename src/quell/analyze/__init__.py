"""Feature: text analysis, the verdict over blocklists, incidents and harm categories."""
