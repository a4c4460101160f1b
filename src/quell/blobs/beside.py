"""Where a copy of a blob goes: into the same virtual directory, under a name of ours."""

from urllib.parse import parse_qs, quote

from quell.blobs.stores import split_blob

_BUCKETS = ("s3://", "gs://")
_SAFE = "/!$&'()*+,;=:@~-._"


def beside(url: str, delimiter: str, name: str) -> tuple[str, str]:
    """Return the URL of a blob of this name beside another one, and the query that signs for it.

    Directories end at `delimiter`, in the key without its percent signs; raises LinkRefused.
    """
    bare, _, query = url.partition("?")
    place, key = split_blob(bare)
    cut = key.rfind(delimiter)
    copy = (key[: cut + len(delimiter)] if cut >= 0 else "") + name
    return f"{place}/{copy if bare.startswith(_BUCKETS) else quote(copy, safe=_SAFE)}", query


def signed_for_writing(query: str) -> bool:
    """Whether a SAS says that other blobs of its container or directory may be written with it.

    What a blob's own signature allows ends with that blob, and an unsigned URL allows nothing.
    """
    try:
        fields = {name.lower(): values[-1] for name, values in parse_qs(query).items()}
    except ValueError:
        return False
    wide = fields.get("sr") in ("c", "d") or "ss" in fields
    return wide and "sig" in fields and any(right in fields.get("sp", "") for right in "wc")
