"""Keeps a process from the network by the operating system, whatever it is made to do.

On Linux a filter of system calls (seccomp) refuses new sockets to this process and to all that it
starts, for ever. Other systems have none; there the callers must be stricter themselves.
"""

import ctypes
import platform
import sys
from errno import EACCES
from socket import AF_UNIX
from struct import pack
from typing import NamedTuple


class _Machine(NamedTuple):
    """What a kind of processor calls itself, and its number of the call `socket`."""

    architecture: int
    socket: int


# From linux/audit.h and asm/unistd.h; a call of another kind (32 bits) is refused too.
_MACHINES = {
    "x86_64": _Machine(0xC000003E, 41),
    "aarch64": _Machine(0xC00000B7, 198),
    "riscv64": _Machine(0xC00000F3, 198),
}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # codes of the kernel's packet filters
_CALL, _ARCHITECTURE, _FIRST = 0, 4, 16  # offsets in seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | EACCES
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # from linux/prctl.h


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def cut_off(*, local: bool = False) -> bool:
    """Refuse sockets to this process from now on, tell whether the system could.

    With `local`, sockets of this machine's file system stay allowed.
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.maxsize < 2**32:
        return False
    code = _program(machine, AF_UNIX if local else None)
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(held))
    control = ctypes.CDLL(None).prctl
    if control(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(control(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _program(machine: _Machine, allowed: int | None) -> bytes:
    """Return the filter: each step with how many to skip where it holds, and where not."""
    family = [] if allowed is None else [(_LOAD, 0, 0, _FIRST), (_EQUAL, 1, 0, allowed)]
    refused = len(family)
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, 2 + refused, machine.architecture),
        (_LOAD, 0, 0, _CALL),
        (_EQUAL, 0, 1 + refused, machine.socket),
        *family,
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(pack("HBBI", *step) for step in steps)
