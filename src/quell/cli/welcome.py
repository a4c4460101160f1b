"""What a started server says: where it is, where its key is, and something to paste."""

import shlex
from typing import TYPE_CHECKING

from quell import __version__
from quell.cli.keys import whereabouts
from quell.cli.listening import local_certificate
from quell.http.auth import KEY_HEADER
from quell.http.keys import DEVELOPMENT_KEY, KEYS_FILE

if TYPE_CHECKING:
    from quell.settings import Settings

_SCRIPT = """\
endpoint={endpoint}
key={key}
ask() {{ curl -sS{trust} -H "{header}: $key" -H 'Content-Type: application/json' "$@"; echo; }}
ask -X PATCH "$endpoint/contentsafety/text/incidents/ticket-scam?api-version=2024-09-15-preview" \\
  -d '{{"incidentDefinition": "Concert tickets that are paid for and never sent"}}'
ask "$endpoint/contentsafety/text/incidents/ticket-scam:addIncidentSamples?api-version=2024-09-15-preview" \\
  -d '{{"incidentSamples": [{{"text": "Selling two front row tickets, pay me by gift card first"}},
    {{"text": "Concert tickets for tonight, half price, send the deposit before I mail them"}},
    {{"text": "Cannot go to the show, transfer the money and I will forward the tickets"}}]}}'
ask "$endpoint/contentsafety/text:detectIncidents?api-version=2024-09-15-preview" \\
  -d '{{"text": "I have 2 tickets for the concert, just send me a gift card and I mail them", \
"incidentNames": ["ticket-scam"]}}'
"""

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - to be replaced, not to be bound


def endpoint(settings: "Settings", port: int) -> str:
    """Return the URL under which this machine reaches the server."""
    host = settings.host.strip("[]")
    shown = _EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    return f"{'https' if settings.https else 'http'}://{shown}:{port}"


def welcome(settings: "Settings", port: int) -> str:
    """Return the text for the terminal; the keys themselves are not in it."""
    here = endpoint(settings, port)
    certificate = local_certificate(settings) if settings.tls and settings.tls_cert is None else None
    parts = [
        f"Quell {__version__} is ready.\n\n  Endpoint  {here}\n  Key       {whereabouts(settings)}"
        f"\n  Docs      {here}/api-docs/\n"
    ]
    if certificate is not None:
        parts.append(certificate.how_to_trust + "\n")
    script = _SCRIPT.format(
        endpoint=shlex.quote(here),
        key=_key_in_shell(settings),
        header=KEY_HEADER,
        trust=f" --cacert {shlex.quote(str(certificate.certificate))}" if certificate else "",
    )
    parts.append(f"Paste this to define an incident, add three samples and get a match:\n\n{script}")
    return "\n".join(parts)


def _key_in_shell(settings: "Settings") -> str:
    if settings.no_auth:
        return "none"
    if settings.development:
        return DEVELOPMENT_KEY
    if settings.keys:
        return '"${QUELL_KEYS%%,*}"  # or one of the keys in your settings file'
    path = shlex.quote(str(settings.keys_file or settings.data / KEYS_FILE))
    return f"$(sed -n '/^[^#]/{{s/,.*//;p;q;}}' {path})"
