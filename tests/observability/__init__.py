"""Tests of logs and health."""
