"""Converts old Word and Excel files with LibreOffice, if it is installed.

LibreOffice fetches pictures and links that a file names, which shows the author of the file that
it is read, and from where. The operating system refuses it the network where it can; everywhere its
settings refuse links of documents, and name a proxy that is not there.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from jixiao.documents.isolation import offline
from jixiao.errors import FileError

_SECONDS = 180
_NO_PROXY = "http://127.0.0.1:9"  # the port "discard": nothing listens there
_SETTING = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_SETTINGS = (
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),  # none but of trusted folders
    ("Inet/Settings", "ooInetProxyType", "2"),  # the proxy named here
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("Inet/Settings", "ooInetNoProxy", ""),
)


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
        profile = Path(folder) / "profile"
        _write_settings(profile)
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        command += ["--norestore", "--convert-to", suffix, "--outdir", folder, str(path.resolve())]
        environment = {**os.environ, "http_proxy": _NO_PROXY, "https_proxy": _NO_PROXY}
        environment.pop("no_proxy", None)
        try:
            subprocess.run(
                offline(command),
                capture_output=True,
                timeout=_SECONDS,
                env=environment,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FileError("not-converted", path=path) from error
        output = Path(folder) / f"{path.stem}.{suffix}"
        if not output.is_file():
            raise FileError("not-converted", path=path)
        yield output


def _write_settings(profile: Path) -> None:
    """Write the settings that keep LibreOffice from the network into its profile."""
    items = "".join(_SETTING.format(path=p, name=n, value=v) for p, n, v in _SETTINGS)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">' + items + "</oor:items>\n",
        encoding="utf-8",
    )
