"""Real SPARQL servers on loopback, each on a free port, stopped by its own process id."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

_INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = {seconds}
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: the URL of its queries, and its process."""

    url: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def oxigraph(folder: Path, *options: str) -> Generator[Served]:
    program = Path(sys.executable).with_name("oxigraph")
    if not program.is_file():
        pytest.skip("the Oxigraph server is not installed: pip install oxigraph")
    port = free_port()
    command = [str(program), "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    with _running([*command, *options], f"http://127.0.0.1:{port}", folder) as process:
        yield Served(f"http://127.0.0.1:{port}/query", process)


@contextmanager
def virtuoso(folder: Path, *, rows: int = 1_000_000, seconds: int = 60) -> Generator[Served]:
    program, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if program is None or client is None:
        pytest.skip("Virtuoso is not installed: apt-get install virtuoso-opensource-7")
    sql, http = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    ini = folder / "virtuoso.ini"
    ini.write_text(_INI.format(folder=folder, sql=sql, http=http, rows=rows, seconds=seconds))
    command = [program, "+foreground", "+configfile", str(ini)]
    with _running(command, f"http://127.0.0.1:{http}/sparql", folder) as process:
        grant = 'exec=GRANT SPARQL_UPDATE TO "SPARQL";'
        subprocess.run([client, str(sql), "dba", "dba", grant], check=True, capture_output=True)
        yield Served(f"http://127.0.0.1:{http}/sparql", process)


_APACHE = """ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.txt
{modules}
TypesConfig /dev/null
DocumentRoot {root}
<Directory {root}>
    AllowOverride All
    Options All
    Require all granted
</Directory>
"""
_MODULES = ("mpm_event", "authz_core", "dir", "mime", "rewrite", "env")


@contextmanager
def apache(folder: Path, root: Path) -> Generator[Served]:
    """Serve a folder of files, with its .htaccess."""
    program = shutil.which("apache2")
    if program is None:
        pytest.skip("Apache is not installed: apt-get install apache2")
    folder.mkdir(parents=True, exist_ok=True)
    known = Path("/usr/lib/apache2/modules")
    modules = "\n".join(f"LoadModule {name}_module {known}/mod_{name}.so" for name in _MODULES)
    port, config = free_port(), folder / "apache.conf"
    config.write_text(_APACHE.format(folder=folder, port=port, root=root, modules=modules))
    url = f"http://127.0.0.1:{port}/"
    with _running([program, "-X", "-f", str(config)], url, folder) as process:
        yield Served(url, process)


@contextmanager
def _running(command: list[str], url: str, folder: Path) -> Generator[subprocess.Popen[bytes]]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
        try:
            _wait(url, process, folder)
            yield process
        finally:
            process.kill()
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urlopen(url, timeout=5):
                return
        except HTTPError as error:  # it answers, if not with what is there
            error.close()
            return
        except (URLError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError((folder / "output.txt").read_text(errors="replace"))


@contextmanager
def workbench(store: Path, folder: Path, *options: str) -> Generator[Served]:
    """Serve a store as its users do; the address has no slash at its end."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "jixiao", "-q", "serve", "--store", str(store.resolve())]
    with _running([*command, "--port", str(port), *options], f"{url}/sparql", folder) as process:
        yield Served(url, process)
