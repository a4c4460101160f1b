"""Which hosts a mode opens."""

import pytest

from quell.blobs.links import LinkRefused, read_link
from quell.blobs.policy import BlobPolicy
from quell.errors import SettingsRefused

AZURE = "https://pictures.blob.core.windows.net/c/a.png?sig=x"
OTHER = "https://images.example.org/a.png"


def allowed(policy: BlobPolicy, url: str) -> bool:
    """Tell whether a policy lets a URL be followed."""
    try:
        policy.check(read_link(url))
    except LinkRefused:
        return False
    return True


def test_off_bars_everything_even_named_hosts() -> None:
    """Off is off."""
    policy = BlobPolicy("off", ["images.example.org"])

    assert not any(allowed(policy, url) for url in (AZURE, OTHER))


def test_deny_opens_named_hosts_only() -> None:
    """Neither Azure's hosts nor the neighbours of a named one."""
    policy = BlobPolicy("deny", ["images.example.org"])

    assert allowed(policy, OTHER)
    assert not allowed(policy, AZURE)
    assert not allowed(policy, "https://more.images.example.org/a.png")


@pytest.mark.parametrize(
    "host",
    [
        "pictures.blob.core.windows.net",
        "pictures.blob.core.usgovcloudapi.net",
        "pictures.blob.core.chinacloudapi.cn",
        "pictures.z12.blob.storage.azure.net",
        "pictures-secondary.blob.core.windows.net",
    ],
)
def test_azure_is_the_default_and_opens_its_blob_hosts(host: str) -> None:
    """What the hosted service fetches works without a setting."""
    assert allowed(BlobPolicy(), f"https://{host}/c/a.png?sig=x")


@pytest.mark.parametrize(
    "host",
    [
        "images.example.org",
        "pictures.blob.core.windows.net.example.org",
        "pictures-blob.core.windows.net",
        "blob.core.windows.net",
        "a.b.blob.core.windows.net",
        "pictures.queue.core.windows.net",
        "pictures.blob.core.windows.net:8443",
    ],
)
def test_azure_opens_nothing_that_only_looks_like_it(host: str) -> None:
    """Only storage accounts, only on the usual port."""
    assert not allowed(BlobPolicy("azure"), f"https://{host}/c/a.png")


def test_a_named_host_may_be_private_and_another_may_not() -> None:
    """Only the very host, with its port where one is named, counts as the operator's word."""
    policy = BlobPolicy("allow", ["127.0.0.1:10000", "store.internal"])

    named = [policy.check(read_link(url)) for url in ("http://127.0.0.1:10000/a", "http://store.internal/a")]

    assert named == [True, True]
    assert policy.check(read_link(OTHER)) is False
    assert not allowed(policy, "http://127.0.0.1:10001/a")
    assert not allowed(policy, "http://store.internal:8080/a")


def test_names_below_a_named_one_are_open_but_not_trusted() -> None:
    """A star opens public hosts over https; it is no exact word for a private one."""
    policy = BlobPolicy("deny", ["*.example.org", "*.example.net:8443"])

    assert policy.check(read_link(OTHER)) is False
    assert policy.check(read_link("https://a.example.net:8443/a")) is False
    assert not allowed(policy, "https://example.org/a")
    assert not allowed(policy, "https://badexample.org/a")
    assert not allowed(policy, "http://images.example.org/a")


@pytest.mark.parametrize(
    "entry", ["", "http://a.example.org", "a.example.org/x", "*", "127.1", "a:b", "::1", "a@b"]
)
def test_an_entry_that_is_no_host_is_refused_at_start(entry: str) -> None:
    """A mistyped entry is named instead of silently opening nothing."""
    with pytest.raises(SettingsRefused, match="blob_hosts"):
        BlobPolicy("deny", [entry])
