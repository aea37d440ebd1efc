"""Bringing in the recording of a consent and the sample of a voice; words for voices that tell no times. Loaded in workers only."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from generation.contract import SAMPLE_RATE, BadRequest, Output, Progress, Request, Result
from generation.media import probe
from generation.media.sound import count_samples, read_sound
from generation.media.spoken import SPREAD, spread
from studio.jobs.kinds import Work
from studio.jobs.models import Job
from studio.jobs.tasks.running import run_engine
from studio.media import store

LEAST, MOST = 2.0, 600.0  # seconds of a recording


def bring_in(job: Job, request: dict[str, Any], work: Work, tell: Any, should_stop: Any) -> Result:
    """The recording and the sample as FLAC, in the sandbox, by their content. Raises `BadRequest` for what is no sound, too short or too long."""
    began = time.perf_counter()
    outputs: list[Output] = []
    for number, part in enumerate(("recording", "sample")):
        tell(Progress(done=number, total=2, unit="steps", stage="reading"), None)
        given = request[part] or request["recording"]  # a consent that is long enough shows the voice as well
        folder = work.workdir / part
        folder.mkdir()
        path = store.local(given["sha256"])
        seen = probe.probe(path, given["name"])
        if seen.kind != "sound" or not LEAST <= seen.seconds <= MOST:
            what = f"lasts {seen.seconds:.1f} s" if seen.kind == "sound" else f"is a {seen.kind}"
            raise BadRequest(f"“{given['name']}” {what}; a sound of {LEAST:.0f} to {MOST:.0f} s is needed. No consent was recorded: send it again.")
        outputs.append(probe.bring_sound(path, folder, given["name"]).model_copy(update={"name": part}))
    seconds = count_samples(Path(outputs[1].path)) / SAMPLE_RATE
    tell(Progress(done=2, total=2, unit="steps"), None)
    return Result(outputs=tuple(outputs), data={"seconds": seconds}, seconds=round(time.perf_counter() - began, 3))


def speak(job: Job, request: Request, work: Work, tell: Any, should_stop: Any) -> Result:
    """As the engine does it, with its length and words where it does not tell them."""
    result = run_engine(job, request, work, tell, should_stop)
    sound = next((output for output in result.outputs if output.name == "sound"), None)
    if sound is None:
        raise BadRequest(f"{request.engine} gave no sound for the line. Choose another voice for this character.")
    if result.data.get("words") and result.data.get("seconds"):
        return result
    samples = read_sound(Path(sound.path))
    data = {"seconds": len(samples) / SAMPLE_RATE, **result.data}
    if data.get("words"):
        return result.model_copy(update={"data": data})
    data["words"] = [word.model_dump() for word in spread(str(request.params.get("text", "")), samples)]
    return result.model_copy(update={"data": data, "notes": (*result.notes, SPREAD)})
