"""Neural speech through VITS: over a thousand languages as Meta's MMS voices, and any other VITS that transformers can read.

Each sentence is spoken by itself, with a pause after it. When each word is heard follows from the durations the model itself foretells for
every character (Kim, Kong and Son, 2021: "Conditional Variational Autoencoder with Adversarial Learning for End-to-End Text-to-Speech").
"""

from __future__ import annotations

import re
from importlib import metadata
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import Field

from generation.contract import SAMPLE_RATE, BadRequest, Context, Request, Samples, Word
from generation.facts import Checkpoint, Cost, EngineInfo
from generation.neural import lazy, store, warm
from generation.neural.params import ModelParams
from generation.neural.tuning import card, decide

PAUSE = 0.28  # seconds after a sentence
MMS = "https://huggingface.co/facebook/mms-tts-eng"


class VitsParams(ModelParams):
    """A line. `speaker` is a number of the model's own, for models with several."""

    model: str = Field("facebook/mms-tts-eng", max_length=1024)
    text: str = Field(min_length=1, max_length=4000)
    character: str = Field("", max_length=200)
    language: str = Field("", max_length=20)
    within_seconds: float | None = Field(None, gt=0, le=600, title="To fit (seconds)", description="Made up to 1.35 times faster if it is longer.")
    speaker: int = Field(0, ge=0, le=10_000)
    pace: float = Field(1.0, ge=0.5, le=2.0, description="1 is the voice's own.")
    liveliness: float = Field(0.667, ge=0, le=1.5, description="How much each speaking differs from the last. 0: always the same.")
    rhythm: float = Field(0.8, ge=0, le=1.5, description="How much the lengths of sounds differ.")


INFO = EngineInfo(
    name="vits",
    title="VITS voices",
    description="Neural speech on any computer, with the time of every word; each language is a model of its own (MMS has over a thousand).",
    licence="CC-BY-NC-4.0 (MMS voices: not for commercial films); other voices have their own",
    kind="gpu",
    family="voice",
    target="generation.engines.vits:Vits",
    forms=MappingProxyType({"voice": VitsParams}),
    costs=MappingProxyType({"voice": Cost(fps=1, seconds=3.0)}),
    checkpoints=(
        Checkpoint(
            title="MMS English", hub="facebook/mms-tts-eng", licence="CC-BY-NC-4.0", licence_url=MMS, revenue="Not for commercial use.", gib=0.14,
            memory_gib=0.5,
        ),
        Checkpoint(
            title="MMS German", hub="facebook/mms-tts-deu", licence="CC-BY-NC-4.0", licence_url=MMS, revenue="Not for commercial use.", gib=0.14,
            memory_gib=0.5,
        ),
    ),
    classes=("transformers.VitsModel",),
    needs=("torch", "transformers"),
)  # fmt: skip


class Vits:
    """The same line and seed give the same bytes on the same machine and versions: the chance in it is drawn from a generator of its own."""

    name = "vits"

    @property
    def version(self) -> str:
        return f"1 (transformers {metadata.version('transformers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        from generation.media import tempo

        params = VitsParams.model_validate(request.params)
        sentences = [part.strip() for part in re.split(r"(?<=[.!?…;:])\s+|(?<=[。！？])\s*(?=\S)", params.text) if part.strip()]
        context.progress(0, len(sentences), unit="steps", stage="loading the model")
        model, tokenizer = _loaded(params)
        speakers = int(model.config.num_speakers)
        if params.speaker >= max(1, speakers):
            raise BadRequest(f"This voice has {max(1, speakers)} speakers, numbered from 0; {params.speaker} is none of them.")
        model.noise_scale, model.noise_scale_duration, model.speaking_rate = params.liveliness, params.rhythm, params.pace
        rate = int(model.config.sampling_rate)
        parts: list[Samples] = []
        words: list[Word] = []
        unsaid: list[str] = []
        for number, sentence in enumerate(sentences):
            said, spoken = _spoken(model, tokenizer, sentence, params.speaker if speakers > 1 else None, request.seed + number)
            if said is None:
                unsaid.append(sentence)
            else:
                start = sum(len(part) for part in parts) / rate
                words += [Word(text=text, start=round(start + begin, 4), end=round(start + end, 4)) for text, begin, end in spoken]
                parts += [said, np.zeros(round(PAUSE * rate), np.float32)]
            context.progress(number + 1, len(sentences), unit="steps", stage="speaking")
        if not parts:
            raise BadRequest(f"This voice has no letter of “{params.text[:60]}”. Choose a voice of the line's language.")
        line = tempo.fitted(_for_the_studio(np.concatenate(parts[:-1]), rate), words, params.within_seconds)
        context.sound(line.samples)
        data = {
            "kind": "vits",
            "model": store.identity(params.model, store.model_folder(params.model)),
            "seconds": len(line.samples) / SAMPLE_RATE,
            "words": [word.model_dump() for word in line.words],
            "hurry": line.hurry,
        }
        unspoken = tuple(f"Not spoken, for the voice has none of its letters: “{sentence[:80]}”." for sentence in unsaid)
        return data, (*unspoken, *line.notes)


def _loaded(params: VitsParams) -> tuple[Any, Any]:
    """The model and its tokenizer, warm or loaded now. Raises `BadRequest` for what is no VITS, or needs what is not here."""
    folder = store.model_folder(params.model)
    here = card()
    device = decide(params.tuning.model_copy(update={"precision": "float32"}), store.weight_bytes(folder), here).device

    def load() -> Any:
        transformers = lazy.transformers()
        try:
            tokenizer = transformers.VitsTokenizer.from_pretrained(str(folder), local_files_only=True)
            model = transformers.VitsModel.from_pretrained(str(folder), local_files_only=True, use_safetensors=True).to(device).eval()
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
            raise BadRequest(f"{params.model} cannot be read as a VITS voice: {(str(error).splitlines() or [''])[0][:200]}") from error
        if tokenizer.phonemize:
            raise BadRequest(f"{params.model} was trained on phonemes and needs the phonemizer, which is not part of Firstcut. Choose an MMS voice.")
        return model, tokenizer

    found: tuple[Any, Any] = warm.hold(params.model, ("vits", str(folder), device), store.weight_bytes(folder), here.memory, load)
    return found


def _spoken(model: Any, tokenizer: Any, text: str, speaker: int | None, seed: int) -> tuple[Samples | None, list[tuple[str, float, float]]]:
    """One sentence as samples at the model's rate (n,), and its words with their seconds; None for one without a letter the voice knows."""
    torch = lazy.torch()
    try:
        letters, _ = tokenizer.prepare_for_tokenization(text)
    except ImportError as error:
        raise BadRequest("This voice reads romanised text and needs uroman, which is not part of Firstcut. Choose another voice.") from error
    if not letters.strip():
        return None, []
    ids = tokenizer(letters, normalize=False, return_tensors="pt").input_ids.to(model.device)
    foretold: list[Any] = []
    hook = model.duration_predictor.register_forward_hook(lambda module, given, answer: foretold.append(answer))
    try:
        devices = [model.device] if model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices), torch.inference_mode():
            torch.manual_seed(seed)
            more = {"speaker_id": speaker} if speaker is not None else {}
            waveform = model(input_ids=ids, **more).waveform[0].float().cpu().numpy()
    finally:
        hook.remove()
    lasting = torch.ceil(torch.exp(foretold[-1].float()) / model.speaking_rate).flatten().cpu().numpy()
    ends = np.cumsum(lasting) * len(waveform) / max(1.0, float(lasting.sum())) / model.config.sampling_rate
    return waveform, _words(letters, ends, blanks=bool(tokenizer.add_blank))


def _words(letters: str, ends: Any, *, blanks: bool) -> list[tuple[str, float, float]]:
    """Letters and when each token ends, to words: with blanks, letter i is token 2i + 1."""
    found = []
    for match in re.finditer(r"\S+", letters):
        first, last = ((2 * at + 1) if blanks else at for at in (match.start(), match.end() - 1))
        last = min(last, len(ends) - 1)
        found.append((match.group(), float(ends[first - 1]) if first else 0.0, float(ends[last])))
    return found


def _for_the_studio(samples: Samples, rate: int) -> Samples:
    """48 kHz, one channel, no true peak above −1 dBTP."""
    from generation.media import limiter
    from generation.neural.sounds import at_studio_rate

    if not np.isfinite(samples).all():
        raise BadRequest("The voice gave values that are no numbers. Try another seed.")
    return limiter.limit(at_studio_rate(samples, rate), -1.0)
