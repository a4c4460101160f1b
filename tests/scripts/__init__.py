"""Tests of the launcher and the checks."""
