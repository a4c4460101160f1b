"""Tests of the blocklists feature."""
