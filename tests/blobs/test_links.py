"""Links: what a redirect may say."""

import pytest

from quell.blobs.links import LinkRefused, read_link


@pytest.mark.parametrize("location", ["//[]", "//[::1", "https://[x]/", "http://example.org/a", "ftp://a/"])
def test_a_redirect_that_leads_nowhere_is_refused(location: str) -> None:
    """A host that answers with a broken, a foreign or an unsafe address gets a refusal, never a fault."""
    link = read_link("https://example.org/a/b")

    with pytest.raises(LinkRefused):
        link.follow(location)


def test_a_redirect_is_followed_from_where_it_stands() -> None:
    """A relative address is joined to the one that redirects."""
    link = read_link("https://example.org/a/b?c")

    assert link.follow("../d?e").target == "/d?e"
