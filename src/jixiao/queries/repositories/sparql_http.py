"""A SPARQL store at the other end of HTTP: queries, updates, and graphs put and deleted.

Who asks is told by the environment, never by the command line:

    JIXIAO_ENDPOINT_USER, JIXIAO_ENDPOINT_PASSWORD   with JIXIAO_ENDPOINT_AUTH=basic or digest
    JIXIAO_ENDPOINT_TOKEN                            a bearer token

JIXIAO_ENDPOINT_SERVER names the kind of server where its headers do not: behind a proxy.

What fails on the server's side (429, 5xx, no connection) is tried again, each time after a longer
wait, or when the server says.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import Request

import msgspec
import requests
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from SPARQLWrapper import JSON, POST, URLENCODED, SPARQLWrapper
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from jixiao.errors import StoreError
from jixiao.queries.repositories.quirks import KINDS, Server, known

T = TypeVar("T")
_NTRIPLES = "application/n-triples"
_FINE = range(200, 300)
_TOO_MANY = 429
_NO_ROWS = re.compile(rb'"bindings"\s*:\s*\[\s*\]')
_NAMES_GRAPHS = re.compile(r"\b(?:GRAPH|FROM)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks; blank where nobody has to be named."""

    user: str = ""
    password: str = ""
    digest: bool = False
    token: str = ""

    @property
    def auth(self) -> AuthBase | None:
        """The same for requests."""
        if self.token:
            return _Bearer(self.token)
        if not self.user:
            return None
        if self.digest:
            return HTTPDigestAuth(self.user, self.password)
        return HTTPBasicAuth(self.user.encode(), self.password.encode())


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def login(environment: Mapping[str, str] = os.environ) -> Login:
    """Return who asks, by the environment; raises `StoreError` for an unknown scheme."""
    scheme = environment.get("JIXIAO_ENDPOINT_AUTH", "basic").lower()
    if scheme not in ("basic", "digest"):
        raise StoreError("endpoint-auth", scheme=scheme)
    return Login(
        user=environment.get("JIXIAO_ENDPOINT_USER", ""),
        password=environment.get("JIXIAO_ENDPOINT_PASSWORD", ""),
        digest=scheme == "digest",
        token=environment.get("JIXIAO_ENDPOINT_TOKEN", ""),
    )


class Endpoint:
    """A SPARQL 1.1 store by the URL of its query service.

    The URLs of the other services follow from the kind of server, if they are not given; the kind
    (one of `servers.KINDS`) from its headers. A call waits `timeout` seconds at most, and is made
    `tries` times at most.
    """

    def __init__(
        self,
        url: str,
        *,
        update_url: str = "",
        graph_store_url: str = "",
        server: str = "",
        who: Login | None = None,
        timeout: int = 60,
        tries: int = 4,
        wait: float = 0.5,
    ) -> None:
        for address in (url, *filter(None, (update_url, graph_store_url))):
            _check_address(address)
        self.url, self._update_url, self._graph_store_url = url, update_url, graph_store_url
        self._kind = _kind(server or os.environ.get("JIXIAO_ENDPOINT_SERVER", ""))
        self._who = login() if who is None else who
        self._timeout, self._tries, self._wait = timeout, tries, wait
        self._has_union = False

    @cached_property
    def server(self) -> Server:
        """The kind of server, asked for once where it is not named."""
        if self._kind:
            return self._kind
        answer = self._http("GET", self.url, params={"query": "ASK {}"}, ok=range(200, 500))
        return known(answer.headers.get("Server", ""))

    def query(
        self, text: str, *, union: bool = True
    ) -> QuerySolutions | QueryBoolean | list[Triple]:
        """Return what the endpoint answers, whole; raises `StoreError` for half an answer.

        No answer is taken from a default graph that has nothing of the named ones, unless it need
        not be their `union`. A query that names graphs may have no rows, if the server is named.
        """
        if union and not _NAMES_GRAPHS.search(text):
            self._check_union()
        asked, body = self._answer(text)
        if union and not self._kind and _NO_ROWS.search(body):
            self._check_union()
        try:
            return _rows(body) if asked.queryType in ("SELECT", "ASK") else _triples(body)
        except (SyntaxError, msgspec.DecodeError) as error:
            raise self._not_whole(str(error)) from error

    def _check_union(self) -> None:
        if self._has_union or self._says("ASK { ?s ?p ?o }"):
            self._has_union = True
        elif self._says("ASK { GRAPH ?g { ?s ?p ?o } }"):
            raise StoreError("endpoint-no-union", url=self.url, kind=self.server.name)

    def _says(self, text: str) -> bool:
        return bool(self.query(text, union=False))

    def _answer(self, text: str) -> "tuple[_Prepared, bytes]":
        """Return what is answered as it came, but for what `Server.mend` corrects."""
        asked = _Prepared(self.url)
        asked.setQuery(text)
        for name, value in self.server.union.items():
            asked.addParameter(name, value)
        rows = asked.queryType in ("SELECT", "ASK")
        if rows:
            asked.setReturnFormat(JSON)
        else:
            asked.setOnlyConneg(True)
            asked.addCustomHttpHeader("Accept", f"{_NTRIPLES}, text/turtle;q=0.9")
        answer = self._ask(asked)
        if reason := self.server.cut(answer.headers):
            raise self._not_whole(reason)
        return asked, self.server.mend(answer.content) if rows else answer.content

    def _not_whole(self, reason: str) -> StoreError:
        return StoreError("endpoint-cut", url=self.url, reason=reason, kind=self.server.name)

    def update(self, text: str) -> None:
        """Carry out an update."""
        asked = _Prepared(self._update_url or self.server.other(self.url, "update"))
        asked.setQuery(text)
        self._ask(asked)

    def _ask(self, asked: "_Prepared") -> requests.Response:
        asked.setMethod(POST)
        asked.setRequestMethod(URLENCODED)
        made = asked.request()
        headers = dict(made.header_items())
        return self._http("POST", made.full_url, data=made.data, headers=headers, ok=_FINE)

    def put(self, graph: str, ntriples: bytes, *, more: bool = False) -> None:
        """Put a graph in the place of the one of that name, or add `more` to it."""
        self._graph("POST" if more else "PUT", graph, ntriples)

    def delete(self, graph: str) -> None:
        """Delete a graph, if there is one of that name."""
        self._graph("DELETE", graph, None)

    def _graph(self, method: str, graph: str, body: bytes | None) -> None:
        url = self._graph_store_url or self.server.other(self.url, "graphs")
        parameters = {self.server.graph_parameter: graph}
        headers = {"Content-Type": _NTRIPLES} if body is not None else {}
        ok = [*_FINE, 404] if method == "DELETE" else _FINE
        self._http(method, url, params=parameters, data=body, headers=headers, ok=ok)

    def _http(
        self, method: str, url: str, *, ok: range | list[int], **request: Any
    ) -> requests.Response:
        def call() -> requests.Response:
            with _Session() as session:
                made = session.request(
                    method, url, auth=self._who.auth, timeout=self._timeout, **request
                )
            if made.status_code not in ok:
                raise requests.HTTPError(f"{made.status_code} {made.text[:200]}", response=made)
            return made

        return self._tried(url, call)

    def _tried(self, url: str, call: Callable[[], T]) -> T:
        """Make a call, again where it is worth it; turn what then fails into `StoreError`."""
        again = Retrying(
            stop=stop_after_attempt(self._tries),
            wait=self._pause,
            retry=retry_if_exception(_passing),
            reraise=True,
        )
        try:
            return again(call)
        except requests.RequestException as error:
            raise _told(url, error) from error

    def _pause(self, state: RetryCallState) -> float:
        """Return how long to wait before the next try: as the server says, else ever longer."""
        told = _retry_after(state)
        if told is None:
            return wait_random_exponential(multiplier=self._wait, max=20)(state)
        return min(told, self._timeout)


class _Session(requests.Session):
    """Follows a redirect only where it repeats the call: 301 to 303 make a GET of a POST."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        if resp.request.method not in ("GET", "HEAD") and resp.status_code not in (307, 308):
            return None
        return super().get_redirect_target(resp)


def _check_address(url: str) -> None:
    """Raise `StoreError` for what is no address, or one with a password, which is not repeated."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise StoreError("endpoint-url", url=url.rpartition("@")[2]) from error
    if "@" in parts.netloc:
        raise StoreError("endpoint-secret", url=url.rpartition("@")[2])
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StoreError("endpoint-url", url=url)


def _kind(name: str) -> Server | None:
    if name and name.lower() not in KINDS:
        raise StoreError("endpoint-server", given=name, known=", ".join(KINDS))
    return KINDS.get(name.lower())


def _told(url: str, error: requests.RequestException) -> StoreError:
    """Return what is told of a call that failed for good."""
    if error.response is not None and error.response.is_redirect:
        location = error.response.headers["Location"]
        return StoreError("endpoint-moved", url=url, status=_status(error), location=location)
    code = {400: "endpoint-refused", 401: "endpoint-login", 403: "endpoint-login"}
    told = code.get(_status(error), "endpoint-failed")
    return StoreError(told, url=url, reason=_reason(error))


def _retry_after(state: RetryCallState) -> float | None:
    """Return the seconds that a server asks to be left alone, if it does."""
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, requests.RequestException) or error.response is None:
        return None
    told = error.response.headers.get("Retry-After", "")
    if told.isdecimal():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):  # no date, or one without a zone
        return None


class _Prepared(SPARQLWrapper):
    """A request as SPARQLWrapper makes it; it is sent with requests.

    SPARQLWrapper itself sends with urllib, whose digest authentication is one for the process.
    """

    def request(self) -> Request:
        """Return the request that would be sent."""
        return self._createRequest()


def _rows(body: bytes) -> QuerySolutions | QueryBoolean:
    msgspec.json.decode(body, type=msgspec.Raw)  # whole, before any row of it is taken
    return parse_query_results(body, QueryResultsFormat.JSON)


def _triples(body: bytes) -> list[Triple]:
    quads = parse(body, RdfFormat.TURTLE)  # N-Triples are Turtle
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def _passing(error: BaseException) -> bool:
    """Tell whether an error is one that may pass: of the server, or of the network."""
    if not isinstance(error, requests.RequestException):
        return False
    broken = (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
    )
    return _status(error) == _TOO_MANY or _status(error) >= 500 or isinstance(error, broken)


def _reason(error: BaseException) -> str:
    """Return what an error comes from in the end: "Connection refused"."""
    while error.__context__ is not None:
        error = error.__context__
    return " ".join(str(error).split())[:300]


def _status(error: requests.RequestException) -> int:
    """Return the status of an answer, 0 where there was none."""
    return error.response.status_code if error.response is not None else 0
