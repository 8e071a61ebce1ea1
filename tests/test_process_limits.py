"""Processes with limits: exceeding them costs the own process only, and leaves nothing behind."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jixiao.errors import FileError
from jixiao.pipeline.process_limits import (
    Limits,
    Network,
    failure,
    process_pool,
    result,
    run,
    submit,
)

LIMITS = Limits(seconds=60, megabytes=1500)
BRIEF = Limits(seconds=2, megabytes=1500)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are POSIX")


@contextmanager
def pool(
    processes: int = 1, *, network: Network = "open", single_use: bool = False
) -> Generator[Any]:
    opened = process_pool(processes, LIMITS, network=network, single_use=single_use)
    try:
        yield opened
    finally:
        opened.stop()
        opened.join()


@pytest.mark.parametrize(("function", "args", "limits", "code"), [
    (time.sleep, [600], BRIEF, "too-slow"),
    (bytearray, [8 * 2**30], LIMITS, "too-large"),
    (os.abort, [], LIMITS, "worker-died"),
])  # fmt: skip
def test_the_next_call_does_not_notice(
    function: Callable[..., object], args: Sequence[object], limits: Limits, code: str
) -> None:
    with pool() as opened:
        with pytest.raises(FileError) as error:
            result(submit(opened, function, args, limits), "2023.pdf")
        assert (error.value.code, error.value.fields["path"]) == (code, "2023.pdf")
        assert result(submit(opened, len, ["abc"], LIMITS), "2024.pdf") == 3


def test_other_errors_are_those_of_the_function(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run(divmod, [1, 0], tmp_path, LIMITS)
    assert run(divmod, [7, 2], tmp_path, LIMITS) == (3, 1)


def test_a_process_of_single_use_serves_one_call() -> None:
    with pool(single_use=True) as opened:
        calls = [result(submit(opened, os.getpid, [], LIMITS), "") for _ in range(3)]
    assert len({*calls}) == 3
    with pool() as opened:
        calls = [result(submit(opened, os.getpid, [], LIMITS), "") for _ in range(3)]
    assert len({*calls}) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can refuse")
@pytest.mark.parametrize(("network", "refused"), [
    ("open", set[int]()),
    ("local", {socket.AF_INET, socket.AF_INET6}),
    ("none", {socket.AF_INET, socket.AF_INET6, socket.AF_UNIX}),
])  # fmt: skip
def test_the_network_is_cut_off(network: Network, refused: set[int]) -> None:
    with pool(network=network) as opened:
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
            program = f"import socket; socket.socket({int(family)})"
            command = [sys.executable, "-c", program]
            call = submit(opened, subprocess.call, [command], LIMITS)
            assert (result(call, "") != 0) == (family in refused), family


@POSIX
@pytest.mark.parametrize("how", ["too slow", "cancelled", "stopped"])
def test_what_a_process_started_ends_with_it(tmp_path: Path, how: str) -> None:
    mark = tmp_path / "pid"
    command = ["sh", "-c", f"echo $$ > {mark}; sleep 600 & wait"]
    with pool() as opened:
        call = submit(opened, subprocess.call, [command], BRIEF if how == "too slow" else LIMITS)
        child = _written(mark)
        if how == "too slow":
            with pytest.raises(FileError, match="too long"):
                result(call, "")
        elif how == "cancelled":
            call.cancel()
            with pytest.raises(CancelledError):
                call.result()
        else:
            opened.stop()
    assert _gone(child)


@POSIX
def test_a_process_ends_with_its_parent(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(
        "import subprocess, sys, time\n"
        "from jixiao.pipeline.process_limits import Limits, process_pool, submit\n"
        "if __name__ == '__main__':\n"
        "    pool = process_pool(1, Limits())\n"
        "    submit(pool, subprocess.call, [['sh', '-c', sys.argv[1]]], Limits())\n"
        "    time.sleep(600)\n"
    )
    mark = tmp_path / "pid"
    script = f"echo $$ > {mark}; sleep 600 & wait"
    with subprocess.Popen([sys.executable, str(program), script]) as parent:
        child = _written(mark)
        parent.kill()
    assert _gone(child)


def test_a_process_has_the_environment_of_when_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Though it is a copy of one that began before."""
    for value in ("before", "after"):
        monkeypatch.setenv("JIXIAO_TRIED", value)
        pool = process_pool(2, LIMITS)
        assert result(submit(pool, os.getenv, ["JIXIAO_TRIED"], LIMITS), "") == value
        pool.stop()
        pool.join()


@POSIX
def test_a_temporary_folder_whose_path_is_too_long_for_a_socket_will_do(tmp_path: Path) -> None:
    far = tmp_path / ("a" * 100)
    far.mkdir()
    code = (
        "from jixiao.pipeline.process_limits import Limits, process_pool, submit\n"
        "if __name__ == '__main__':\n"
        "    pool = process_pool(2, Limits())\n"
        "    print(submit(pool, len, ['jixiao'], Limits()).result())\n"
        "    pool.stop()\n"
    )
    environment = {**os.environ, "TMPDIR": str(far)}
    words = [sys.executable, "-c", code]
    assert subprocess.check_output(words, text=True, env=environment) == "6\n"


@pytest.mark.parametrize(("error", "expected"), [
    (TimeoutError(), "too-slow"),
    (MemoryError(), "too-large"),
    (CancelledError(), "died"),
    (asyncio.IncompleteReadError(b"", 5), "died"),
    (ConnectionResetError(), "died"),
    (ValueError(), None),
    (FileNotFoundError(), None),
])  # fmt: skip
def test_a_failure_has_one_of_three_names(error: Exception, expected: str | None) -> None:
    assert failure(error) == expected


def _written(file: Path) -> int:
    for _ in range(1200):
        if file.is_file() and (text := file.read_text().strip()):
            return int(text)
        time.sleep(0.05)
    raise TimeoutError(file)


def _gone(process: int) -> bool:
    """Wait for a process and all of its children to end."""
    if shutil.which("ps") is None:
        pytest.skip("ps is not installed")
    for _ in range(600):
        rows = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid=,stat="], text=True)
        alive = [row.split() for row in rows.splitlines()]
        if not any(str(process) in row[:2] for row in alive if not row[2].startswith("Z")):
            return True
        time.sleep(0.1)
    return False
