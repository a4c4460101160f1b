"""What a file says of itself, read without decoding: format, sides, frames, and where its picture ends.

Read by hand and not by a library: WEBP's allocates two canvases as soon as it is opened, and later frames of
a GIF or TIFF can be larger than the first. Every walk is bounded, and no step of it allocates.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PARTS = 65_536
"""Blocks, chunks or segments that a file is read through at most; 4 MiB of GIF have 17,000."""

MAX_SCANS = 64
"""Passes over the pixels of a JPEG; programs write about ten, and a few bytes can cost a whole pass."""

_JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)  # not stuffing, filling or a restart
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Broken(ValueError):
    """The header cannot be followed; the text is the rest of a sentence about the image."""


@dataclass(frozen=True, slots=True)
class Header:
    """Sides of the first frame in pixels, as stored; the largest sides of any; the offset behind the end."""

    format: str
    width: int
    height: int
    frames: int = 1
    largest: tuple[int, int] = (0, 0)
    end: int | None = None


def read_header(data: bytes) -> Header | None:
    """Return what the header says, or None for none of the formats; raises Broken."""
    for signature, name, read in _READERS:
        if signature.match(data):
            try:
                header = read(data)
            except (IndexError, struct.error) as short:
                raise Broken(f"its {name} data ends too early") from short
            if header.end is not None and header.end > len(data):
                raise Broken(f"its {name} data ends too early")
            return header
    return None


def _parts() -> Iterator[int]:
    yield from range(MAX_PARTS)
    raise Broken("it has too many parts")


def _jpeg(data: bytes) -> Header:
    at, size, end, scans = 2, None, None, 0
    parts = _parts()
    while found := _JPEG_MARKER.search(data, at):
        next(parts)
        marker, at = found.group()[1], found.end()
        if marker == 0xD9:
            end = at
            break
        if marker in {0xD8, 0x01}:
            continue
        scans += marker == 0xDA
        if scans > MAX_SCANS:
            raise Broken("it has too many scans")
        (length,) = struct.unpack_from(">H", data, at)
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, at + 3)
            size = (width, height)
        at += length
    if size is None:
        raise Broken("its JPEG header has no size")
    # No end: whether all pixels are there is seen when they are decoded.
    return Header("JPEG", *size, largest=size, end=end)


def _png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise Broken("its PNG header has no size")
    width, height = struct.unpack_from(">II", data, 16)
    at, frames, before = 8, 0, 0
    for _ in _parts():
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if kind == b"IEND":
            break
        if kind == b"fcTL":
            frames += 1
        elif kind == b"IDAT" and not frames:
            before = 1
    frames = max(frames + (before if frames else 0), 1)
    return Header("PNG", width, height, frames, (width, height), at)


def _gif(data: bytes) -> Header:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _table(flags)
    first: tuple[int, int] | None = None
    largest, frames, end = (width, height), 0, None
    parts = _parts()
    while at < len(data):
        next(parts)
        kind = data[at]
        at += 1
        if kind == 0x3B:
            end = at
            break
        if kind == 0x21:
            at = _behind_blocks(data, at + 1, parts)
        elif kind == 0x2C:
            left, top, wide, high, flags = struct.unpack_from("<HHHHB", data, at)
            largest = (max(largest[0], left + wide), max(largest[1], top + high))
            first = first or largest
            frames += 1
            at = _behind_blocks(data, at + 10 + _table(flags), parts)
    if first is None:
        raise Broken("its GIF data has no picture")
    return Header("GIF", *first, frames, largest, end)


def _table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _behind_blocks(data: bytes, at: int, parts: Iterator[int]) -> int:
    while size := data[at]:
        next(parts)
        at += size + 1
    return at + 1


def _bmp(data: bytes) -> Header:
    (size,) = struct.unpack_from("<I", data, 2)
    (kind,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if kind == 12 else "<ii", data, 18)
    if width < 0:
        raise Broken("its BMP width is negative")
    height = abs(height)  # negative: from top to bottom
    # Many writers leave the size of the file wrong; one that is larger than the file says nothing.
    return Header("BMP", width, height, 1, (width, height), size if 26 <= size <= len(data) else None)


def _tiff(data: bytes) -> Header:
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    sizes: list[tuple[int, int]] = []
    seen: set[int] = set()
    parts = _parts()
    while at and at not in seen:
        next(parts)
        seen.add(at)
        (count,) = struct.unpack_from(order + "H", data, at)
        tags = dict(_tiff_tags(data, at + 2, count, order))
        at += 2 + 12 * count
        if 256 not in tags or 257 not in tags:
            raise Broken("its TIFF header has no size")
        # A tile can be declared larger than its picture, and is allocated whole.
        sizes.append((max(tags[256], tags.get(322, 0)), max(tags[257], tags.get(323, 0))))
        if len(sizes) == 1:
            first = (tags[256], tags[257])
        (at,) = struct.unpack_from(order + "I", data, at)
    if not sizes:
        raise Broken("its TIFF data has no picture")
    largest = (max(wide for wide, _ in sizes), max(high for _, high in sizes))
    return Header("TIFF", *first, len(sizes), largest)


def _tiff_tags(data: bytes, at: int, count: int, order: str) -> Iterator[tuple[int, int]]:
    """Yield tags of one number that matter here, with the number."""
    for start in range(at, at + 12 * count, 12):
        tag, kind, many = struct.unpack_from(order + "HHI", data, start)
        if tag in {256, 257, 322, 323}:
            if kind not in {3, 4} or many != 1:
                raise Broken("its TIFF header has no size")
            yield tag, struct.unpack_from(order + ("H" if kind == 3 else "I"), data, start + 8)[0]


def _webp(data: bytes) -> Header:
    (size,) = struct.unpack_from("<I", data, 4)
    end = size + 8
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    else:
        raise Broken("its WEBP header has no size")
    at, frames = 12, 0
    parts = _parts()
    while at + 8 <= min(end, len(data)):
        next(parts)
        chunk, length = struct.unpack_from("<4sI", data, at)
        frames += chunk == b"ANMF"
        at += 8 + length + length % 2
    return Header("WEBP", width, height, max(frames, 1), (width, height), end)


_READERS = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG", _jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG", _png),
    (re.compile(rb"GIF8[79]a"), "GIF", _gif),
    (re.compile(rb"BM.{12}[\x0c-\x80]\x00\x00\x00", re.DOTALL), "BMP", _bmp),
    (re.compile(rb"II\*\x00|MM\x00\*"), "TIFF", _tiff),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "WEBP", _webp),
)
