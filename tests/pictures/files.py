"""Files of pictures: of every format and kind, broken ones, bombs, and files that are two at once."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return an image as a file."""
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def noise(side: int = 64, mode: str = "RGB") -> Image.Image:
    """Return a square of noise, the same at each call."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    shape = (side, side, channels) if channels > 1 else (side, side)
    pixels = np.random.default_rng(1).integers(0, 255, shape, np.uint8)
    return Image.frombytes(mode, (side, side), pixels.tobytes())


def marked(word: str) -> bytes:
    """Return a good PNG with a word in it; the doomed child obeys some words."""
    info = PngInfo()
    info.add_text("note", word)
    return file_of(Image.new("RGB", (60, 50)), "PNG", pnginfo=info)


def variants() -> Mapping[str, list[bytes]]:
    """Return small files of each format in the ways that it can be written."""
    rgb, clear, grey = noise(), noise(mode="RGBA"), noise(mode="L")
    frames = {"save_all": True, "append_images": [rgb.rotate(90), rgb.rotate(180)]}
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    return {
        "JPEG": [
            file_of(rgb, "JPEG", exif=exif),
            file_of(rgb, "JPEG", progressive=True),
            file_of(rgb.convert("CMYK"), "JPEG"),
        ],
        "PNG": [file_of(clear), file_of(rgb.convert("P")), file_of(deep), file_of(rgb, **frames)],
        "GIF": [file_of(rgb, "GIF"), file_of(rgb, "GIF", **frames)],
        "BMP": [file_of(rgb, "BMP"), file_of(grey, "BMP"), file_of(rgb.convert("P"), "BMP")],
        "TIFF": [
            file_of(rgb, "TIFF"),
            file_of(clear, "TIFF", compression="tiff_lzw"),
            file_of(rgb, "TIFF", compression="jpeg"),
            file_of(deep, "TIFF", save_all=True, append_images=[deep]),
        ],
        "WEBP": [
            file_of(rgb, "WEBP"),
            file_of(clear, "WEBP", lossless=True),
            file_of(rgb, "WEBP", **frames),
        ],
    }


def mutated(data: bytes, seed: int) -> bytes:
    """Return the file with a few accidents; half of the accidents happen in its header."""
    chance = random.Random(seed)
    changed = bytearray(data)
    sealed = data[1:4] == b"PNG" and seed % 3 > 0
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(min(len(changed), chance.choice((64, 256, len(changed)))) or 1)
        match chance.randrange(1 if sealed else 6):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                changed[at : at + 4] = struct.pack(
                    chance.choice("<>") + "I", chance.choice((0, 65_535, 2**32 - 1))
                )
            case 2:
                del changed[at : at + chance.randint(1, 40)]
            case 3:
                changed[at:at] = chance.randbytes(chance.randint(1, 40))
            case 4:
                start = chance.randrange(len(changed) or 1)
                changed[at:at] = changed[start : start + chance.randint(1, 200)]
            case _:
                if not chance.randrange(4):
                    del changed[at:]
    return resealed(bytes(changed)) if sealed else bytes(changed)


def resealed(data: bytes) -> bytes:
    """Return a PNG with right check sums, so that its changes reach the decoder."""
    sealed, at = bytearray(data), 8
    while at + 12 <= len(sealed):
        end = at + 8 + int.from_bytes(sealed[at : at + 4], "big")
        if end + 4 > len(sealed):
            break
        sealed[end : end + 4] = struct.pack(">I", zlib.crc32(sealed[at + 4 : end]))
        at = end + 4
    return bytes(sealed)


def png_of(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG that declares these sides, with further chunks; it holds no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def gif_of(frames: int, *, frame: tuple[int, int] = (60, 50), screen: tuple[int, int] = (60, 50)) -> bytes:
    """Return a GIF whose frames declare their sides and hold next to no pixels."""
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x4c\x01\x00"
    table = bytes(6)
    return b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + table + picture * frames + b";"


def tiff_of(*pages: tuple[int, int], tile: int = 0) -> bytes:
    """Return a TIFF whose pages declare their sides; it holds no pixels."""
    at, body = 8, b""
    for place, (width, height) in enumerate(pages):
        tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8)]
        tags += [(322, 4, 1, tile), (323, 4, 1, tile)] if tile else []
        entry = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        at += len(entry) + 4
        body += entry + struct.pack("<I", at if place + 1 < len(pages) else 0)
    return b"II*\x00" + struct.pack("<I", 8) + body


def webp_of(width: int, height: int) -> bytes:
    """Return a WEBP that declares these sides; it holds no pixels."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def bmp_of(width: int, height: int) -> bytes:
    """Return a BMP that declares these sides; it holds no pixels."""
    return b"BM" + struct.pack("<IIIIiiHH", 54, 0, 54, 40, width, height, 1, 24) + bytes(24)


def jpeg_of(width: int, height: int) -> bytes:
    """Return a JPEG that declares these sides; its pixels are those of a smaller one."""
    data = file_of(Image.new("RGB", (60, 50)), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def bombs() -> Mapping[str, bytes]:
    """Return files of a few kilobytes that would be gigabytes of pixels, by name."""
    animated = (b"acTL", struct.pack(">II", 9, 0))
    controls = [(b"fcTL", struct.pack(">IIIIIHHBB", n, 7_000, 7_000, 0, 0, 1, 1, 0, 0)) for n in range(9)]
    return {
        "png": png_of(60_000, 60_000),
        "png, animated": png_of(7_000, 7_000, animated, *controls),
        "jpeg": jpeg_of(65_000, 65_000),
        "gif": gif_of(1, frame=(65_000, 65_000), screen=(65_000, 65_000)),
        "gif, later frame": gif_of(1)[:-1] + gif_of(1, frame=(65_000, 65_000))[19:],
        "gif, many frames": gif_of(1_900, frame=(1_000, 1_000), screen=(1_000, 1_000)),
        "gif, too many frames": gif_of(2_001),
        "bmp": bmp_of(60_000, -60_000),
        "tiff": tiff_of((60_000, 60_000)),
        "tiff, later page": tiff_of((60, 50), (60_000, 60_000)),
        "tiff, large tile": tiff_of((60, 50), tile=60_000),
        "tiff, many pages": tiff_of(*[(7_000, 7_000)] * 8),
        "webp": webp_of(16_384, 16_384),
    }


def archive() -> bytes:
    """Return a small ZIP."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr("note.txt", "hello")
    return written.getvalue()
