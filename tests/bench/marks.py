"""Watermarks: 720p frames a second burned in for one viewer and for five at once, by as many threads as a marker has, against their playback.

Whole frames coded again, as it is done for renditions that are not cut into slices, are the reference. A second of playback is 24 frames a viewer.
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from generation.media import encode
from generation.media.encode import RenditionFile, ToYuv, rgb_frame
from generation.media.marking import Mark, mark_run
from generation.media.segments import SegmentIndex, read_index
from tests.bench.export import FILM, textures
from tests.bench.lines import at_most, line

WIDTH, HEIGHT, FRAMES, VIEWERS, PLAYED = 1280, 720, 96, 5, 24
AT_ONCE, SEGMENT = 2, 48  # as studio.media.marked has them


def rendition(path: Path) -> SegmentIndex:
    ground, to_yuv = textures(WIDTH, HEIGHT, 3), ToYuv()
    with RenditionFile(path, WIDTH, HEIGHT, FILM) as file:
        for number in range(FRAMES):
            file.write(to_yuv(rgb_frame(ground[2 * number : 2 * number + HEIGHT, 5 * number : 5 * number + WIDTH])))
    return read_index(path)


def frames_a_second(path: Path, index: SegmentIndex, viewers: int, folder: Path) -> tuple[float, float]:
    """(by the clock, by one core's own time): every viewer's segments, in the order in which their players need them."""

    def make(start: int, viewer: int) -> None:
        mark = Mark(name=f"Viewer {viewer} <viewer{viewer}@client.example>", when="2026-11-26 20:05 UTC", link="link 4f2a91", seed=str(viewer))
        mark_run(path, index, start, start + SEGMENT, mark, folder / f"{viewer}-{start}.mp4")

    began, used = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(AT_ONCE) as markers:
        list(markers.map(lambda each: make(*each), [(start, viewer) for start in range(0, FRAMES, SEGMENT) for viewer in range(viewers)]))
    made = viewers * FRAMES
    return made / (time.perf_counter() - began), made / (time.process_time() - used)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="firstcut-bench-") as temporary:
        folder = Path(temporary)
        cut, uncut = folder / "cut.mp4", folder / "uncut.mp4"
        index = rendition(cut)
        with mock.patch.object(encode, "SLICE_ROWS", 10_000):
            whole_index = rendition(uncut)
        frames_a_second(cut, index, 1, folder)
        whole, whole_core = frames_a_second(uncut, whole_index, VIEWERS, folder)
        one, one_core = frames_a_second(cut, index, 1, folder)
        five, five_core = frames_a_second(cut, index, VIEWERS, folder)
        size = index.frags[-1] / whole_index.frags[-1]
        marked = sum(path.stat().st_size for path in folder.glob("0-*.mp4")) / index.frags[-1]
    told = f"{one:.0f} frames a second ({one_core:.0f} a core)"
    print(line("watermark at 720p, one viewer", told, f"playback {PLAYED}", PLAYED / one, 0.5), flush=True)
    told = f"{five:.0f} frames a second ({five_core:.0f} a core)"
    print(line(f"watermark at 720p, {VIEWERS} viewers at once", told, f"playback {VIEWERS * PLAYED}", VIEWERS * PLAYED / five, 1.0), flush=True)
    print(line("the same against whole frames coded again", told, f"{whole:.0f} ({whole_core:.0f} a core)", whole_core / five_core, 0.5), flush=True)
    print(at_most("bytes of a rendition cut into slices, over one that is not", 100 * size - 100, 10, "%"), flush=True)
    print(at_most("bytes of a marked copy, over its rendition", 100 * marked - 100, 10, "%"), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
