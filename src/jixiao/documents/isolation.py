"""Blocks network access for a process in the operating system, whatever code it runs.

On Linux, a system call filter (seccomp) refuses new sockets to this process and to every process
that it starts. The filter cannot be removed. Other systems have no such filter; callers must be
stricter themselves there.

Run as a script, it sets the filter and becomes the program that its arguments name. It needs the
standard library only.
"""

import ctypes
import os
import platform
import sys
from errno import EACCES
from socket import AF_UNIX
from struct import pack
from typing import NamedTuple


class _Machine(NamedTuple):
    """The audit identifier of a processor architecture, and its number of the call `socket`."""

    architecture: int
    socket: int


# From linux/audit.h and asm/unistd.h. Calls by another architecture's numbers (32-bit programs)
# are refused too, or they would be a way around the filter.
_MACHINES = {
    "x86_64": _Machine(0xC000003E, 41),
    "aarch64": _Machine(0xC00000B7, 198),
    "riscv64": _Machine(0xC00000F3, 198),
}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # opcodes of the kernel's packet filters
_CALL, _ARCHITECTURE, _FIRST = 0, 4, 16  # offsets in seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | EACCES
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # from linux/prctl.h


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def offline(command: list[str]) -> list[str]:
    """Return a command that runs another one without a network, if the system can refuse it.

    A filter set between fork and exec would run Python code there, which may wait for ever for a
    lock of another thread. So a small process sets it.

    Args:
        command: The program, as a path, and its arguments.

    Returns:
        The command to start; `command` itself if the system has no such filter.

    """
    if _machine() is None or not sys.executable:
        return command
    return [sys.executable, "-I", "-S", __file__, *command]


def block_network(*, local: bool = False) -> bool:
    """Refuse new sockets to this process and its children from now on.

    Args:
        local: Keep Unix domain sockets allowed.

    Returns:
        True if the filter is in force, False if this system cannot set one.

    """
    machine = _machine()
    if machine is None:
        return False
    code = _filter_program(machine, AF_UNIX if local else None)
    # The kernel copies the program during the call, so the buffer only has to live until then.
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    control = ctypes.CDLL(None).prctl
    # Without this flag the kernel accepts filters from privileged processes only.
    if control(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(control(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _machine() -> _Machine | None:
    """Return the numbers of this kind of machine, or None if it has no such filter."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    return _MACHINES.get(platform.machine())


def _filter_program(machine: _Machine, allowed: int | None) -> bytes:
    """Return the filter as bytes; `allowed` is a socket family that stays allowed.

    Each step is an opcode, the number of steps to skip if its condition is true, the number to
    skip if it is false, and an operand.
    """
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


if __name__ == "__main__":
    block_network(local=True)
    os.execv(sys.argv[1], sys.argv[1:])
