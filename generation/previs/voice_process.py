"""eSpeak NG in a process of its own: `python -m generation.previs.voice_process` < request > sound.

One process a line, because eSpeak NG carries state from one utterance to the next and repeats itself only when fresh (and told
where its noise begins); the pipe is also where its licence (GPL-3) ends. Imports nothing but the standard library and the loader,
so that it starts in a blink.

In: {"phrases": [{"voice", "text", "rate" (wpm), "pitch", "range", "volume" (all 0–100)}]} as JSON.
Out: one line {"rate": Hz, "phrases": [{"samples": n, "words": [[sample, first character from 0, characters], …]}]}, then the
phrases' samples one after another, signed 16 bit, native order, mono.
"""

from __future__ import annotations

import ctypes
import json
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, Union, c_char, c_char_p, c_int, c_long, c_short, c_uint, c_void_p
from typing import Any

import espeakng_loader

_SYNCHRONOUS, _UTF8 = 2, 1
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4  # espeak_PARAMETER
_LIST_TERMINATED, _WORD = 0, 1  # espeak_EVENT_TYPE


class _Id(Union):
    _fields_ = [("number", c_int), ("name", c_char_p), ("string", c_char * 8)]


class _Event(Structure):
    _fields_ = [
        ("type", c_int),
        ("unique_identifier", c_uint),
        ("text_position", c_int),  # in characters from 1
        ("length", c_int),
        ("audio_position", c_int),  # milliseconds
        ("sample", c_int),
        ("user_data", c_void_p),
        ("id", _Id),
    ]


def synthesise(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The answer's header and its samples. Raises `ValueError` for a voice that eSpeak NG has not."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, str(espeakng_loader.get_data_path()).encode(), 0)
    if rate <= 0:
        raise ValueError("eSpeak NG could not start")
    library.espeak_ng_SetRandSeed.argtypes = [c_long]
    sound = bytearray()
    words: list[tuple[int, int, int]] = []

    def heard(samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            sound.extend(ctypes.string_at(samples, count * 2))
        at = 0
        while events[at].type != _LIST_TERMINATED:
            if events[at].type == _WORD:
                words.append((events[at].sample, events[at].text_position - 1, events[at].length))
            at += 1
        return 0

    callback = CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(_Event))(heard)
    library.espeak_SetSynthCallback(callback)
    answers, everything = [], bytearray()
    for phrase in request["phrases"]:
        sound.clear()
        words.clear()
        library.espeak_ng_SetRandSeed(1)  # else its noise begins with the clock's seconds
        if library.espeak_SetVoiceByName(str(phrase["voice"]).encode()) != 0:
            raise ValueError(f"eSpeak NG has no voice {phrase['voice']}")
        for parameter, name in ((_RATE, "rate"), (_VOLUME, "volume"), (_PITCH, "pitch"), (_RANGE, "range")):
            library.espeak_SetParameter(parameter, int(phrase[name]), 0)
        text = str(phrase["text"]).encode() + b"\0"
        library.espeak_Synth(text, len(text), 0, 1, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        answers.append({"samples": len(sound) // 2, "words": list(words)})
        everything += sound
    return {"rate": rate, "phrases": answers}, bytes(everything)


def main() -> int:
    try:
        header, sound = synthesise(json.loads(sys.stdin.buffer.read()))
    except (ValueError, KeyError) as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + sound)
    return 0


if __name__ == "__main__":
    sys.exit(main())
