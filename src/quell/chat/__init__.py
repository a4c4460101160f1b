"""Asks language models: any server that speaks OpenAI's chat completions, for texts and for pictures."""

from quell.chat.answer import Said
from quell.chat.client import ChatClient, Place, until
from quell.chat.dialect import Dialect, Message
from quell.chat.exchange import Exchange, TooLong
from quell.chat.opening import place_of, read_key

__all__ = [
    "ChatClient",
    "Dialect",
    "Exchange",
    "Message",
    "Place",
    "Said",
    "TooLong",
    "place_of",
    "read_key",
    "until",
]
