"""A key that has a rate is held to it: else 429 in the gateway's words, with the seconds to wait."""

import math

from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import RateExceeded
from quell.http.context import RequestContext, context_of
from quell.http.rates import TIERS, Meter, group_of, read_rate


class RateCheck:
    """Refuses requests above the rate of who asks."""

    def __init__(self, app: ASGIApp, meter: Meter | None = None) -> None:
        self._app = app
        self._meter = meter or Meter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        context = context_of(scope)
        if context.principal is not None and context.principal.rate:
            self._count(context, context.principal.name, context.principal.rate)
        await self._app(scope, receive, send)

    def _count(self, context: RequestContext, name: str, rate: str) -> None:
        rates, operation = read_rate(rate), context.operation
        if rates is None or operation is None:
            return
        group = "" if "" in rates else group_of(operation)
        wait = self._meter.wait(name, group, rates[group])
        if wait > 0:
            seconds = math.ceil(wait)
            version = f" of api-version {context.api_version}" if context.api_version else ""
            tier = f"rate of the tier {rate}" if rate in TIERS else f"rate {rate}"
            raise RateExceeded(
                f"Requests to the {operation.id} Operation{version} have exceeded the {tier} "
                f"of '{name}'. Please retry after {seconds} second{'s' if seconds > 1 else ''}.",
                retry_after=seconds,
                reason="rate",
            )
