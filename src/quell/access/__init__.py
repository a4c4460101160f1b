"""Feature: named keys with roles and rates, bearer tokens, and who is let in by them."""
