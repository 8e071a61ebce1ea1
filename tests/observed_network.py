"""Runs a command without a network and prints, as JSON, the host names that it asks for.

Start it in namespaces: `unshare -rnm python observed_network.py RESOLV_CONF SECONDS COMMAND…`; a
server on the loopback device stands for every name server and answers that no name exists. The
command is ended when it has asked for a name, or runs for so many seconds.
"""

import ctypes
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from fcntl import ioctl
from pathlib import Path

_SET_FLAGS, _UP = 0x8914, 0x1 | 0x40  # from linux/sockios.h and linux/if.h
_BIND = 4096  # from linux/mount.h
_NO_SUCH_NAME = 0x8183


def main() -> int:
    """Run the command and print the names; return its exit code, 0 if it was ended here."""
    resolver, seconds, command = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    _loopback_up()
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    libc = ctypes.CDLL(None, use_errno=True)
    target = os.fsencode(Path("/etc/resolv.conf").resolve())
    if libc.mount(os.fsencode(resolver), target, None, _BIND, None):
        raise OSError(ctypes.get_errno(), "cannot bind resolv.conf")
    names = list[str]()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        threading.Thread(target=_refuse_names, args=(server, names), daemon=True).start()
        code = _run(command, time.monotonic() + seconds, names)
        print(json.dumps(names))
    return code


def _run(command: list[str], end: float, names: list[str]) -> int:
    with subprocess.Popen(command, stdout=sys.stderr) as process:
        while process.poll() is None and not names and time.monotonic() < end:
            time.sleep(0.1)
        if process.poll() is not None:
            return process.returncode
        process.kill()
    return 0


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        ioctl(control, _SET_FLAGS, struct.pack("16sH14s", b"lo", _UP, b""))


def _refuse_names(server: socket.socket, names: list[str]) -> None:
    while True:
        query, client = server.recvfrom(4096)
        names.append(_name(query))
        header = query[:2] + struct.pack(">HHHHH", _NO_SUCH_NAME, 1, 0, 0, 0)
        server.sendto(header + query[12:], client)


def _name(query: bytes) -> str:
    """Return the name that a DNS query asks for."""
    labels, at = list[str](), 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels)


if __name__ == "__main__":
    sys.exit(main())
