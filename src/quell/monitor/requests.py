"""What the monitor counts of requests."""

from quell.monitor.tally import Tally
from quell.observability.requests import Answered

UNKNOWN = "unknown"
"""Stands for the operation of a request that was refused and names none."""


class RequestCount:
    """Counts each request by its operation, its status and the milliseconds until all of it was sent.

    Pages and health checks have no operation and are left out, unless they are refused.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def answered(self, request: Answered) -> None:
        """Count a request."""
        operation = request.named.operation
        if operation is not None or request.status >= 400:
            self._tally.request(operation or UNKNOWN, request.status, request.seconds * 1000)
