"""Tests of quell.scenes."""
