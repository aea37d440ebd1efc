"""A cloned voice through Kyutai's Pocket TTS: a few seconds of somebody speaking, and they say the line. Small enough for any computer.

The voice is a sound that comes with the request; the studio gives it one only under a recorded consent (`InputSpec.consent`). Each stretch of
the line is spoken by itself, the latents of the voice before it (Rouard et al., 2025: "Continuous Audio Language Models").
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import Field

from generation.contract import SAMPLE_RATE, BadRequest, Context, Request, Samples, Word
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec
from generation.neural import lazy, store, warm
from generation.neural.params import ModelParams
from generation.neural.tuning import card, decide

MODEL, CODEC = "eustlb/pocket-tts", "eustlb/pocket-tts-audio-tokenizer"
LICENCE, PAGE = "CC-BY-4.0", "https://huggingface.co/kyutai/pocket-tts"
PAUSE = 0.2  # seconds between stretches
LEAST, MOST = 2.0, 30.0  # seconds of the sample: less says too little of a voice, more is not listened to
STRETCH = 50  # tokens spoken at once, as its makers do


class PocketParams(ModelParams):
    """A line in the voice of the sample."""

    model: str = Field(MODEL, max_length=1024)
    codec: str = Field(CODEC, max_length=1024, description="Its audio tokenizer: a model of its own on the shelf.")
    text: str = Field(min_length=1, max_length=4000)
    character: str = Field("", max_length=200)
    language: str = Field("", max_length=20)
    within_seconds: float | None = Field(None, gt=0, le=600, title="To fit (seconds)", description="Made up to 1.35 times faster if it is longer.")
    temperature: float = Field(0.7, ge=0, le=1.5, description="How much each speaking differs from the last. 0: always the same.")
    steps: int = Field(1, ge=1, le=16, description="Of each twelfth of a second: more is slower and a little cleaner.")


INFO = EngineInfo(
    name="pocket_tts",
    title="Pocket TTS",
    description="A cloned voice on any computer: five seconds of somebody speaking are enough. Only with their recorded consent.",
    licence=f"{LICENCE} (weights); its makers forbid speaking in anybody's voice without their consent",
    kind="gpu",
    family="voice",
    target="generation.engines.pocket_tts:PocketTts",
    forms=MappingProxyType({"voice": PocketParams}),
    inputs=MappingProxyType(
        {
            "voice": (
                InputSpec(
                    role="voice", title="Whose voice", medium="sound", least=1, consent=True,
                    help="Two to thirty seconds of one person speaking, without noise or music. Needs their consent.",
                ),
            )
        }
    ),
    costs=MappingProxyType({"voice": Cost(fps=1, seconds=4.0)}),
    checkpoints=(
        Checkpoint(
            title="Pocket TTS", hub=MODEL, licence=LICENCE, licence_url=PAGE, gib=0.4, memory_gib=1.0, gated=True,
        ),
        Checkpoint(
            title="Its audio tokenizer", hub=CODEC, licence=LICENCE, licence_url=PAGE, gib=0.1, memory_gib=0.3, gated=True, base=False,
        ),
    ),
    classes=("transformers.PocketTTSForConditionalGeneration", "transformers.PocketTTSAudioTokenizerModel"),
    needs=("torch", "transformers"),
)  # fmt: skip


class PocketTts:
    """The same line, sample and seed give the same bytes on the same machine and versions."""

    name = "pocket_tts"

    @property
    def version(self) -> str:
        return f"1 (transformers {metadata.version('transformers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        from generation.media import tempo
        from generation.media.spoken import SPREAD, spread

        params = PocketParams.model_validate(request.params)
        if not any(letter.isalnum() for letter in params.text):
            raise BadRequest(f"There is nothing to say in “{params.text[:60]}”.")
        heard = _sample(context.inputs("voice")[0])
        context.progress(0, 1, unit="steps", stage="loading the model")
        model, processor = _loaded(params)
        rate = int(processor.feature_extractor.sampling_rate)
        voice, notes = _voice(processor, heard, rate)
        stretches = processor.split_text(params.text, STRETCH)
        parts: list[Samples] = []
        words: list[Word] = []
        pause = np.zeros((round(PAUSE * SAMPLE_RATE), 1), np.float32)
        for number, stretch in enumerate(stretches):
            said = _for_the_studio(_spoken(model, processor, stretch, voice, request.seed + number, params, context, number, len(stretches)), rate)
            start = sum(len(part) for part in parts) / SAMPLE_RATE
            words += [Word(text=w.text, start=round(start + w.start, 4), end=round(start + w.end, 4)) for w in spread(stretch, said)]
            parts += [said, pause]
        line = tempo.fitted(np.concatenate(parts[:-1]), words, params.within_seconds)
        context.sound(line.samples)
        data = {
            "kind": "pocket_tts",
            "model": store.identity(params.model, store.model_folder(params.model)),
            "codec": store.identity(params.codec, store.model_folder(params.codec)),
            "seconds": len(line.samples) / SAMPLE_RATE,
            "words": [word.model_dump() for word in line.words],
            "hurry": line.hurry,
        }
        return data, (SPREAD, *notes, *line.notes)


def _sample(path: Path) -> Samples:
    """The sample as (n,) at 48 kHz. Raises `BadRequest` for one that is too short or silent."""
    from generation.media.sound import read_sound

    samples: Samples = np.asarray(read_sound(path), np.float32).mean(axis=1)
    if len(samples) < LEAST * SAMPLE_RATE:
        raise BadRequest(f"The sample of the voice lasts {len(samples) / SAMPLE_RATE:.1f} s; give {LEAST:.0f} to {MOST:.0f} s of somebody speaking.")
    if float(np.abs(samples).max()) < 1e-3:
        raise BadRequest("The sample of the voice is silent. Give one in which somebody is heard speaking.")
    return samples


def _loaded(params: PocketParams) -> tuple[Any, Any]:
    """The model and its processor with the codec in it, warm or loaded now. Raises `BadRequest` for what is no Pocket TTS."""
    folder, codec_folder = store.model_folder(params.model), store.model_folder(params.codec)
    here = card()
    size = store.weight_bytes(folder) + store.weight_bytes(codec_folder)
    device = decide(params.tuning.model_copy(update={"precision": "float32"}), size, here).device

    def load() -> Any:
        transformers = lazy.transformers()
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            features = transformers.PocketTTSFeatureExtractor.from_pretrained(str(folder), local_files_only=True)
            template = folder / "chat_template.jinja"
            codec = transformers.PocketTTSAudioTokenizerModel.from_pretrained(str(codec_folder), local_files_only=True, use_safetensors=True)
            processor = transformers.PocketTTSProcessor(
                features, tokenizer, audio_tokenizer=codec.to(device).eval(), chat_template=template.read_text() if template.is_file() else None
            )
            own = transformers.PocketTTSForConditionalGeneration
            model = own.from_pretrained(str(folder), local_files_only=True, use_safetensors=True).to(device).eval()
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
            raise BadRequest(f"{params.model} cannot be read as Pocket TTS: {(str(error).splitlines() or [''])[0][:200]}") from error
        return model, processor

    found: tuple[Any, Any] = warm.hold(params.model, ("pocket_tts", str(folder), str(codec_folder), device), size, here.memory, load)
    return found


def _voice(processor: Any, samples: Samples, rate: int) -> tuple[Any, tuple[str, ...]]:
    """The sample as latents (frames, latent), and a sentence if not all of it was listened to."""
    from scipy.signal import resample_poly

    torch, codec = lazy.torch(), processor.audio_tokenizer
    notes = (f"Of the sample, the first {MOST:.0f} s were listened to.",) if len(samples) > MOST * SAMPLE_RATE else ()
    at_rate = np.asarray(resample_poly(samples[: int(MOST * SAMPLE_RATE)], rate, SAMPLE_RATE), np.float32)
    given = processor.feature_extractor([at_rate], sampling_rate=rate).to(codec.device)
    with torch.inference_mode():
        encoded = codec.encode(given["input_values"], given["padding_mask"])
    return encoded.latents[0][encoded.latents_mask[0].bool()].float().cpu(), notes


def _spoken(
    model: Any, processor: Any, text: str, voice: Any, seed: int, params: PocketParams, context: Context, number: int, count: int
) -> Samples:
    """One stretch as samples (n,) at the model's rate. Cancelled between two frames."""
    torch = lazy.torch()
    talk = [{"role": "user", "content": [{"type": "audio"}, {"type": "text", "text": text}]}]
    prompt = processor.apply_chat_template(talk, tokenize=False, add_generation_prompt=True)
    given = processor(text=[prompt], audio_prompt_latents=[voice], return_tensors="pt").to(model.device)
    most = int((len(text.split()) * 1.2 + 4) * model.config.frame_rate)  # no voice takes more than that for so many words
    frame = [0]

    def tell(*_: Any) -> None:
        context.progress(number * most + min(frame[0], most), count * most, unit="steps", stage="speaking")
        frame[0] += 1

    hook = model.register_forward_pre_hook(tell)
    noisy = {"do_sample": True, "temperature": params.temperature} if params.temperature else {"do_sample": False}
    try:
        with torch.random.fork_rng(devices=[model.device] if model.device.type == "cuda" else []), torch.inference_mode():
            torch.manual_seed(seed)
            made = model.generate(**given, max_new_tokens=most, num_flow_steps=params.steps, return_dict_in_generate=True, **noisy)
            (samples,) = processor.decode(made.audio_latents, made.audio_latents_mask)
    finally:
        hook.remove()
    return np.asarray(samples.numpy(), np.float32)


def _for_the_studio(samples: Samples, rate: int) -> Samples:
    """(n, 1) at 48 kHz, no true peak above −1 dBTP."""
    from generation.media import limiter
    from generation.neural.sounds import at_studio_rate

    if not len(samples) or not np.isfinite(samples).all():
        raise BadRequest("The voice gave no sound, or values that are no numbers. Try another seed.")
    limited: Samples = limiter.limit(at_studio_rate(samples, rate), -1.0)
    return limited
