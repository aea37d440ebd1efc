"""eSpeak NG by name: lines in any of its languages, spoken on any computer, with the time of every word."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import Field

from generation.contract import SAMPLE_RATE, Context, Request, VoiceParams
from generation.facts import Cost, EngineInfo


class EspeakParams(VoiceParams):
    """A line. Pitch and pace left at 0 are the character's own: from their design, or drawn from their name."""

    text: str = Field(min_length=1, max_length=4000)
    character: str = Field("Voice", max_length=200, description="Decides the voice where nothing else does.")
    direction: str = Field("", max_length=200, description="As in a script: whispering, angry, on the phone.")
    language: str = Field("en", max_length=20)
    pitch: float = Field(0, ge=0, le=99)
    pace: float = Field(0, ge=0, le=240, description="Words a minute, 100 to 240.")


INFO = EngineInfo(
    name="espeak",
    title="eSpeak NG",
    description="Lines in more than a hundred languages on any computer, with the time of every word. A synthetic voice, not a neural one.",
    licence="GPL-3, as a program of its own",
    kind="cpu",
    family="voice",
    target="generation.engines.espeak:Espeak",
    forms=MappingProxyType({"voice": EspeakParams}),
    costs=MappingProxyType({"voice": Cost(fps=1, seconds=0.5)}),
)


class Espeak:
    """The same line gives the same bytes, whatever the seed: nothing in it is left to chance."""

    name = "espeak"
    version = "1"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        from generation.previs.voice import speak_within

        params = EspeakParams.model_validate(request.params)
        context.progress(0, 1, unit="steps", stage="speaking")
        own = {name: value for name, value in (("pitch", params.pitch), ("rate", params.pace)) if value}
        plain = {name: getattr(params, name) for name in VoiceParams.model_fields}
        samples, words, hurry = speak_within(VoiceParams(**{**plain, "voice": {**params.voice, **own}}))
        context.sound(samples)
        context.progress(1, 1, unit="steps")
        notes = ("Paces under 100 words a minute are spoken at 100.",) if 0 < params.pace < 100 else ()
        peak = round(float(np.abs(samples).max(initial=0.0)), 4)
        spoken = {"seconds": len(samples) / SAMPLE_RATE, "peak": peak, "words": [word.model_dump() for word in words], "hurry": hurry}
        return {"kind": "espeak", **spoken}, notes
