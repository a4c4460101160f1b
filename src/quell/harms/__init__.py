"""The harm model: how hateful, sexual, violent or self-harming a text is, told as ordinal severities."""

from quell.harms.domain import CATEGORIES, CategoryReading, HarmReading, Telling
from quell.harms.model import HarmModel

__all__ = ["CATEGORIES", "CategoryReading", "HarmModel", "HarmReading", "Telling"]
