"""A server that was told to accept larger bodies."""

from pathlib import Path

from tests.acceptance.live_server import running_server

MIB = 1024 * 1024


def test_a_body_as_large_as_was_set_is_accepted(tmp_path: Path) -> None:
    """Also one larger than all bodies together may be by default; one more byte is refused for good."""
    body = b'{"text":"a"'.ljust(40 * MIB - 1) + b"}"
    path = "/contentsafety/text:analyze?api-version=2024-09-01"
    headers = {"Content-Type": "application/json"}

    setting = str(40 * MIB)
    with running_server(tmp_path / "folder", max_body_bytes=setting) as server, server.client() as client:
        accepted = client.post(path, content=body, headers=headers)
        refused = client.post(path, content=body + b" ", headers=headers)

    assert (accepted.status_code, refused.status_code) == (200, 413)
