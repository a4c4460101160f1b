"""Scripts that put no blanks around their words."""

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # Chinese characters and Japanese kana
    (0xAC00, 0xD7AF),  # Hangul, which glues particles to its words
    (0xF900, 0xFAFF),  # Chinese compatibility characters
    (0x20000, 0x3FFFF),  # rare Chinese characters
)


def is_unspaced(character: str) -> bool:
    """Whether a word of this character's script may stand beside another one without a blank."""
    return any(first <= ord(character) <= last for first, last in _UNSPACED)
