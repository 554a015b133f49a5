"""One SPARQL endpoint of somebody else's: a query goes out, a whole answer or a sentence comes back (SPARQLWrapper)."""

from __future__ import annotations

import http.client
import math
import time
import urllib.error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dditkg.errors import BadQuery, TimedOut, TooLarge, Unavailable, WrongUse
from dditkg.terms import is_iri

_SHOWN = 300  # characters of an engine's complaint
_PART = 1 << 18


@dataclass(frozen=True)
class Reply:
    """What an endpoint answered. Names of headers are in small letters."""

    media_type: str
    body: bytes
    headers: Mapping[str, str]


class Endpoint:
    """The address of an endpoint, how long one answer may take and how many bytes it may have."""

    def __init__(self, url: str, seconds: float = 10.0, most_bytes: int = 256 * 1024 * 1024) -> None:
        if not is_iri(url) or not url.startswith(("http://", "https://")):
            raise WrongUse(f"--endpoint needs a whole address, such as http://127.0.0.1:7878/query. It was “{url}”.")
        try:
            import SPARQLWrapper
        except ImportError as error:
            raise Unavailable(
                "Asking another engine needs SPARQLWrapper. Install it with: pip install 'dditkg[remote]'"
            ) from error
        self.url, self.seconds, self.most_bytes = url, seconds, most_bytes
        self._library = SPARQLWrapper

    def ask(
        self, query: str, accept: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Reply:
        """The whole answer in a form that `accept` names. Safe to call from several threads.

        Raises BadQuery (the engine cannot read it), TimedOut, TooLarge, and Unavailable for an engine that is not
        there, refuses us, fails, or breaks off in the middle of its answer.
        """
        library = self._library
        errors = library.SPARQLExceptions
        wrapper = library.SPARQLWrapper(self.url, returnFormat=library.JSON)
        wrapper.setMethod(library.POST)
        wrapper.setOnlyConneg(True)  # else it adds parameters of its own, which some engines refuse
        wrapper.setTimeout(max(1, math.ceil(self.seconds)))  # of silence; it takes whole seconds
        wrapper.addCustomHttpHeader("Accept", accept)
        for graph in default_graphs:
            wrapper.addParameter("default-graph-uri", graph)
        for graph in named_graphs:
            wrapper.addParameter("named-graph-uri", graph)
        # Not setQuery: the patterns it searches a text with take seconds for 64 KB of hostile text.
        wrapper.queryString, wrapper.queryType = query, library.SELECT
        deadline = time.monotonic() + self.seconds
        try:
            response = wrapper.query().response
            with response:
                body = self._read(response, deadline)
                headers = {name.lower(): value for name, value in response.headers.items()}
        except errors.QueryBadFormed as error:
            raise BadQuery(f"{self.url} cannot read the query: {_plain(error)}") from error
        except errors.URITooLong as error:
            raise TooLarge(f"The query is too long for {self.url}. Shorten it.") from error
        except errors.EndPointNotFound as error:
            raise Unavailable(
                f"There is no endpoint at {self.url} (404). Name the address of its queries, often ending in /query "
                "or /sparql."
            ) from error
        except errors.Unauthorized as error:
            raise Unavailable(f"{self.url} asks for a name and password (401), which is not offered here.") from error
        except errors.EndPointInternalError as error:
            raise Unavailable(f"{self.url} failed (500): {_plain(error)}") from error
        except TimeoutError as error:
            raise self._late() from error
        except urllib.error.HTTPError as error:
            raise Unavailable(f"{self.url} refused the query ({error.code}): {_shown(error.read(_SHOWN))}") from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._late() from error
            raise Unavailable(
                f"{self.url} does not answer ({error.reason}). See that the engine runs and can be reached from here."
            ) from error
        except (http.client.HTTPException, OSError) as error:
            raise Unavailable(
                f"{self.url} broke off in the middle of its answer. Try again; if it happens again, see its log."
            ) from error
        return Reply(headers.get("content-type", "").partition(";")[0].strip().lower(), body, headers)

    def _read(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        parts, size = [], 0
        while part := response.read1(_PART):
            if time.monotonic() > deadline:
                raise self._late()
            parts.append(part)
            size += len(part)
            if size > self.most_bytes:
                raise TooLarge(
                    f"The answer is larger than {self.most_bytes} bytes, the limit for one answer; nothing of it was "
                    "sent. Add LIMIT, or ask for fewer columns or rows at a time.",
                    limit="answer_bytes",
                    allowed=self.most_bytes,
                )
        return b"".join(parts)

    def _late(self) -> TimedOut:
        return TimedOut(
            f"{self.url} did not answer within {self.seconds:g} seconds. Ask for less, or give the engine more time.",
            limit="query_seconds",
            allowed=self.seconds,
        )


def _plain(error: Exception) -> str:
    """What the engine itself said."""
    found = getattr(error, "args", ())
    said = str(found[0]) if found else ""
    return _shown(said.partition("Response:\n")[2] or said)


def _shown(said: str | bytes) -> str:
    """The beginning of what an engine said, on one line."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    if text.startswith(("b'", 'b"')):
        text = text[2:-1].replace("\\n", " ")
    line = " ".join(text.split())[:_SHOWN].rstrip(".")
    return f"{line}." if line else "it does not say why."
