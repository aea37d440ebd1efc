"""What went wrong, as a person is told it: full disks and small memories seen through whatever library met them."""

from __future__ import annotations

import errno

from generation.contract import Failure, OutOfMemory, Transient


def as_failure(error: BaseException, work: str, advice: str) -> BaseException:
    """`error` as a `Failure` where it is one that a person can do something about, else `error` itself: a fault of the code passes unchanged.

    `work` completes "too small for …"; `advice` is a sentence.
    """
    if isinstance(error, Failure):
        return error
    # torch.OutOfMemoryError is a RuntimeError of its own: known by its name, so that torch need not be here. Of a plain processor's memory
    # torch speaks in a RuntimeError like any other.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error):
        return OutOfMemory(f"The memory of this machine was too small for {work}, and nothing was kept. {advice}")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Transient("The disk is full, so the files could not be written, and nothing was kept. Free some space, then try again.")
    return error
