"""What each operation asks of a key: `analyze`, `read` or `manage`.

    analyze   POST to content (`text:analyze`), or to a resource to judge content with it (`{name}:test`)
    read      every GET
    manage    everything else; it includes the other two

An operation that fits neither of the first two needs `manage`, so that a new one is closed
until it is opened.
"""

from quell.http.operations import OWN_PREFIX, PREFIX, Operation
from quell.values import EVERY_ROLE, Role

JUDGING_VERBS = frozenset({"test", "preview", "compare", "review"})
"""Custom verbs on resources that judge content and change nothing."""

_WITHOUT_VERB = frozenset({"analyze", "analyzeBySafetyPolicy"})
_FOR_EVERYONE = frozenset({"Quell_Capabilities"})


def roles_for(operation: Operation) -> frozenset[Role]:
    """Return the roles of which one is needed for an operation; `manage` is always among them."""
    if operation.id in _FOR_EVERYONE:
        return EVERY_ROLE
    if operation.method == "GET":
        return frozenset({"read", "manage"})
    if operation.method == "POST" and _judges(operation):
        return frozenset({"analyze", "manage"})
    return frozenset({"manage"})


def changes(operation: Operation) -> bool:
    """Whether an operation changes what is kept, so that only `manage` may ask for it."""
    return roles_for(operation) == {"manage"}


def _judges(operation: Operation) -> bool:
    prefix = OWN_PREFIX if operation.own else PREFIX
    noun, _, verb = operation.path.removeprefix(prefix).strip("/").partition(":")
    if "/" not in noun:
        return bool(verb) or noun in _WITHOUT_VERB
    return verb in JUDGING_VERBS
