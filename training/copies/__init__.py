"""How copies are found: pictures of openly licensed packages, edits of them, one small network."""
