"""The error catalogue: code, status and sentence of everything Quell refuses.

    QuellError
    ├─ service layer (Azure-shaped, `details: []`)
    │  ├─ InvalidRequestBody        400      ├─ RequestTimeout        408
    │  ├─ InvalidResourceName       400      ├─ RequestEntityTooLarge 413
    │  ├─ MissingApiVersion         400      ├─ UnsupportedMediaType  415
    │  ├─ ResourceNotFound          404      ├─ TooManyRequests       429
    │  ├─ InternalError             500      ├─ NotImplementedYet     501
    │  └─ ServerBusy                503
    ├─ gateway layer (code is the status as a string)
    │  ├─ AccessDenied 401   ├─ RoleRefused 403
    │  ├─ RouteNotFound 404  ├─ RateExceeded 429
    │  └─ UnsupportedApiVersion 404
    └─ start-up (never on the wire)
       ├─ ModelUnusable   ├─ DatabaseUnusable   └─ SettingsRefused

The docstring of each class is its default message. Features raise; the edge renders.
"""

from typing import ClassVar, Literal


class QuellError(Exception):
    """Something was refused."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "InternalError"
    layer: ClassVar[Literal["service", "gateway", "startup"]] = "service"

    def __init__(
        self,
        message: str | None = None,
        *,
        target: str | None = None,
        retry_after: int | None = None,
        reason: str = "other",
    ) -> None:
        self.message = message or (type(self).__doc__ or "").split("\n")[0]
        self.target = target
        self.retry_after = retry_after
        # One of a few words of the source: metrics count what could not be taken on by it.
        self.reason = reason
        super().__init__(self.message)


class InvalidRequestBody(QuellError):
    """The request does not match the API definition."""

    status = 400
    code = "InvalidRequestBody"


class InvalidResourceName(QuellError):
    """A name or id in the URL breaks its pattern or length."""

    status = 400
    code = "InvalidResourceName"


class MissingApiVersion(QuellError):
    """The api-version query parameter (?api-version=) is required for all requests."""

    status = 400
    code = "MissingApiVersionParameter"


class ResourceNotFound(QuellError):
    """The requested resource does not exist."""

    status = 404
    code = "ResourceNotFound"


class RequestTimeout(QuellError):
    """The request body did not arrive in time."""

    status = 408
    code = "RequestTimeout"


class RequestEntityTooLarge(QuellError):
    """The request body is larger than this server accepts."""

    status = 413
    code = "RequestEntityTooLarge"


class UnsupportedMediaType(QuellError):
    """The Content-Type must be application/json or application/merge-patch+json."""

    status = 415
    code = "UnsupportedMediaType"


class TooManyRequests(QuellError):
    """The server has as many requests waiting as it can answer in good time; retry later."""

    status = 429
    code = "TooManyRequests"


class InternalError(QuellError):
    """An unexpected error happened; the request id finds it in the server's log."""


class TextRefused(InternalError):
    """A language model cannot judge this text; the next one it may."""


class NotImplementedYet(QuellError):
    """This operation is part of the protocol but is not built in this version of Quell."""

    status = 501
    code = "NotImplemented"


class ServerBusy(QuellError):
    """The server is temporarily unable to answer."""

    status = 503
    code = "ServerBusy"


class AccessDenied(QuellError):
    """Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."""  # noqa: E501 - the gateway's own sentence

    status = 401
    code = "401"
    layer = "gateway"


class RateExceeded(QuellError):
    """The key has asked more often than its rate allows; retry later."""

    status = 429
    code = "429"
    layer = "gateway"


class RoleRefused(QuellError):
    """Access denied: the key is valid but has no role for this operation."""

    status = 403
    code = "403"
    layer = "gateway"


class RouteNotFound(QuellError):
    """Resource not found"""  # noqa: D400 - the gateway's own words

    status = 404
    code = "404"
    layer = "gateway"


class UnsupportedApiVersion(RouteNotFound):
    """Resource not found"""  # noqa: D400 - the gateway's own words


class ModelUnusable(QuellError):
    """A model file is missing or is not the file that was shipped."""

    layer = "startup"


class DatabaseUnusable(QuellError):
    """The database cannot be opened, or is newer than this version of Quell."""

    layer = "startup"


class SettingsRefused(QuellError):
    """The settings ask for something this server does not do."""

    layer = "startup"
