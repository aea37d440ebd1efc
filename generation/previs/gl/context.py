"""The one OpenGL context of this process: made without a screen, through EGL, when something is first drawn; never before a fork."""

from __future__ import annotations

import ctypes
import os
import threading
from ctypes.util import find_library
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from generation.contract import Transient
from generation.previs.raster import F64, OFFSETS

OLDEST = 330  # OpenGL 3.3
SAMPLES = 4  # a pixel
GL_SAMPLE_POSITION = 0x8E50
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swr", "lavapipe", "software")  # words in the names of devices that are really the processor


CARDS = ("dri/renderD*", "nvidia[0-9]*", "dxg")  # what a graphics card shows itself as, under /dev


class NoDevice(Exception):
    """OpenGL cannot be had here; the message says why, for a person."""


@dataclass
class Device:
    """A context and what it draws on. Good for the thread it was made in."""

    context: Any  # moderngl.Context
    name: str
    hardware: bool
    owner: tuple[int, int]  # process and thread
    samples: F64  # (4, 2): where a pixel's samples lie
    programs: dict[str, Any] = field(default_factory=dict)  # by quality: compiled once, used by renderers of every size

    def collect(self) -> None:
        """Give back what nothing refers to any more."""
        self.context.gc()


_made: dict[tuple[int, int], Device] = {}
_refused: dict[int, str] = {}  # by process: it is not asked twice


def card(folder: Path = Path("/dev")) -> bool:
    """Whether this machine shows a graphics card at all. Without one a context is not worth its 70 MB."""
    return any(next(folder.glob(pattern), None) is not None for pattern in CARDS)


def here() -> tuple[int, int]:
    """This process and thread: what a context belongs to."""
    return os.getpid(), threading.get_ident()


def device() -> Device:
    """The device of this thread. Raises `NoDevice` if there is no EGL with OpenGL 3.3."""
    owner = here()
    if owner in _made:
        return _made[owner]
    if os.getpid() in _refused:
        raise NoDevice(_refused[os.getpid()])
    try:
        made = _create(owner)
    except NoDevice as error:
        _refused[os.getpid()] = str(error)
        raise
    _made[owner] = made
    return made


def _create(owner: tuple[int, int]) -> Device:
    try:
        import moderngl
    except ImportError as error:
        raise NoDevice(f"moderngl is not installed ({error}).") from error
    try:
        create: Any = moderngl.create_context  # its types know no other backend's arguments
        context = create(standalone=True, backend="egl", require=OLDEST)
    except Exception as error:  # glcontext raises plain Exceptions for every kind of absence
        raise NoDevice(f"no EGL context with OpenGL 3.3 can be made ({error}).") from error
    context.gc_mode = "context_gc"
    name = str(context.info["GL_RENDERER"])
    if min(context.max_samples, context.info["GL_MAX_COLOR_TEXTURE_SAMPLES"]) < SAMPLES:
        context.release()
        raise NoDevice(f"{name} draws fewer than four samples a pixel.")
    return Device(context, name, not any(word in name.lower() for word in SOFTWARE), owner, _positions(context))


def _positions(context: Any) -> F64:
    """Where this driver's four samples lie in a pixel, from its first row and column. Nearly all lay them as `raster.OFFSETS`; none must."""
    target = context.framebuffer([context.texture((16, 16), 1, samples=SAMPLES, dtype="f4")])
    target.use()
    egl = ctypes.CDLL(find_library("EGL") or "libEGL.so.1")
    egl.eglGetProcAddress.restype, egl.eglGetProcAddress.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    address = egl.eglGetProcAddress(b"glGetMultisamplefv")
    if not address:
        return OFFSETS
    ask = ctypes.CFUNCTYPE(None, ctypes.c_uint, ctypes.c_uint, ctypes.POINTER(ctypes.c_float))(address)
    found = np.zeros((SAMPLES, 2))
    for number in range(SAMPLES):
        place = (ctypes.c_float * 2)()
        ask(GL_SAMPLE_POSITION, number, place)
        found[number] = place[0], place[1]
    return found


def lose(lost: Device, why: object) -> Transient:
    """Forget a device that failed while drawing; the next attempt makes a new one. The failure to raise."""
    _made.pop(lost.owner, None)
    return Transient(f"Drawing through OpenGL on {lost.name} broke off ({why}). Nothing wrong was kept; ask again.")
