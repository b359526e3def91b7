"""Linux system calls of a child process before its exec: the parent-death signal and user namespaces."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000

# Loaded before any fork: between fork and exec the child should only make system calls.
_libc = ctypes.CDLL(None, use_errno=True)


def signal_when_orphaned(death_signal: signal.Signals) -> None:
    """Have the kernel send this process the signal when its parent ends; a change of credentials cancels it."""
    _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def enter_namespace(uid: int, gid: int, alias: int) -> None:
    """Become `alias` in a new user namespace, so a server that refuses root runs on files of `uid` and `gid`.

    Raises OSError where the kernel or the container forbids user namespaces.
    """
    if _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespaces here")
    # Without "deny" the kernel accepts no group map from a process that left its old namespace.
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{alias} {uid} 1"),
        ("gid_map", f"{alias} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - few steps after a fork
            file.write(line)
