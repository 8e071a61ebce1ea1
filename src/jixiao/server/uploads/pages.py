"""The pages below /try: a visitor uploads a file and browses its audit."""

import asyncio
import shutil
from hashlib import file_digest
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from jixiao.extraction import ARCHIVE, SUFFIXES
from jixiao.messages import texts
from jixiao.rdf.namespaces import HOME
from jixiao.server.i18n import language
from jixiao.server.pages.rendering import render
from jixiao.server.problems import Problem
from jixiao.server.settings import Settings
from jixiao.server.uploads.audit import AuditPool, Progress
from jixiao.server.uploads.upload_store import Upload, UploadStore, delete_leftovers

_COOKIE = "upload"
_MAX_SIZE = 64 * 2**20  # bytes of a file
_MAX_SENDING = 300  # seconds within which a file must arrive


class UploadPages:
    """The endpoints below /try."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._uploads, self._audits, self._importing = UploadStore(), AuditPool(), asyncio.Lock()

    def start(self) -> None:
        """Delete what killed servers left."""
        delete_leftovers()

    async def stop(self) -> None:
        """Delete all uploads and kill their audits."""
        await self._uploads.stop()
        await asyncio.to_thread(self._audits.stop)

    def store(self, request: Request) -> Path:
        """Return the store of the visitor's upload.

        Raises:
            Problem: "no-upload", if there is none, or its audit has not succeeded.

        """
        return self._audited(request).store

    def _upload(self, request: Request) -> Upload | None:
        return self._uploads.find(request.cookies.get(_COOKIE, ""))

    def _audited(self, request: Request) -> Upload:
        upload = self._upload(request)
        if upload is None or upload.progress.step != "done":
            raise Problem("no-upload")
        return upload

    async def page(self, request: Request) -> Response:
        """Return the page with the form, the progress, and the link to the audit."""
        upload, lang = self._upload(request), language(request)
        progress = upload.progress if upload else Progress(step="none")
        html = render(
            "try.html",
            lang,
            title="",
            step=progress.step,
            busy=bool(upload and upload.busy),
            reason=getattr(progress, lang),
            name=upload.name if upload else "",
            audit=f"/try/page/{progress.iri.removeprefix(HOME)}",
            suffixes=" ".join((*SUFFIXES, ARCHIVE)),
            size=_MAX_SIZE // 2**20,
            allow_import=self._settings.allow_import,
            imported=request.query_params.get("imported", ""),
        )
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})

    async def status(self, request: Request) -> Response:
        """Return the progress as JSON."""
        upload = self._upload(request)
        step = upload.progress.step if upload else "none"
        busy = bool(upload and upload.busy)
        return JSONResponse({"step": step, "busy": busy}, headers={"cache-control": "no-store"})

    async def receive(self, request: Request) -> Response:
        """Receive a file and start its audit."""
        _check_origin(request)
        if int(request.headers.get("content-length") or _MAX_SIZE + 1) > _MAX_SIZE:
            raise Problem("body-too-long", limit=_MAX_SIZE)
        key, upload = self._uploads.reserve(request.cookies.get(_COOKIE, ""))
        try:
            async with asyncio.timeout(_MAX_SENDING):
                await _save(request, upload)
            upload.task = asyncio.create_task(self._audit(key, upload))
        except BaseException as error:
            self._uploads.delete(key)
            if isinstance(error, TimeoutError):
                raise Problem("sent-too-slowly", seconds=_MAX_SENDING) from error
            raise
        response = RedirectResponse("/try", 303)
        secure = request.url.scheme == "https"
        response.set_cookie(_COOKIE, key, httponly=True, samesite="strict", secure=secure)
        return response

    async def _audit(self, key: str, upload: Upload) -> None:
        def report(progress: Progress) -> None:
            upload.progress = progress

        try:
            await self._audits.audit(upload.file, upload.store, upload.step_file, report)
        except Exception:
            self._uploads.delete(key)
            raise

    async def import_file(self, request: Request) -> Response:
        """Add the uploaded file to the served store, if the server allows it; one at a time."""
        _check_origin(request)
        if not self._settings.allow_import:
            raise Problem("read-only")
        upload, lang = self._audited(request), language(request)
        last = Progress(step="died")

        def report(progress: Progress) -> None:
            nonlocal last
            last = progress

        served = self._settings.store
        async with self._importing:
            # A build names its documents by their paths: the copy must stay where it is.
            file = await asyncio.to_thread(_copy, upload.file, served / "imported")
            await self._audits.audit(file, served, upload.step_file, report)
        if last.step != "done":
            reason = str(getattr(last, lang)) or texts("workbench", lang)(f"step-{last.step}")
            raise Problem("not-imported", reason=reason)
        return RedirectResponse("/try?imported=1", 303)

    async def end(self, request: Request) -> Response:
        """Delete the visitor's upload."""
        _check_origin(request)
        self._uploads.delete(request.cookies.get(_COOKIE, ""))
        return RedirectResponse("/try", 303)


async def _save(request: Request, upload: Upload) -> None:
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise Problem("no-file")
        upload.begin(file.filename)
        with upload.file.open("wb") as saved:
            while part := await file.read(2**20):
                saved.write(part)


def _copy(file: Path, folder: Path) -> Path:
    """Copy a file below a folder named by its digest, so that files of one name do not collide."""
    with file.open("rb") as content:
        copy = folder / file_digest(content, "sha256").hexdigest()[:16] / file.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, copy)
    return copy


def _check_origin(request: Request) -> None:
    """Raise `Problem` "foreign" if the form is on a page of another website (CSRF)."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Problem("foreign")
