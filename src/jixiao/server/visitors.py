"""Lets a visitor try a file: it is read in a process of its own, and kept for that visitor only.

What comes of it is a store beside the served one, with the same pages, until the visit ends.
"""

import asyncio
import re
import secrets
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from jixiao.extract import ARCHIVE, SUFFIXES
from jixiao.server import language
from jixiao.server.problems import Problem
from jixiao.server.rendering import rendered
from jixiao.server.trial import Step
from jixiao.vocabulary import HOME

if TYPE_CHECKING:
    from jixiao.server.app import Server, Settings

_COOKIE = "visit"
_KEPT = 3600  # seconds after which a visit that is not used ends
_SIZE = 64 * 2**20  # bytes of a file
_SECONDS, _MEMORY = 120, 3 * 2**30
_AT_ONCE = 2
_VISITS = 200
_ENDS = ("done", "failed", "too-large", "too-slow", "died")


@dataclass(eq=False)
class Visit:
    """One visitor's file, and how far the reading of it is."""

    folder: Path
    name: str = ""
    used: float = field(default_factory=time.monotonic)
    step: Step = field(default_factory=lambda: Step(step="none"))
    task: asyncio.Task[None] | None = None
    stores: int = 0

    @property
    def store(self) -> Path:
        """The store of the file that was tried last."""
        return self.folder / f"store-{self.stores}"

    @property
    def busy(self) -> bool:
        """Whether a file is being read."""
        return self.step.step not in (*_ENDS, "none")


class Visitors:
    """The visits, by the secret that only the visitor's browser knows."""

    def __init__(self, settings: "Settings") -> None:
        self._settings, self._visits = settings, dict[str, Visit]()

    def routes(self, server: "Server") -> list[BaseRoute]:
        """Return the pages for trying a file."""
        from jixiao.server import pages

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

    def store(self, request: Request) -> Path:
        """Return the store of the visitor who asks; raises `Problem` where there is none."""
        visit = self._visit(request)
        if visit is None or visit.step.step != "done":
            raise Problem("no-visit")
        return visit.store

    def _visit(self, request: Request) -> Visit | None:
        self._forget_old()
        visit = self._visits.get(request.cookies.get(_COOKIE, ""))
        if visit:
            visit.used = time.monotonic()
        return visit

    def _forget_old(self) -> None:
        late = time.monotonic() - _KEPT
        for key, visit in list(self._visits.items()):
            if visit.used < late and not visit.busy:
                self._drop(key)

    def _drop(self, key: str) -> None:
        visit = self._visits.pop(key)
        if visit.task:
            visit.task.cancel()
        shutil.rmtree(visit.folder, ignore_errors=True)

    async def stop(self) -> None:
        """End all visits."""
        tasks = [visit.task for visit in self._visits.values() if visit.task]
        for key in list(self._visits):
            self._drop(key)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _page(self, request: Request) -> Response:
        visit, lang = self._visit(request), language.of(request)
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
        self._check_room(request)
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise Problem("no-file")
            key, visit = self._begin(request)
            await self._keep(visit, file)
        visit.task = asyncio.create_task(self._read(visit))
        response = RedirectResponse("/try", 303)
        secure = request.url.scheme == "https"
        response.set_cookie(_COOKIE, key, httponly=True, samesite="strict", secure=secure)
        return response

    def _check_room(self, request: Request) -> None:
        if int(request.headers.get("content-length") or _SIZE + 1) > _SIZE:
            raise Problem("body-too-long", limit=_SIZE)
        self._forget_old()
        own = self._visits.get(request.cookies.get(_COOKIE, ""))
        at_work = sum(1 for visit in self._visits.values() if visit.busy)
        if (own and own.busy) or at_work >= _AT_ONCE or len(self._visits) >= _VISITS:
            raise Problem("busy")

    def _begin(self, request: Request) -> tuple[str, Visit]:
        key = request.cookies.get(_COOKIE, "")
        if key not in self._visits:
            key = secrets.token_urlsafe(24)
            self._visits[key] = Visit(Path(tempfile.mkdtemp(prefix="jixiao-visit-")))
        return key, self._visits[key]

    async def _keep(self, visit: Visit, file: UploadFile) -> None:
        """Keep the file under its own name, with nothing in it that could lead elsewhere."""
        given = re.split(r"[/\\]", file.filename or "")[-1]
        visit.name = re.sub(r"[^\w.()（）-]", "_", given).lstrip(".")[-120:] or "file"
        visit.stores += 1
        visit.step = Step(step="waiting")
        shutil.rmtree(visit.folder / f"store-{visit.stores - 1}", ignore_errors=True)
        with (visit.folder / visit.name).open("wb") as kept:
            while part := await file.read(2**20):
                kept.write(part)

    async def _read(self, visit: Visit) -> None:
        """Read the file in a process of its own; one that takes too long is killed."""
        words = [visit.folder / visit.name, visit.store, _MEMORY]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "jixiao.server.trial",
            *map(str, words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            stdin=asyncio.subprocess.DEVNULL,
        )
        try:
            await asyncio.wait_for(self._follow(visit, process), _SECONDS)
        except TimeoutError:
            visit.step = Step(step="too-slow")
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if visit.step.step not in _ENDS:
            visit.step = Step(step="died")

    async def _follow(self, visit: Visit, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        async for line in process.stdout:
            with suppress(msgspec.DecodeError):
                visit.step = msgspec.json.decode(line, type=Step)
        await process.wait()

    async def _import(self, request: Request) -> Response:
        """Put the file into the served store, where the server allows it."""
        _check_origin(request)
        visit = self._visit(request)
        if not self._settings.allow_import:
            raise Problem("read-only")
        if visit is None or visit.step.step != "done":
            raise Problem("no-visit")
        kept = self._settings.store / "imported"
        await asyncio.to_thread(_copy, visit.folder / visit.name, kept)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jixiao", "-q", "build", str(kept / visit.name),
            "--store", str(self._settings.store),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, told = await process.communicate()
        if process.returncode:
            raise Problem("not-imported", reason=told.decode(errors="replace").strip()[-300:])
        return RedirectResponse("/try?imported=1", 303)

    async def _end(self, request: Request) -> Response:
        """Forget the visitor's file."""
        _check_origin(request)
        if (key := request.cookies.get(_COOKIE, "")) in self._visits:
            self._drop(key)
        return RedirectResponse("/try", 303)


def _copy(file: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    shutil.copy(file, folder)


def _check_origin(request: Request) -> None:
    """Raise `Problem` for a form on a page of somebody else."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Problem("foreign")
