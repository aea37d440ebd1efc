"""A voice from words through Boson's Higgs Audio v2: who speaks is described ("an old woman, low and slow, from the north"), nobody is cloned.

A description fits many voices, and the model would take another for each line. So the voice is tried out first: it says some words by the
description alone (`audition`), and every stretch of every line is spoken as the same speaker going on from there. The audition is drawn from its
own number, so that the same description and number are the same voice in every line, on the same machine and versions.

The description stands in the scene's part of the prompt, as "SPEAKER0: …", which is where the model's makers put it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import Field

from generation.contract import SAMPLE_RATE, BadRequest, Context, Frozen, Request, Samples, Word
from generation.engines.higgs_audio.codec import Codec, delayed, undelayed
from generation.facts import Checkpoint, Cost, EngineInfo
from generation.neural import lazy, store, warm
from generation.neural.params import ModelParams
from generation.neural.tuning import card, decide

MODEL, CODEC = "bosonai/higgs-audio-v2-generation-3B-base", "bosonai/higgs-audio-v2-tokenizer"
LICENCE = "Boson Higgs Audio 2 Community License"
LIMITS = "Above 100,000 active users a year a licence of Boson AI's own is needed; Meta's Llama 3 terms hold as well."
INSTRUCTION = "Generate audio following instruction."
AUDITION = "The boats go out at six, and by noon the whole harbour smells of salt. If you stand still, you can hear the bell."
PAUSE = 0.2  # seconds between stretches
STRETCH = 40  # words spoken at once
TOP_K, TOP_P = 50, 0.95
AUDITIONS = 24  # kept in memory
SPECIAL = re.compile(r"<\|.*?\|>")  # in the model's own language: never from a person


class Described(Frozen):
    """A line, and who says it."""

    text: str = Field(min_length=1, max_length=4000)
    character: str = Field("", max_length=200)
    direction: str = Field("", max_length=200, description="How this line is said: whispering, out of breath.")
    within_seconds: float | None = Field(None, gt=0, le=600, title="To fit (seconds)", description="Made up to 1.35 times faster if it is longer.")
    description: str = Field(
        min_length=3, max_length=1000, title="The voice in words",
        description="Sex and age, accent, pitch, pace, manner. Needs a consent that says it imitates nobody.",
    )  # fmt: skip


class HiggsParams(ModelParams, Described):
    """Pydantic takes fields from the last base first: a form begins with the voice."""

    model: str = Field(MODEL, max_length=1024)
    codec: str = Field(CODEC, max_length=1024, description="Its audio tokenizer: a model of its own on the shelf.")
    audition: int = Field(1, ge=0, le=1_000_000, description="Many voices fit one description: another number is another of them.")
    audition_words: str = Field(AUDITION, min_length=10, max_length=400, title="Auditions with", description="In the language of the lines.")
    scene: str = Field("Audio is recorded from a quiet room.", max_length=400, title="Where it is recorded")
    temperature: float = Field(0.3, ge=0, le=1.5, description="How much each speaking differs from the last. 0: always the same.")


INFO = EngineInfo(
    name="higgs_audio",
    title="Higgs Audio",
    description="A voice made from words: describe who speaks, and the character keeps that voice in every line. Imitates nobody.",
    licence=f"{LICENCE} (weights): {LIMITS.rstrip('.')}",
    kind="gpu",
    family="voice",
    target="generation.engines.higgs_audio:HiggsAudio",
    forms=MappingProxyType({"voice": HiggsParams}),
    costs=MappingProxyType({"voice": Cost(fps=1, seconds=12.0)}),
    checkpoints=(
        Checkpoint(
            title="Higgs Audio v2, 3B", hub=MODEL, licence=LICENCE, licence_url=f"https://huggingface.co/{MODEL}", revenue=LIMITS, gib=10.8,
            memory_gib=14.5,
        ),
        Checkpoint(
            title="Its audio tokenizer", hub=CODEC, licence=LICENCE, licence_url=f"https://huggingface.co/{CODEC}", revenue=LIMITS, gib=0.8,
            memory_gib=0.9, base=False,
        ),
    ),
    classes=("transformers.HiggsAudioV2ForConditionalGeneration",),
    designs=("description",),
    needs=("torch", "transformers"),
)  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    model: Any
    tokenizer: Any
    template: str
    codec: Codec
    key: tuple[Any, ...]

    def token(self, which: str) -> str:
        return str(self.tokenizer.convert_ids_to_tokens(getattr(self.model.config, which)))


class HiggsAudio:
    """The same line, description, audition and seed give the same bytes on the same machine and versions."""

    name = "higgs_audio"

    def __init__(self) -> None:
        self._auditions: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    @property
    def version(self) -> str:
        return f"1 (transformers {metadata.version('transformers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        from generation.media import tempo
        from generation.media.spoken import SPREAD, spread

        params = HiggsParams.model_validate(request.params)
        stretches = stretches_of(_plain(params.text))
        if not stretches:
            raise BadRequest(f"There is nothing to say in “{params.text[:60]}”.")
        context.progress(0, 1, unit="steps", stage="loading the model")
        loaded = _loaded(params)
        longest = [_longest(text, loaded.codec.frame_rate) for text in (params.audition_words, *stretches)]
        voice = self._audition(loaded, params, _teller(context, 0, sum(longest), longest[0], "trying the voice out"))
        parts: list[Samples] = []
        words: list[Word] = []
        for number, stretch in enumerate(stretches):
            before, most = sum(longest[: number + 1]), longest[number + 1]
            tell = _teller(context, before, sum(longest), most, "speaking")
            codes = _spoken(loaded, params, stretch, voice, params.direction, request.seed + number, most, tell)
            said, start = _for_the_studio(loaded.codec.decode(codes), loaded.codec.rate), sum(len(part) for part in parts) / SAMPLE_RATE
            words += [Word(text=w.text, start=round(start + w.start, 4), end=round(start + w.end, 4)) for w in spread(stretch, said)]
            parts += [said, np.zeros((round(PAUSE * SAMPLE_RATE), 1), np.float32)]
        line = tempo.fitted(np.concatenate(parts[:-1]), words, params.within_seconds)
        context.sound(line.samples)
        context.progress(sum(longest), sum(longest), unit="steps")
        data = {
            "kind": "higgs_audio",
            "model": store.identity(params.model, store.model_folder(params.model)),
            "codec": store.identity(params.codec, store.model_folder(params.codec)),
            "seconds": len(line.samples) / SAMPLE_RATE,
            "words": [word.model_dump() for word in line.words],
            "hurry": line.hurry,
        }
        return data, (SPREAD, *line.notes)

    def _audition(self, loaded: Loaded, params: HiggsParams, tell: Callable[[], None]) -> Any:
        """What the described speaker said when the voice was tried out, as codes (frames, codebooks); from memory where it can be."""
        key = (*loaded.key, params.description, params.scene, params.audition_words, params.audition, params.temperature)
        if key not in self._auditions:
            most = _longest(params.audition_words, loaded.codec.frame_rate)
            self._auditions[key] = _spoken(loaded, params, _plain(params.audition_words), None, "", params.audition, most, tell)
        self._auditions.move_to_end(key)
        while len(self._auditions) > AUDITIONS:
            self._auditions.popitem(last=False)
        return self._auditions[key]


def stretches_of(text: str) -> list[str]:
    """Sentences together up to `STRETCH` words; a longer sentence in pieces of that length. Without those that say nothing."""
    made: list[list[str]] = [[]]
    for sentence in re.split(r"(?<=[.!?…;:])\s+|(?<=[。！？])\s*(?=\S)", text):
        words = sentence.split()
        if made[-1] and len(made[-1]) + len(words) > STRETCH:
            made.append([])
        for word in words:
            if len(made[-1]) == STRETCH:
                made.append([])
            made[-1].append(word)
    return [stretch for stretch in map(" ".join, made) if any(letter.isalnum() for letter in stretch)]


def _longest(text: str, rate: float) -> int:
    """Steps after which it is stopped: no voice takes more than that for so many letters, or for so many signs of writing without letters."""
    return int((3 + sum(1 / 7 if letter.isascii() else 1 / 2.5 for letter in text)) * rate)


def _teller(context: Context, before: int, total: int, most: int, stage: str) -> Callable[[], None]:
    step = [0]

    def tell() -> None:
        context.progress(before + min(step[0], most), total, unit="steps", stage=stage)
        step[0] += 1

    return tell


def _loaded(params: HiggsParams) -> Loaded:
    """The model and its codec, warm or loaded now. Raises `BadRequest` for what is no Higgs Audio v2."""
    folder, codec_folder = store.model_folder(params.model), store.model_folder(params.codec)
    here, weights = card(), store.weight_bytes(folder)
    settings = decide(params.tuning.model_copy(update={"offload": "none", "quantisation": "none"}), weights, here)
    size = weights * (2 if settings.precision == "float32" else 1) + store.weight_bytes(codec_folder)
    key = ("higgs_audio", str(folder), str(codec_folder), settings.device, settings.precision)

    def load() -> Loaded:
        transformers = lazy.transformers()
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            file = folder / "chat_template.jinja"
            own = transformers.HiggsAudioV2ForConditionalGeneration
            model = own.from_pretrained(str(folder), dtype=settings.dtype, local_files_only=True, use_safetensors=True)
            codec = Codec(codec_folder, int(model.config.num_codebooks), settings.device)
            template = file.read_text() if file.is_file() else str(tokenizer.chat_template or "")
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
            raise BadRequest(
                f"{params.model} with {params.codec} cannot be read as Higgs Audio v2: {(str(error).splitlines() or [''])[0][:200]}"
            ) from error
        return Loaded(model.to(settings.device).eval(), tokenizer, template, codec, key)

    found: Loaded = warm.hold(params.model, key, size, here.memory, load)
    return found


def _prompt(loaded: Loaded, params: HiggsParams, text: str, voice: Any, direction: str) -> dict[str, Any]:
    """What the model is given: who speaks and where, what they said before (the audition) if there is any, and what to say now."""
    torch, config = lazy.torch(), loaded.model.config
    speaker = "; ".join(_plain(part).rstrip(".;") for part in (params.description, direction) if part.strip())
    scene = [part for part in (_plain(params.scene), f"SPEAKER0: {speaker}") if part]
    talk = [_turn("system", INSTRUCTION), {"role": "scene", "content": [{"type": "text", "text": part} for part in scene]}]
    if voice is not None:
        talk += [_turn("user", _plain(params.audition_words)), {"role": "assistant", "content": [{"type": "audio"}]}]
    prompt = loaded.tokenizer.apply_chat_template(
        [*talk, _turn("user", text)], tokenize=False, add_generation_prompt=True, chat_template=loaded.template
    )
    given: dict[str, Any] = {}
    if voice is not None:
        rows = delayed(voice, config.audio_stream_bos_id, config.audio_stream_eos_id)[None]
        late = config.num_codebooks - 1
        places = loaded.token("audio_token_id") * (rows.shape[1] - late) + loaded.token("audio_delay_token_id") * late
        prompt = prompt.replace(loaded.token("audio_token_id"), places)
        given = {"audio_input_ids": rows, "audio_input_ids_mask": torch.ones(rows.shape[:2], dtype=torch.bool)}
    read = loaded.tokenizer(prompt, add_special_tokens=False, return_tensors="pt")
    given |= {"input_ids": read["input_ids"], "attention_mask": read["attention_mask"]}
    return {name: value.to(loaded.model.device) for name, value in given.items()}


def _plain(words: str) -> str:
    return SPECIAL.sub(" ", words).strip()


def _turn(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": [{"type": "text", "text": text}]}


def _spoken(loaded: Loaded, params: HiggsParams, text: str, voice: Any, direction: str, seed: int, most: int, tell: Callable[[], None]) -> Any:
    """One stretch as codes (frames, codebooks), by a generator of its own. `tell` is called before every step, and may end it."""
    torch, model = lazy.torch(), loaded.model
    given = _prompt(loaded, params, text, voice, direction)
    before = given["audio_input_ids"].shape[1] if voice is not None else 0
    noisy = {"do_sample": True, "temperature": params.temperature, "top_k": TOP_K, "top_p": TOP_P} if params.temperature else {"do_sample": False}
    hook = model.register_forward_pre_hook(lambda *_: tell())
    try:
        with torch.random.fork_rng(devices=[model.device] if model.device.type == "cuda" else []), torch.inference_mode():
            torch.manual_seed(seed)
            rows = model.generate(**given, max_new_tokens=most, **noisy)[0, before:].cpu()
    finally:
        hook.remove()
    codes = undelayed(rows, model.config.audio_stream_bos_id, model.config.audio_stream_eos_id)
    if not len(codes):
        raise BadRequest("The voice said nothing at all. Try another seed, another audition, or other words for the voice.")
    return codes


def _for_the_studio(samples: Samples, rate: int) -> Samples:
    """(n, 1) at 48 kHz, no true peak above −1 dBTP."""
    from generation.media import limiter
    from generation.neural.sounds import at_studio_rate

    if not len(samples) or not np.isfinite(samples).all():
        raise BadRequest("The voice gave no sound, or values that are no numbers. Try another seed.")
    limited: Samples = limiter.limit(at_studio_rate(samples, rate), -1.0)
    return limited
