"""One pass from frames to everything a take's picture needs: master, rendition with its index, poster, filmstrip, hashes.

A thread encodes while the engine makes the next frames. x264 and the colour conversion let go of the interpreter, so on two
cores the encoding costs the engine next to nothing; what waits in between is bounded by bytes.
"""

from __future__ import annotations

import queue
import threading
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from generation.contract import BadRequest, Format, Output, Pixels
from generation.media.encode import Fit, MasterFile, MasterProfile, RenditionFile, RenditionProfile, Shrink, ToYuv, file_sha256
from generation.media.segments import read_index
from generation.media.stills import Stills

WAITING_BYTES = 96 << 20  # frames between engine and encoder


def output(name: str, path: Path, media_type: str, meta: dict[str, object]) -> Output:
    return Output(name=name, path=str(path), media_type=media_type, sha256=file_sha256(path), size=path.stat().st_size, meta=dict(meta))


class PictureFiles:
    """Takes a shot's frames one by one and leaves `master.mp4`, `rendition.mp4`, `poster.jpg`, `filmstrip.jpg` in `folder`; and of a picture that is
    not small `light.mp4`, the rendition at half its size, which costs a tenth of what the other two do.

    `add` blocks only while the encoder is more than 96 MB behind, and raises what the encoder raised. Either `finish` or
    `abandon` must be called: both end the thread.
    """

    def __init__(self, folder: Path, picture: Format, master: MasterProfile, rendition: RenditionProfile) -> None:
        self.folder, self.format = folder, picture
        self._master, self._rendition, self._light = master, rendition, rendition.lighter(picture)
        self._stills = Stills(picture.frames)
        self._added = 0
        self._error: BaseException | None = None
        self._stop = threading.Event()
        depth = max(2, min(64, WAITING_BYTES // (picture.width * picture.height * 3)))
        self._queue: queue.Queue[Pixels | None] = queue.Queue(maxsize=depth)
        self._thread = threading.Thread(target=self._work, name="encode", daemon=True)
        self._thread.start()

    def add(self, pixels: Pixels) -> None:
        """The next frame. It is copied: the caller may reuse its buffer. Raises `BadRequest` for a wrong shape or one frame too many."""
        shape = (self.format.height, self.format.width, 3)
        if pixels.shape != shape or pixels.dtype != np.uint8:
            raise BadRequest(f"The engine gave a frame of {pixels.shape} {pixels.dtype}; it should be {shape} uint8. This is a fault of the engine.")
        if self._added == self.format.frames:
            raise BadRequest(f"The engine gave more than the {self.format.frames} frames asked for. This is a fault of the engine.")
        self._put(np.array(pixels, order="C"))
        self._added += 1

    def finish(self) -> list[Output]:
        """Wait for the encoder and return the files. Raises `BadRequest` if frames are missing."""
        if self._added != self.format.frames:
            raise BadRequest(f"The engine gave {self._added} of the {self.format.frames} frames asked for. This is a fault of the engine.")
        self._put(None)
        self._thread.join()
        self._raise()
        return self._outputs()

    def abandon(self) -> None:
        """End the thread; the files are not worth keeping."""
        self._stop.set()
        self._thread.join()

    def _put(self, item: Pixels | None) -> None:
        while True:
            self._raise()
            try:
                self._queue.put(item, timeout=0.2)
            except queue.Full:
                continue
            return

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _next(self) -> Pixels | None:
        while not self._stop.is_set():
            try:
                return self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
        raise _Abandoned

    def _work(self) -> None:
        try:
            self._encode()
        except _Abandoned:
            return
        except BaseException as error:
            self._error = error

    def _encode(self) -> None:
        width, height, rate = self.format.width, self.format.height, self.format.rate
        wide, high = self._rendition.size(self.format)
        to_yuv, fit = ToYuv(), Fit(wide, high)
        same = (wide, high) == (width, height)
        with ExitStack() as files:
            master = files.enter_context(MasterFile(self.folder / "master.mp4", width, height, rate, self._master))
            rendition = files.enter_context(RenditionFile(self.folder / "rendition.mp4", wide, high, rate, self._rendition))
            light, shrink = None, None
            if self._light is not None:
                small = self._light.size(self.format)
                light, shrink = files.enter_context(RenditionFile(self.folder / "light.mp4", *small, rate, self._light)), Shrink(*small)
            number = 0
            while (pixels := self._next()) is not None:
                frame = to_yuv(VideoFrame.from_numpy_buffer(pixels, format="rgb24"))
                seen = frame if same else fit(frame)
                rendition.write(seen)
                if light is not None and shrink is not None:
                    light.write(shrink(seen))
                master.write(frame)
                self._stills.add(number, frame)
                number += 1

    def _outputs(self) -> list[Output]:
        rate = self.format.rate
        poster, strip = self.folder / "poster.jpg", self.folder / "filmstrip.jpg"
        poster.write_bytes(self._stills.poster())
        filmstrip = self._stills.filmstrip()
        strip.write_bytes(filmstrip.data)
        facts: dict[str, object] = {"frames": self.format.frames, "rate": [rate.num, rate.den]}
        size: dict[str, object] = {"width": self.format.width, "height": self.format.height}
        played = [("rendition", self._rendition), *([("light", self._light)] if self._light else [])]
        return [
            output("master", self.folder / "master.mp4", "video/mp4", {**facts, **size, "crf": self._master.crf}),
            *(output(name, self.folder / f"{name}.mp4", "video/mp4", {**facts, **self._seen(name, profile)}) for name, profile in played),
            output("poster", poster, "image/jpeg", {**self._stills.poster_size()}),
            output("filmstrip", strip, "image/jpeg", filmstrip.meta()),
        ]

    def _seen(self, name: str, profile: RenditionProfile) -> dict[str, object]:
        wide, high = profile.size(self.format)
        return {"width": wide, "height": high, **read_index(self.folder / f"{name}.mp4").model_dump(mode="json")}


class _Abandoned(Exception):
    pass
