"""What is written: whole files, through links, into pipes, and what is told where that fails."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from jixiao.atomic_files import write_whole, writing, writing_folder
from jixiao.errors import UsageError


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    """As a device is: nothing else takes its place."""
    pipe, got = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"whole")
    reader.join(timeout=10)
    assert got == [b"whole"] and pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_link_stays_and_leads_to_what_is_written(tmp_path: Path) -> None:
    for name in ("there", "new"):
        (tmp_path / f"link-{name}").symlink_to(tmp_path / name)
    (tmp_path / "there").write_bytes(b"before")
    for name in ("there", "new"):
        write_whole(tmp_path / f"link-{name}", b"after")
        assert (tmp_path / f"link-{name}").is_symlink()
        assert (tmp_path / name).read_bytes() == b"after"


def test_a_linked_folder_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for words in (b"one", b"two"):
        with writing_folder(tmp_path / "link") as folder:
            (folder / "a").write_bytes(words)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "a").read_bytes() == words


def test_what_is_broken_off_leaves_what_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "a") as file:
        file.write(b"half" * (1 // 0))
    assert (tmp_path / "a").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(tmp_path, b"")


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    jixiao = f"{sys.executable} -m jixiao --lang en"
    script = command.replace("JIXIAO", jixiao)
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("words", ["query", "query -o -", "query -o /dev/stdout"])
def test_an_output_that_takes_nothing_is_one_line(words: str, tmp_path: Path) -> None:
    """A full disk is one; here it is a file that is open for reading only."""
    (tmp_path / "in.txt").touch()
    done = _run(f"JIXIAO {words} 1< in.txt", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("jixiao: ") and done.stderr.count("\n") == 1
    assert "cannot be written" in done.stderr


def test_what_standard_output_is_added_to_stays(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("before\n")
    done = _run("JIXIAO query -o /dev/stdout >> log.txt", tmp_path)
    assert done.returncode == 0, done.stderr
    told = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert told.startswith("before\n") and "same-target" in told
