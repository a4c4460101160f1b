"""Text encoders: a text becomes unit vectors, one for each window of it."""

from quell.encoders.base import TextEncoder, Window
from quell.encoders.onnx import OnnxTextEncoder
from quell.encoders.routing import EncoderSet

__all__ = ["EncoderSet", "OnnxTextEncoder", "TextEncoder", "Window"]
