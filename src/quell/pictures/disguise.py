"""Files that are not what they seem: other formats by name, and pictures that are a second file as well.

A picture counts as two files if another program would open it as something else:

- a ZIP directory stands at its very end, as ZIP is read from there, wherever the rest of the archive is;
- `%PDF-` stands in its first 1,024 bytes, as PDF readers search there;
- behind the end of the picture begins an archive, a document or a program, or a page or script is found.

Anything else behind the end is allowed: phones append films, depth maps and second views to photographs.
"""

import re
import struct

from quell.pictures.headers import Header

_STARTS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), name)
    for pattern, name in (
        (rb"%PDF-", "a PDF document"),
        (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript document"),
        (rb"PK(\x03\x04|\x05\x06|\x07\x08)", "a ZIP archive"),
        (rb"Rar!\x1a\x07", "a RAR archive"),
        (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (rb"\x1f\x8b\x08", "a gzip archive"),
        (rb"\x7fELF|MZ.{58}|\xca\xfe\xba\xbe|#!\s*/", "a program"),
        (rb"(<\?xml.{0,400}?)?<svg", "an SVG drawing"),
        (rb"<(!doctype html|html|head|body|script)|<\?php", "a web page or script"),
    )
)
_FOREIGN: tuple[tuple[re.Pattern[bytes], str], ...] = (
    *_STARTS,
    *(
        (re.compile(pattern, re.DOTALL), name)
        for pattern, name in (
            (rb".{4}ftyp(heic|heix|heim|heis|hevc|mif1|msf1)", "a HEIC picture"),
            (rb".{4}ftypavi[fs]", "an AVIF picture"),
            (rb".{4}ftyp", "a film"),
            (rb"\xff\x0a|\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
            (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 picture"),
            (rb"II\+\x00|MM\x00\+", "a BigTIFF picture"),
            (rb"\x00\x00[\x01\x02]\x00", "an icon"),
            (rb"8BPS", "a Photoshop document"),
            (rb"RIFF.{4}(AVI |WAVE)|\x1a\x45\xdf\xa3", "a film or sound"),
            (rb"P[1-7]\s", "a Netpbm picture"),
            (rb"data:[\w/+.-]*[;,]", "a data URL: the field takes the Base64 part alone"),
        )
    ),
)
_PAGES = (b"<!doctype html", b"<html", b"<script", b"<?php")
_BEGINNING = 1_024
_ZIP_END = b"PK\x05\x06"


def foreign_name(data: bytes) -> str | None:
    """Name what a file is that is none of the formats, where it is known."""
    beginning = data[:_BEGINNING]
    text = beginning.lstrip()
    return next((name for pattern, name in _FOREIGN if pattern.match(beginning) or pattern.match(text)), None)


def second_file(data: bytes, header: Header) -> str | None:
    """Name the other file that a picture also is; None for a picture that is only that."""
    if _ends_as_zip(data):
        return "a ZIP archive"
    if data.find(b"%PDF-", 0, _BEGINNING) >= 0:
        return "a PDF document"
    if header.end is None or header.end >= len(data):
        return None
    behind = data[header.end :].lstrip(b"\x00\r\n\t ")
    begun = next((name for pattern, name in _STARTS if pattern.match(behind)), None)
    if begun is not None:
        return begun
    small = behind.lower()
    return "a web page or script" if any(page in small for page in _PAGES) else None


def _ends_as_zip(data: bytes) -> bool:
    at = data.rfind(_ZIP_END, -(22 + 65_535))
    if at < 0 or at + 22 > len(data):
        return False
    (comment,) = struct.unpack_from("<H", data, at + 20)
    return bool(at + 22 + comment == len(data))
