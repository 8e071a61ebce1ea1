"""Lets a visitor try a file: it is read in a process of its own, and kept for that visitor only.

What comes of it is a store beside the served one, with the same pages, until the visit ends.
"""

import asyncio
import shutil
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from jixiao.extraction import ARCHIVE, SUFFIXES
from jixiao.messages import texts
from jixiao.rdf.namespaces import HOME
from jixiao.server import i18n
from jixiao.server.pages.rendering import rendered
from jixiao.server.problems import Problem
from jixiao.server.uploads.runner import Trials
from jixiao.server.uploads.trial import Step
from jixiao.server.uploads.visits import Visit, Visits, clear_leftovers

if TYPE_CHECKING:
    from jixiao.server.app import Server, Settings

_COOKIE = "visit"
_SIZE = 64 * 2**20  # bytes of a file
_SENDING = 300  # seconds that a file may take to come


class Visitors:
    """The pages for trying a file, and what is known of who tries one."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._visits, self._trials, self._importing = Visits(), Trials(), asyncio.Lock()

    def routes(self, server: "Server") -> list[BaseRoute]:
        """Return the pages for trying a file."""
        from jixiao.server import routes as pages

        return [
            Route("/try", self._page, methods=["GET"]),
            Route("/try", self._put, methods=["POST"]),
            Route("/try/status", self._status, methods=["GET"]),
            Route("/try/import", self._import, methods=["POST"]),
            Route("/try/end", self._end, methods=["POST"]),
            *(
                Route(f"/try/{path}", pages.page(server, name, root="/try"), methods=["GET"])
                for path, name in pages.PAGES.items()
                if path
            ),
        ]

    def start(self) -> None:
        """Delete what servers that died have left."""
        clear_leftovers()

    async def stop(self) -> None:
        """End all visits."""
        await self._visits.stop()

    def store(self, request: Request) -> Path:
        """Return the store of the visitor who asks; raises `Problem` where there is none."""
        return self._done(request).store

    def _visit(self, request: Request) -> Visit | None:
        return self._visits.find(request.cookies.get(_COOKIE, ""))

    def _done(self, request: Request) -> Visit:
        visit = self._visit(request)
        if visit is None or visit.step.step != "done":
            raise Problem("no-visit")
        return visit

    async def _page(self, request: Request) -> Response:
        visit, lang = self._visit(request), i18n.of(request)
        step = visit.step if visit else Step(step="none")
        text = rendered(
            "try.html",
            lang,
            title="",
            step=step,
            busy=bool(visit and visit.busy),
            told=getattr(step, lang),
            name=visit.name if visit else "",
            document=f"/try/page/{step.shown.removeprefix(HOME)}",
            suffixes=" ".join((*SUFFIXES, ARCHIVE)),
            size=_SIZE // 2**20,
            allow_import=self._settings.allow_import,
            imported=request.query_params.get("imported", ""),
        )
        return Response(text, media_type="text/html", headers={"cache-control": "no-store"})

    async def _status(self, request: Request) -> Response:
        visit = self._visit(request)
        step = visit.step.step if visit else "none"
        busy = bool(visit and visit.busy)
        return JSONResponse({"step": step, "busy": busy}, headers={"cache-control": "no-store"})

    async def _put(self, request: Request) -> Response:
        _check_origin(request)
        _check_size(request)
        key, visit = self._visits.reserve(request.cookies.get(_COOKIE, ""))
        try:
            async with asyncio.timeout(_SENDING):
                await _receive(request, visit)
            visit.task = asyncio.create_task(self._read(key, visit))
        except BaseException as error:
            self._visits.drop(key)
            if isinstance(error, TimeoutError):
                raise Problem("sent-too-slowly", seconds=_SENDING) from error
            raise
        response = RedirectResponse("/try", 303)
        secure = request.url.scheme == "https"
        response.set_cookie(_COOKIE, key, httponly=True, samesite="strict", secure=secure)
        return response

    async def _read(self, key: str, visit: Visit) -> None:
        """Read the file; a visit that nothing can be said of ends."""

        def tell(step: Step) -> None:
            visit.step = step

        try:
            await self._trials.run(visit.file, visit.store, tell)
        except Exception:
            self._visits.drop(key)
            raise

    async def _import(self, request: Request) -> Response:
        """Put the file into the served store, where the server allows it; one at a time."""
        _check_origin(request)
        if not self._settings.allow_import:
            raise Problem("read-only")
        visit, lang = self._done(request), i18n.of(request)
        last = Step(step="died")

        def tell(step: Step) -> None:
            nonlocal last
            last = step

        async with self._importing:
            kept = await asyncio.to_thread(_copied, visit.file, self._settings.store / "imported")
            await self._trials.run(kept, self._settings.store, tell)
        if last.step != "done":
            raise Problem("not-imported", reason=_told(last, lang))
        return RedirectResponse("/try?imported=1", 303)

    async def _end(self, request: Request) -> Response:
        """Forget the visitor's file."""
        _check_origin(request)
        self._visits.drop(request.cookies.get(_COOKIE, ""))
        return RedirectResponse("/try", 303)


async def _receive(request: Request, visit: Visit) -> None:
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise Problem("no-file")
        visit.begin(file.filename)
        with visit.file.open("wb") as kept:
            while part := await file.read(2**20):
                kept.write(part)


def _copied(file: Path, folder: Path) -> Path:
    """Keep a file under what it holds, so that no other one of its name takes its place."""
    with file.open("rb") as content:
        kept = folder / file_digest(content, "sha256").hexdigest()[:16] / file.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, kept)
    return kept


def _told(step: Step, lang: str) -> str:
    return str(getattr(step, lang)) or texts("workbench", lang)(f"step-{step.step}")


def _check_size(request: Request) -> None:
    if int(request.headers.get("content-length") or _SIZE + 1) > _SIZE:
        raise Problem("body-too-long", limit=_SIZE)


def _check_origin(request: Request) -> None:
    """Raise `Problem` for a form on a page of somebody else."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Problem("foreign")
