"""Recipes that turn pretrained weights found in registry packages into the graphs that Quell ships."""
