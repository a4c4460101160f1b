"""Tests of the recipes in `training/` that need no training."""
