"""Everything that can go wrong, as one tree.

ThinkificError
├── SettingsError            what the operator set does not fit; nothing was started or sent
├── ArgumentError            the caller's arguments do not fit; nothing was sent
├── NotAllowedError          the caller may not do this; nothing was sent
├── JournalError             the journal cannot be used; where that was before a write, nothing was sent
├── DeadlineError            the call cannot be done within its deadline; nothing was changed; `retry_after`
├── UnreachableError         no answer: the network, or Thinkific did not answer in time
├── UnreadableAnswerError    an answer that is not what the API promises, such as a page of HTML
├── UnknownOutcomeError      a write failed, and it may have happened all the same
└── ApiError                 Thinkific refused; `status` and `said` tell how
    ├── BadRequestError      400
    ├── CredentialsError     401: a wrong key or token, or a plan without API access
    ├── ForbiddenError       403
    │   ├── PlanError        the site's plan has no access to this
    │   └── ScopeError       the access token lacks a scope
    ├── NotFoundError        404
    ├── InvalidError         422
    ├── RateLimitError       429; `retry_after` in seconds where known
    └── ServerError          5xx

The text of an error says what failed, why, and what to do next. It never holds a secret.
"""


class ThinkificError(Exception):
    """Base of all errors that this package raises on purpose."""


class SettingsError(ThinkificError):
    """What the operator set does not fit."""


class ArgumentError(ThinkificError):
    """The caller's arguments do not fit; nothing was sent."""


class NotAllowedError(ThinkificError):
    """The caller's token does not reach so far; nothing was sent."""


class JournalError(ThinkificError):
    """The journal cannot be written or read; a write that was to be noted in it was not sent."""


class DeadlineError(ThinkificError):
    """The call cannot be done within its deadline; nothing was changed.

    Args:
        message: what it would wait for, and for how long.
        retry_after: seconds until a further try makes sense.
        sent: whether a request was sent whose answer did not come in time.
    """

    def __init__(self, message: str, *, retry_after: float, sent: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.sent = sent


class UnreachableError(ThinkificError):
    """There was no answer.

    Args:
        message: what failed, why, what to do next.
        sent: whether the request may have reached Thinkific.
        lasting: whether trying again soon cannot help, as with a certificate that is not trusted.
    """

    def __init__(self, message: str, *, sent: bool, lasting: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.lasting = lasting


class UnreadableAnswerError(ThinkificError):
    """The answer is not what the API promises.

    Args:
        message: what is wrong with it, and what to do next.
        status: its HTTP status; None where that does not matter.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class UnknownOutcomeError(ThinkificError):
    """A write failed in a way that leaves open whether it was carried out; the failure is its `__cause__`.

    Args:
        message: what failed, and which read tool would tell.
        status: the HTTP status of the answer; None where there was none.
        said: Thinkific's own words, cleaned and bounded; empty when it said nothing.
    """

    def __init__(self, message: str, *, status: int | None = None, said: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.said = said


class ApiError(ThinkificError):
    """Thinkific refused the request.

    Args:
        message: what failed, why, what to do next.
        status: the HTTP status.
        said: Thinkific's own words, cleaned and bounded; empty when it said nothing.
        retry_after: seconds until a further try makes sense, where Thinkific says so.
    """

    def __init__(self, message: str, *, status: int, said: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.said = said
        self.retry_after = retry_after


class BadRequestError(ApiError):
    """400: Thinkific did not understand the request."""


class CredentialsError(ApiError):
    """401: a wrong key or token, or a plan without API access; Thinkific answers both alike."""


class ForbiddenError(ApiError):
    """403: the credentials are right and not enough."""


class PlanError(ForbiddenError):
    """403: the site's plan has no access to this."""


class ScopeError(ForbiddenError):
    """403: the access token lacks a scope."""


class NotFoundError(ApiError):
    """404: no such thing on this site."""


class InvalidError(ApiError):
    """422: Thinkific understood the request and refuses its values; `said` names the tool's arguments."""


class RateLimitError(ApiError):
    """429: the site's requests for this minute are used up."""


class ServerError(ApiError):
    """5xx: Thinkific failed."""
