"""Recipes for the models that ship with the package; not part of it."""
