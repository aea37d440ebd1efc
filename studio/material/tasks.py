"""Bringing in a file that somebody uploaded: in the sandbox, by its content. Loaded in workers only."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from generation.contract import SAMPLE_RATE, BadRequest, Output, Progress, Rate, Result
from generation.media import loudness, probe, waveform
from generation.media.picture import output
from generation.media.sound import read_sound
from studio.jobs.kinds import Work
from studio.jobs.models import Job
from studio.media import store

HEADER = 100 * 1024 * 1024  # bytes of a safetensors header at most, as its own readers have it


def bring_in(job: Job, request: dict[str, Any], work: Work, tell: Any, should_stop: Any) -> Result:
    """A picture as PNG, a film as master and rendition at the project's size and rate, a sound as FLAC with waveform, an adapter as it is.
    Raises `BadRequest` for anything else."""
    began = time.perf_counter()
    path, name, folder = store.local(request["sha256"]), request["name"], work.workdir
    tell(Progress(done=0, total=1, unit="steps", stage="reading"), None)
    if is_adapter(path):
        outputs: tuple[Output, ...] = (output("adapter", path, "application/x-safetensors", {"bytes": path.stat().st_size}),)
        facts: dict[str, Any] = {"kind": "adapter"}
    else:
        seen = probe.probe(path, name)
        facts = seen.model_dump(mode="json")
        if seen.kind == "picture":
            outputs = (probe.bring_picture(path, folder, name),)
        elif seen.kind == "film":
            num, den = request["rate"]
            outputs = probe.bring_film(path, folder, request["width"], request["height"], Rate(num=num, den=den), name)
        else:
            sound = probe.bring_sound(path, folder, name)
            outputs = (sound, _waveform(sound, folder))
    tell(Progress(done=1, total=1, unit="steps"), None)
    return Result(outputs=outputs, data={"uploaded": facts}, seconds=round(time.perf_counter() - began, 3))


def _waveform(sound: Output, folder: Path) -> Output:
    samples = read_sound(Path(sound.path))
    path = folder / "waveform.bin"
    path.write_bytes(waveform.peaks(samples))
    level = loudness.measure(samples)
    seconds = len(samples) / SAMPLE_RATE
    meta: dict[str, object] = {"per_second": waveform.PER_SECOND, "samples": len(samples), "lufs": level.integrated, "seconds": seconds}
    return output("waveform", path, "application/octet-stream", meta)


def is_adapter(path: Path) -> bool:
    """Whether the file is safetensors: eight bytes of length, then that much JSON naming every tensor's place within the file. Nothing of
    it is run. Raises `BadRequest` for one that says so and is damaged."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(9)
        if len(start) < 9 or start[8:9] != b"{":
            return False
        (length,) = struct.unpack("<Q", start[:8])
        if not 2 <= length <= min(HEADER, size - 8):
            return False
        try:
            header = json.loads(start[8:] + file.read(length - 1))
            tensors = {name: entry["data_offsets"] for name, entry in header.items() if name != "__metadata__"}
            last = max((int(end) for _, end in tensors.values()), default=0)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadRequest(gettext_noop("The file begins like a LoRA (safetensors) and is damaged. Upload it again.")) from None
    if not tensors or last != size - 8 - length:
        raise BadRequest(gettext_noop("The LoRA (safetensors) is cut off or has no weights in it. Upload it again."))
    return True
