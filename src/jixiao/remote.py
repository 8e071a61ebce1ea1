"""A SPARQL store at the other end of HTTP: queries, updates, and graphs put and deleted.

Who asks is told by the environment, never by the command line:

    JIXIAO_ENDPOINT_USER, JIXIAO_ENDPOINT_PASSWORD   with JIXIAO_ENDPOINT_AUTH=basic or digest
    JIXIAO_ENDPOINT_TOKEN                            a bearer token

What fails on the server's side (5xx, no connection) is tried again, each time after a longer wait.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from jixiao.errors import StoreError
from jixiao.servers import Server, known

T = TypeVar("T")
_NTRIPLES = "application/n-triples"
_FINE = range(200, 300)


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

    The URLs of the other services follow from the kind of server, if they are not given. A call
    waits `timeout` seconds at most, and is made `tries` times at most.
    """

    def __init__(
        self,
        url: str,
        *,
        update_url: str = "",
        graph_store_url: str = "",
        who: Login | None = None,
        timeout: int = 60,
        tries: int = 4,
        wait: float = 0.5,
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise StoreError("endpoint-url", url=url)
        self.url, self._update_url, self._graph_store_url = url, update_url, graph_store_url
        self._who = login() if who is None else who
        self._timeout, self._tries, self._wait = timeout, tries, wait

    @cached_property
    def server(self) -> Server:
        """The kind of server, asked for once."""
        answer = self._http("GET", self.url, params={"query": "ASK {}"}, ok=range(200, 500))
        return known(answer.headers.get("Server", ""))

    def query(self, text: str) -> QuerySolutions | QueryBoolean | list[Triple]:
        """Return what the endpoint answers, whole; raises `StoreError` for half an answer."""
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
        try:
            return _rows(self.server.mend(answer.content)) if rows else _triples(answer.content)
        except (SyntaxError, msgspec.DecodeError) as error:
            raise self._not_whole(str(error)) from error

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
            made = requests.request(
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
            wait=wait_random_exponential(multiplier=self._wait, max=20),
            retry=retry_if_exception(_passing),
            reraise=True,
        )
        try:
            return again(call)
        except requests.RequestException as error:
            code = {400: "endpoint-refused", 401: "endpoint-login", 403: "endpoint-login"}
            told = code.get(_status(error), "endpoint-failed")
            raise StoreError(told, url=url, reason=_reason(error)) from error


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
    return _status(error) >= 500 or isinstance(error, requests.ConnectionError | requests.Timeout)


def _reason(error: BaseException) -> str:
    """Return what an error comes from in the end: "Connection refused"."""
    while error.__context__ is not None:
        error = error.__context__
    return " ".join(str(error).split())[:300]


def _status(error: requests.RequestException) -> int:
    """Return the status of an answer, 0 where there was none."""
    return error.response.status_code if error.response is not None else 0
