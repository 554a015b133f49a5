"""One error tree: each error is a sentence for people, an HTTP status and an exit code.

DditkgError
├── WrongUse          the caller's words are off            400, exit 2
│   ├── BadQuery      SPARQL that cannot be read            400, exit 2
│   └── TooLarge      more than the stated limit            413, exit 2
├── NotFound          nothing by that name                  404, exit 1
├── NotAcceptable     none of the formats asked for         406, exit 2
├── BadFile           a file that cannot be read            422, exit 1
├── Unavailable       a limit or a lack stops the work      503, exit 1
│   ├── TimedOut      the deadline passed                   503, exit 1
│   └── TooOften      one client has had its share          429, exit 1
└── BadContent        the content itself breaks a promise   500, exit 1
"""

from __future__ import annotations

from typing import Any


class DditkgError(Exception):
    """Base of every error raised on purpose. `details` are extra members of the problem document."""

    status = 500
    exit_code = 1
    title = "Something went wrong"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def problem(self) -> dict[str, Any]:
        """The error as an RFC 9457 problem document."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.message,
            **self.details,
        }


class WrongUse(DditkgError):
    status, exit_code, title = 400, 2, "The request cannot be understood"


class BadQuery(WrongUse):
    title = "The query cannot be read"


class TooLarge(WrongUse):
    status, title = 413, "Too large"


class NotFound(DditkgError):
    status, title = 404, "Not found"


class NotAcceptable(DditkgError):
    status, exit_code, title = 406, 2, "None of the formats asked for is available"


class BadFile(DditkgError):
    status, title = 422, "A file cannot be read"


class Unavailable(DditkgError):
    status, title = 503, "Not available"


class TimedOut(Unavailable):
    title = "The query ran out of time"


class TooOften(Unavailable):
    status, title = 429, "Too many requests"


class BadContent(DditkgError):
    title = "The content breaks a promise"
