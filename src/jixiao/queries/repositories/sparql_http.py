"""A SPARQL 1.1 server over HTTP: queries, updates, and the Graph Store Protocol.

Credentials are read from environment variables, never from the command line, which other users of
the machine can see:

    JIXIAO_ENDPOINT_USER, JIXIAO_ENDPOINT_PASSWORD   with JIXIAO_ENDPOINT_AUTH=basic or digest
    JIXIAO_ENDPOINT_TOKEN                            a bearer token

JIXIAO_ENDPOINT_SERVER names the kind of server if its headers do not, for example behind a proxy.

A call that fails on the server's side (429, 5xx, no connection, an answer that breaks off) is
retried, each time after a longer wait or after the time that the server asks for.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
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
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from SPARQLWrapper import JSON, POST, URLENCODED, SPARQLWrapper
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import InvalidHeader, MaxRetryError, ProtocolError
from urllib3.util import Retry

from jixiao.errors import StoreError
from jixiao.queries.repositories.quirks import KINDS, Server, recognise

_NTRIPLES = "application/n-triples"
_SUCCESS = range(200, 300)
_TEMPORARY = frozenset({429, *range(500, 600)})  # the same call may succeed later
_LONGEST_WAIT = 20  # seconds between two tries, if the server does not say
_NO_ROWS = re.compile(rb'"bindings"\s*:\s*\[\s*\]')
_NAMES_GRAPHS = re.compile(r"\b(?:GRAPH|FROM)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Login:
    """Credentials; blank for a server that asks for none. A token goes before a user."""

    user: str = ""
    password: str = ""
    digest: bool = False
    token: str = ""

    @property
    def auth(self) -> AuthBase | None:
        """The credentials as requests takes them."""
        if self.token:
            return _Bearer(self.token)
        if not self.user:
            return None
        if self.digest:
            return HTTPDigestAuth(self.user, self.password)
        # requests would encode str in Latin-1, which has no Chinese
        return HTTPBasicAuth(self.user.encode(), self.password.encode())


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def login(environment: Mapping[str, str] = os.environ) -> Login:
    """Return the credentials of the environment.

    Args:
        environment: Environment variables by name.

    Raises:
        StoreError: JIXIAO_ENDPOINT_AUTH names an unknown scheme.

    """
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
    """A SPARQL 1.1 server, by the URL of its query service.

    Args:
        url: The URL of the query service.
        update_url: The URL of the update service; by default it follows from the kind of server.
        graph_store_url: The URL of the Graph Store Protocol; likewise.
        server: The kind of server, a key of `quirks.KINDS`; by default its headers say.
        who: The credentials, by default those of the environment.
        timeout: The longest time to wait for an answer, in seconds.
        tries: How many times a call is made at most.
        wait: The wait before the third try, in seconds; it doubles with each further try. The
            second try follows at once.

    Raises:
        StoreError: A URL that is no address or has a password in it, an unknown kind of server, or
            an unknown scheme of authentication.

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
        kind = server or os.environ.get("JIXIAO_ENDPOINT_SERVER", "")
        if kind and kind.lower() not in KINDS:
            raise StoreError("endpoint-server", given=kind, known=", ".join(KINDS))
        self._kind = KINDS.get(kind.lower())
        self._who = login() if who is None else who
        self._timeout, self._has_union = timeout, False
        self._retries = _Retries(
            total=tries - 1,
            status_forcelist=_TEMPORARY,
            allowed_methods=None,  # each call has the same effect when it is made twice
            raise_on_status=False,  # so that the last answer can be reported
            backoff_factor=wait / 2,
            backoff_max=_LONGEST_WAIT,
            backoff_jitter=wait,  # of several clients that a server turned away at once
            retry_after_max=timeout,
        )

    @cached_property
    def server(self) -> Server:
        """The kind of server; if it is not named, one query reads its Server header."""
        if self._kind:
            return self._kind
        # An error of the client will do: it has the header too.
        answer = self._http("GET", self.url, params={"query": "ASK {}"}, ok=range(200, 500))
        return recognise(answer.headers.get("Server", ""))

    def query(
        self, text: str, *, union: bool = True
    ) -> QuerySolutions | QueryBoolean | list[Triple]:
        """Return the answer to a query, complete or not at all.

        Args:
            text: The query.
            union: Whether the default graph must be the union of the named graphs. If it must, no
                answer is accepted from an empty default graph beside graphs that are not; but a
                query that names graphs may have no rows, if the server is named.

        Raises:
            StoreError: The server does not answer, refuses the query, cuts the answer off, or has
                no union.

        """
        if union and not _NAMES_GRAPHS.search(text):
            self._check_union()
        request = _Request(self.url)
        request.setQuery(text)
        for name, value in self.server.union.items():
            request.addParameter(name, value)
        has_rows = request.queryType in ("SELECT", "ASK")
        if has_rows:
            request.setReturnFormat(JSON)
        else:
            request.setOnlyConneg(True)  # the Accept header alone decides the syntax
            request.addCustomHttpHeader("Accept", f"{_NTRIPLES}, text/turtle;q=0.9")
        answer = self._send(request)
        if reason := self.server.cut(answer.headers):
            raise self._incomplete(reason)
        body = self.server.mend(answer.content) if has_rows else answer.content
        if union and not self._kind and _NO_ROWS.search(body):
            self._check_union()
        try:
            return _rows(body) if has_rows else _triples(body)
        except (SyntaxError, msgspec.DecodeError) as error:
            raise self._incomplete(str(error)) from error

    def _check_union(self) -> None:
        if self._has_union or bool(self.query("ASK { ?s ?p ?o }", union=False)):
            self._has_union = True
        elif bool(self.query("ASK { GRAPH ?g { ?s ?p ?o } }", union=False)):
            raise StoreError("endpoint-no-union", url=self.url, kind=self.server.name)

    def _incomplete(self, reason: str) -> StoreError:
        return StoreError("endpoint-cut", url=self.url, reason=reason, kind=self.server.name)

    def update(self, text: str) -> None:
        """Carry out an update; raises `StoreError`."""
        request = _Request(self._update_url or self.server.other(self.url, "update"))
        request.setQuery(text)
        self._send(request)

    def put(self, graph: str, ntriples: bytes, *, more: bool = False) -> None:
        """Write a graph.

        Args:
            graph: The IRI of the graph.
            ntriples: Its triples, as N-Triples in UTF-8.
            more: Whether to add them to the graph, instead of replacing it.

        Raises:
            StoreError: The server does not answer, or refuses.

        """
        self._graph("POST" if more else "PUT", graph, ntriples)

    def delete(self, graph: str) -> None:
        """Delete a graph, if it exists; raises `StoreError`."""
        self._graph("DELETE", graph, None)

    def _send(self, request: "_Request") -> requests.Response:
        request.setMethod(POST)  # a long query does not fit into a URL
        request.setRequestMethod(URLENCODED)  # Virtuoso hangs on a query that is the body itself
        prepared = request.prepared()
        headers = dict(prepared.header_items())
        return self._http(
            "POST", prepared.full_url, data=prepared.data, headers=headers, ok=_SUCCESS
        )

    def _graph(self, method: str, graph: str, body: bytes | None) -> None:
        url = self._graph_store_url or self.server.other(self.url, "graphs")
        parameters = {self.server.graph_parameter: graph}
        headers = {"Content-Type": _NTRIPLES} if body is not None else {}
        ok = [*_SUCCESS, 404] if method == "DELETE" else _SUCCESS
        self._http(method, url, params=parameters, data=body, headers=headers, ok=ok)

    def _http(
        self, method: str, url: str, *, ok: Iterable[int], **request: Any
    ) -> requests.Response:
        """Make a call with retries; turn its failure into `StoreError`."""
        try:
            with _Session(self._retries) as session:
                answer = session.request(
                    method, url, auth=self._who.auth, timeout=self._timeout, **request
                )
        except requests.RequestException as error:
            raise StoreError("endpoint-failed", url=url, reason=_reason(error)) from error
        status = answer.status_code
        if answer.is_redirect:
            location = answer.headers["Location"]
            raise StoreError("endpoint-moved", url=url, status=status, location=location)
        if status not in ok:
            codes = {400: "endpoint-refused", 401: "endpoint-login", 403: "endpoint-login"}
            reason = " ".join(f"{status} {answer.text[:200]}".split())
            raise StoreError(codes.get(status, "endpoint-failed"), url=url, reason=reason)
        return answer


class _Retries(Retry):
    """Ignores a Retry-After that is neither seconds nor a date; urllib3 raises."""

    # urllib3 would retry 413 too, which stays wrong
    RETRY_AFTER_STATUS_CODES = frozenset({429, 503})

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds that the server asks for, None if it does not."""
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None


class _Adapter(HTTPAdapter):
    """Also retries an answer that breaks off: urllib3 retries only until it has the headers."""

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        """Send a request until an answer has arrived whole, or no try is left."""
        answer = super().send(request, *args, **options)
        try:
            _ = answer.content  # reads the body
        except requests.RequestException as error:
            left = cast("Retry", answer.raw.retries)  # after the tries that urllib3 made
            try:
                left = left.increment(request.method, request.url, error=ProtocolError(str(error)))
            except MaxRetryError:
                raise error from None
            left.sleep()
            self.max_retries = left  # a call has an adapter of its own: nobody else uses these
            return self.send(request, *args, **options)
        return answer


class _Session(requests.Session):
    """Follows a redirect only if it repeats the call: 301 to 303 turn a POST into a GET."""

    def __init__(self, retries: Retry) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(max_retries=retries))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return the address to repeat the call at, if there is one."""
        if resp.request.method not in ("GET", "HEAD") and resp.status_code not in (307, 308):
            return None
        return super().get_redirect_target(resp)


class _Request(SPARQLWrapper):
    """A request as SPARQLWrapper prepares it; requests sends it.

    SPARQLWrapper itself sends with urllib, whose digest authentication is global to the process.
    """

    def prepared(self) -> Request:
        """Return the request, not yet sent."""
        return self._createRequest()


def _check_address(url: str) -> None:
    """Raise `StoreError` for a URL that is no address, or has a password, which is not repeated."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise StoreError("endpoint-url", url=url.rpartition("@")[2]) from error
    if "@" in parts.netloc:
        raise StoreError("endpoint-secret", url=url.rpartition("@")[2])
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StoreError("endpoint-url", url=url)


def _rows(body: bytes) -> QuerySolutions | QueryBoolean:
    # Oxigraph's --timeout-s cuts JSON off with status 200. The body is checked as a whole, since
    # the parser of results is lazy and would return the rows before the cut.
    msgspec.json.decode(body, type=msgspec.Raw)
    return parse_query_results(body, QueryResultsFormat.JSON)


def _triples(body: bytes) -> list[Triple]:
    quads = parse(body, RdfFormat.TURTLE)  # N-Triples are Turtle
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def _reason(error: BaseException) -> str:
    """Return the first cause of an error in one line: "Connection refused"."""
    while error.__context__ is not None:
        error = error.__context__
    return " ".join(str(error).split())[:300]
