"""The models that ship with the package, loaded and verified by SHA-256."""

from collections.abc import Mapping

from quell.analyze.harm_model import HarmReader
from quell.encoders import EncoderSet, OnnxTextEncoder
from quell.harms import HarmModel
from quell.incidents.background import Background
from quell.models import WEIGHTS
from quell.reviewers.domain import ReviewerEngine
from quell.reviewers.embedded import EmbeddedEngine
from quell.text import language

ENGLISH_ENCODER = "gte-small"
GENERAL_ENCODER = "e5-small"
HARM_MODEL = "harms-e5"
COPY_NETWORK = "copies-mobilenet"
NUDITY_MODEL = "nudity-open-nsfw"
TEXT_MODELS = {"text-encoder": (ENGLISH_ENCODER, GENERAL_ENCODER), "text-harms": (HARM_MODEL,)}


def load_encoders() -> EncoderSet:
    """Load the encoders that ship with the package, verified by SHA-256."""
    language.load()
    return EncoderSet(
        general=OnnxTextEncoder(WEIGHTS / GENERAL_ENCODER),
        special={"en": OnnxTextEncoder(WEIGHTS / ENGLISH_ENCODER)},
        detect=language.detect,
    )


def load_reviewer_engine(encoders: EncoderSet) -> ReviewerEngine:
    """Load what reviewers are made with where no other server is asked."""
    return EmbeddedEngine.shipped(encoders)


def load_harms() -> HarmReader:
    """Load the harm model that ships with the package, verified by SHA-256."""
    return HarmModel(WEIGHTS / HARM_MODEL)


def load_backgrounds(encoders: EncoderSet) -> Mapping[str, Background]:
    """Load the ordinary texts that incidents are learned against, one set per encoder."""
    return {name: Background.load(name, encoders[name].revision) for name in encoders.names}
