"""Child processes that end with us, and what root must become for PostgreSQL to accept it."""

import ctypes
import os
import pwd
import signal
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def dies_with_parent(sent: signal.Signals = signal.SIGTERM, also: Callable[[], None] | None = None) -> Callable[[], None]:
    """What a child does before it becomes its program: end with us, even if we are killed without a word."""
    parent = os.getpid()

    def before_exec() -> None:
        os.setsid()  # Ctrl-C in the terminal is ours alone; we stop the children in order
        if also:
            also()
        _libc.prctl(PR_SET_PDEATHSIG, int(sent))  # after `also`: changing user clears it
        if os.getppid() != parent:  # we died between the fork and this line
            os._exit(1)

    return before_exec


def as_nobody_in_a_namespace() -> None:
    """Root becomes 'nobody' to the program's own eyes, while its files stay root's."""
    uid, gid = os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    if _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{nobody.pw_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{nobody.pw_gid} {gid} 1")


def as_nobody() -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def namespaces_allowed() -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            as_nobody_in_a_namespace()
            os._exit(0)
        except BaseException:  # the child must end here whatever happened, never run its parent's code
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0
