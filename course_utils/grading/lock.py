"""A process locks itself in, for good: into the namespaces of a sandbox that stands, and out of all rights.

What bubblewrap does to a program that it starts, a process does to itself here, because it was forked with
all imports done: see nursery.py. bubblewrap has made the namespaces, and all that is to be seen in them.
"""

import ctypes
import fcntl
import os
from contextlib import ExitStack, suppress

from . import seccomp

NAMESPACES = {"ipc": 0x08000000, "uts": 0x04000000, "net": 0x40000000, "pid": 0x20000000}
NAMESPACES |= {"cgroup": 0x02000000, "mnt": 0x00020000}  # CLONE_NEW* of linux/sched.h
USER = 0x10000000
OWNER = 0xB701  # NS_GET_USERNS of linux/nsfs.h
NO_NEW_RIGHTS, SECCOMP, FILTER, DROP_BOUND, AMBIENT, CLEAR_ALL = 38, 22, 2, 24, 47, 4  # linux/prctl.h
RIGHTS = 64  # more than the kernel has
VERSION_3 = 0x20080522  # of linux/capability.h
libc = ctypes.CDLL(None, use_errno=True)


class Filter(ctypes.Structure):
    """sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def called(name: str, *arguments) -> None:
    """Call a function of the C library. Raises OSError, which names it."""
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def enter(pid: int) -> None:
    """Go into all namespaces of a process. The children of this one are then in its process namespace too.

    The namespaces may belong to a user namespace, in which the process made another one for itself.
    """
    with ExitStack() as stack:
        kinds = ("user", *NAMESPACES)
        there = {kind: os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC) for kind in kinds}
        owner = fcntl.ioctl(there["mnt"], OWNER)
        here = [os.open("/proc/self/ns/user", os.O_RDONLY | os.O_CLOEXEC)]
        for descriptor in (*there.values(), owner, *here):
            stack.callback(os.close, descriptor)
        if not same(owner, here[0]):
            called("setns", owner, USER)
        for kind, flag in NAMESPACES.items():
            called("setns", there[kind], flag)
        if not same(there["user"], owner):
            called("setns", there["user"], USER)


def same(one: int, other: int) -> bool:
    """Whether two descriptors are of the same thing."""
    return os.path.sameopenfile(one, other)


def give_up_rights(user: int) -> None:
    """Be nobody: no group, no capability, none to be had again, and no session but one's own."""
    os.setsid()
    called("prctl", NO_NEW_RIGHTS, 1, 0, 0, 0)
    called("prctl", AMBIENT, CLEAR_ALL, 0, 0, 0)
    for right in range(RIGHTS):
        with suppress(OSError):  # the kernel knows fewer
            called("prctl", DROP_BOUND, right, 0, 0, 0)
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    called("capset", (ctypes.c_uint32 * 2)(VERSION_3, 0), (ctypes.c_uint32 * 6)())


def filter_calls() -> None:
    """Let the kernel refuse the calls of seccomp.py, for this process and all its children."""
    steps = seccomp.program()
    called("prctl", SECCOMP, FILTER, ctypes.byref(Filter(len(steps) // 8, steps)), 0, 0)


def keep_only(*descriptors: int) -> range:
    """Close all descriptors but these, and tell their new numbers; 0, 1 and 2 lead nowhere."""
    numbers = range(3, 3 + len(descriptors))
    aside = [fcntl.fcntl(each, fcntl.F_DUPFD, numbers.stop) for each in descriptors]
    for number, descriptor in zip(numbers, aside, strict=True):
        os.dup2(descriptor, number)
    os.closerange(numbers.stop, 2**31 - 1)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
    return numbers
