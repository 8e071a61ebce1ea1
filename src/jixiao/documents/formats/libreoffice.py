"""Old Word and Excel files, converted by LibreOffice where it is installed."""

import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from jixiao.errors import FileError

_SECONDS = 180


@contextmanager
def converted(path: Path, suffix: str) -> Generator[Path]:
    """Convert a file to "docx" or "xlsx"; the new file is there while the context lasts.

    Raises `FileError` without LibreOffice, and where it can make nothing of the file.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise FileError("needs-libreoffice", path=path, suffix=f".{suffix}")
    with tempfile.TemporaryDirectory(prefix="jixiao-") as folder:
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        command += ["--convert-to", suffix, "--outdir", folder, str(path.resolve())]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise FileError("not-converted", path=path) from error
        made = Path(folder) / f"{path.stem}.{suffix}"
        if not made.is_file():
            raise FileError("not-converted", path=path)
        yield made
