"""Music composed for a scene: from mood, tempo and key to exactly as many samples as asked for.

`form` lays out time, `harmony` and `melody` find the notes, `parts` gives them to players, `instruments` and `drums` play; here they are
put on a stage in a hall.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generation.contract import SAMPLE_RATE, BadRequest, MusicParams, Samples
from generation.media import loudness
from generation.previs import filters
from generation.previs.filters import F32
from generation.previs.music import drums, form, instruments
from generation.previs.music.harmony import nearest, parse_key
from generation.previs.music.moods import Mood, mood_for
from generation.previs.music.parts import Arranger, Note

MAX_SECONDS = 30 * 60
LUFS = -20.0
# Gain, place (0 left, 1 right), share sent to the hall.
_SEATS: dict[str, tuple[float, float, float]] = {
    "strings": (0.30, 0.5, 0.45),
    "low strings": (0.34, 0.5, 0.4),
    "choir": (0.26, 0.5, 0.6),
    "glass": (0.26, 0.5, 0.7),
    "drone": (0.40, 0.5, 0.2),
    "piano": (0.70, 0.42, 0.28),
    "harp": (0.82, 0.28, 0.4),
    "guitar": (1.05, 0.60, 0.25),
    "vibraphone": (0.42, 0.64, 0.35),
    "music box": (0.46, 0.60, 0.5),
    "pizzicato": (1.40, 0.40, 0.3),
    "marimba": (0.80, 0.62, 0.3),
    "bass": (0.42, 0.55, 0.12),
    "plucked bass": (1.20, 0.54, 0.1),
    "lead flute": (0.35, 0.56, 0.45),
    "lead clarinet": (0.34, 0.58, 0.4),
    "lead cello": (0.39, 0.60, 0.4),
    "lead violin": (0.32, 0.36, 0.45),
    "lead piano": (0.55, 0.45, 0.3),
    "lead music box": (0.32, 0.55, 0.5),
    "lead vibraphone": (0.4, 0.6, 0.4),
    "lead horn": (0.39, 0.34, 0.55),
    "taiko": (1.50, 0.5, 0.35),
    "small taiko": (1.20, 0.40, 0.35),
    "brush": (0.90, 0.58, 0.15),
    "sweep": (0.55, 0.42, 0.15),
    "shaker": (0.55, 0.68, 0.2),
    "tick": (1.00, 0.36, 0.35),
    "heart": (1.40, 0.5, 0.2),
    "snare": (0.80, 0.54, 0.4),
    "ride": (0.60, 0.66, 0.25),
    "swell": (0.50, 0.5, 0.4),
}
_DRUMS = frozenset({"taiko", "small taiko", "brush", "sweep", "shaker", "tick", "heart", "snare", "ride"})


def compose(params: MusicParams, samples: int, seed: int) -> Samples:
    """Stereo music of exactly `samples`, about −20 LUFS, true peaks under −1 dBTP, silent at its last sample.

    The same params, length and seed give the same music; another seed another tune in the same mood. Raises `BadRequest` for a key that is
    none, or for more than half an hour.
    """
    if samples > MAX_SECONDS * SAMPLE_RATE:
        raise BadRequest(
            f"Music of {samples / SAMPLE_RATE / 60:.0f} minutes was asked for; at most {MAX_SECONDS // 60} are composed at once. Split the scene."
        )
    key = parse_key(params.key)
    if samples <= 0:
        return np.zeros((0, 2), dtype=np.float32)
    mood = mood_for(params.mood)
    plan = form.plan(samples, mood, key, params.tempo)
    notes = Arranger(plan, mood, key, filters.rng_for("compose", seed, mood.name, params.key, params.tempo)).notes()
    if mood.bass == "pedal" or mood.name in ("tense", "mysterious"):
        notes.append(
            Note("drone", 0.0, max(plan.seconds - 0.4 * plan.tail, 0.2), (nearest(36, (key.tonic,)),), 0.55 if mood.bass == "pedal" else 0.3)
        )
    return _master(_perform(notes, samples, mood, seed), mood)


def _perform(notes: list[Note], samples: int, mood: Mood, seed: int) -> F32:
    """Everybody on the stage, and the hall around them."""
    dry, wet = np.zeros((samples, 2), dtype=np.float32), np.zeros((samples, 2), dtype=np.float32)
    rng = filters.rng_for("perform", seed)
    played: dict[tuple[object, ...], F32] = {}
    for note in notes:
        sound, level = _play(note, mood, rng, played)
        gain, place, send = _SEATS[note.player]
        at = int(note.start * SAMPLE_RATE)
        count = min(len(sound), samples - at)
        if count <= 0:
            continue
        gain *= level
        if sound.ndim == 1:
            angle = place * np.pi / 2
            for channel, pan in enumerate((np.cos(angle), np.sin(angle))):
                part = sound[:count] * np.float32(gain * pan)
                dry[at : at + count, channel] += part
                wet[at : at + count, channel] += part * np.float32(send)
        else:
            part = sound[:count] * np.float32(gain)
            dry[at : at + count] += part
            wet[at : at + count] += part * np.float32(send)
    response = filters.room_response(filters.rng_for("hall", mood.hall), mood.hall, 5500, 0.022)
    return np.asarray(dry + filters.convolve(filters.high_pass(wet, 120, 1), response) * np.float32(1.15), dtype=np.float32)


def _play(note: Note, mood: Mood, rng: np.random.Generator, played: dict[tuple[object, ...], F32]) -> tuple[F32, float]:
    """The sound of a note and its gain. Struck and plucked notes of one pitch are made once a piece, in three strengths."""
    player, velocity, pitch = note.player, note.velocity, note.pitches[0]
    if player in ("strings", "low strings", "choir", "glass"):
        return instruments.ensemble(note.pitches, velocity, note.length, player, rng), 1.0
    if player == "drone":
        return instruments.drone(pitch, velocity, note.length, rng), 1.0
    if player == "swell":
        return drums.swell(note.length), velocity
    if player in ("lead flute", "lead clarinet", "lead cello", "lead violin", "lead horn"):
        return instruments.lead(player.removeprefix("lead "), pitch, velocity * (0.6 + 0.6 * mood.bright), note.length, rng), 1.0
    layer = min(2, int(velocity * 3))
    strength = (0.3, 0.55, 0.85)[layer]
    held = float(np.ceil(note.length * 2) / 2) if player == "bass" or player.endswith("piano") else 3.0
    key = (player, pitch, layer, held, note.variant)
    if key not in played:
        makers: dict[str, Callable[[], F32]] = {
            "piano": lambda: instruments.piano(pitch, strength, held),
            "lead piano": lambda: instruments.piano(pitch, strength, max(held, 1.5)),
            "bass": lambda: instruments.bass(pitch, strength, held, short=False),
            "plucked bass": lambda: instruments.bass(pitch, strength, held, short=True),
        }
        name = player.removeprefix("lead ")
        if player in _DRUMS:
            played[key] = drums.hit(player, strength, note.variant)
        elif player in makers:
            played[key] = makers[player]()
        elif name in ("harp", "guitar", "pizzicato"):
            played[key] = instruments.plucked(pitch, strength, held, name)
        else:
            played[key] = instruments.mallet(pitch, strength, held, name)
    return played[key], velocity / strength


def _master(mix: F32, mood: Mood) -> Samples:
    mix = filters.high_pass(mix, 28, 2)
    mix = filters.peaking(mix, 300, -1.5, 0.7)
    mix = filters.shelf(mix, 5000, 3.0 * (mood.bright - 0.4))
    n = len(mix)
    fade_in, fade_out = min(n // 4, 480), min(n, int(min(1.6, 0.4 * n / SAMPLE_RATE) * SAMPLE_RATE))
    mix[:fade_in] *= np.linspace(0, 1, fade_in, dtype=np.float32)[:, None]
    mix[n - fade_out :] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade_out, dtype=np.float32)))[:, None]
    mix = loudness.normalise(mix, LUFS, ceiling=4.0)
    over = np.abs(mix) > 0.6  # peaks bend from −4.4 dBFS on and never reach −1
    mix[over] = np.sign(mix[over]) * (0.6 + 0.27 * np.tanh((np.abs(mix[over]) - 0.6) / 0.27))
    return mix
