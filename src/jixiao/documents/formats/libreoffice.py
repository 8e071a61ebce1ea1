"""Converts old Word and Excel files with LibreOffice, if it is installed."""

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
    """Convert a file; the converted file exists until the context ends.

    Args:
        path: A file that LibreOffice can open.
        suffix: The format wanted, "docx" or "xlsx".

    Raises:
        FileError: if LibreOffice is not installed, or cannot convert the file in time.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise FileError("needs-libreoffice", path=path, suffix=f".{suffix}")
    with tempfile.TemporaryDirectory(prefix="jixiao-") as folder:
        # A profile for each run: LibreOffice refuses to start twice with the same one.
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        command += ["--convert-to", suffix, "--outdir", folder, str(path.resolve())]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise FileError("not-converted", path=path) from error
        output = Path(folder) / f"{path.stem}.{suffix}"
        if not output.is_file():
            raise FileError("not-converted", path=path)
        yield output
