"""Every engine with a tiny model and the smallest form that makes something: what the browser test asks for, and what docs/engines.md lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.generation.engines import (
    tiny,
    tiny_helios,
    tiny_higgs,
    tiny_hunyuan,
    tiny_images,
    tiny_ltx2,
    tiny_pocket,
    tiny_sana_wm,
    tiny_sounds,
    tiny_text,
    tiny_vits,
    tiny_wan,
)


@dataclass
class Case:
    """`form` is what is typed into the engine's form; `files` which inputs are ticked, by role and the medium of the piece to tick; `guide`
    the role that the previs of the film's first shot fills; `leave` the name of the field in which the film's first consent is chosen."""

    engine: str
    task: str
    form: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    medium: str = "picture"
    guide: str = ""
    leave: str = ""

    @property
    def name(self) -> str:
        return f"{self.engine}:{self.task}" + ("".join(f"+{role}" for role in self.files))


SMALL = {"width": "64", "height": "32"}
WORDS = {"prompt": "A fox crosses the harbour", "steps": "3"}
CLIP = {**SMALL, **WORDS, "frames": "9"}


SHELF: dict[str, Callable[[Path], Path]] = {
    "tiny/wan": tiny.wan,
    "tiny/sdxl": tiny_images.sdxl_with_eyes,
    "tiny/flux2": tiny_images.flux2_distilled,
    "tiny/zimage": tiny_images.zimage,
    "tiny/qwenimage": tiny_images.qwenimage,
    "tiny/qwenedit": tiny_images.qwenedit,
    "tiny/wan-i2v": tiny_wan.pictures,
    "tiny/wan-vace": tiny_wan.vace,
    "tiny/ltx2": tiny_ltx2.ltx2_model,
    "tiny/hunyuan": tiny_hunyuan.text,
    "tiny/helios": tiny_helios.base,
    "tiny/llama": tiny_text.llama,
    "tiny/ace-step": tiny_sounds.ace_step,
    "tiny/stable-audio": tiny_sounds.stable_audio,
    "tiny/audioldm2": tiny_sounds.audioldm2,
    "tiny/vits": tiny_vits.vits,
    "tiny/pocket": tiny_pocket.pocket,
    "tiny/higgs": tiny_higgs.higgs,
    "tiny/sana-wm": tiny_sana_wm.sana_wm,
}
CASES = [
    Case("diffusers", "shot", {**CLIP, "model": "tiny/wan"}, medium="clip"),
    Case("flux2", "still", {**SMALL, **WORDS, "model": "tiny/flux2"}, {"reference": "picture"}),
    Case("zimage", "still", {**SMALL, **WORDS, "model": "tiny/zimage"}),
    Case("qwenimage", "still", {**SMALL, **WORDS, "model": "tiny/qwenimage"}),
    Case("qwenimage", "still", {**SMALL, **WORDS, "model": "tiny/qwenedit", "look": "128"}, {"picture": "picture"}),
    Case("sdxl", "still", {**SMALL, **WORDS, "model": "tiny/sdxl"}, {"picture": "picture"}),
    Case("wan", "shot", {**CLIP, "model": "tiny/wan-i2v"}, {"first_frame": "picture"}, "clip"),
    Case("wan_vace", "shot", {**CLIP, "model": "tiny/wan-vace"}, {"control": "clip"}, "clip"),
    Case("sana_wm", "shot", {**CLIP, "model": "tiny/sana-wm"}, {"first_frame": "picture"}, "clip", guide="camera"),
    Case("ltx2", "shot", {**CLIP, "model": "tiny/ltx2"}, medium="clip"),
    Case("hunyuan", "shot", {**CLIP, "model": "tiny/hunyuan"}, medium="clip"),
    Case("helios", "shot", {**CLIP, "model": "tiny/helios"}, medium="clip"),
    Case("interpolate", "interpolate", {**SMALL, "frames": "17"}, {"video": "clip"}, "clip"),
    Case("ltx2_upscale", "upscale", {"width": "128", "height": "128", "frames": "9", "model": "tiny/ltx2"}, {"video": "clip"}, "clip"),
    Case("ace_step", "music", {"seconds": "0.5", "prompt": "A slow waltz", "steps": "1", "model": "tiny/ace-step"}, medium="sound"),
    Case("stable_audio", "music", {"seconds": "0.5", "prompt": "A slow waltz", "steps": "2", "model": "tiny/stable-audio"}, medium="sound"),
    Case("audioldm2", "effect", {"seconds": "0.5", "prompt": "A door", "steps": "2", "model": "tiny/audioldm2"}, medium="sound"),
    Case("vits", "voice", {"text": "We leave at dawn.", "model": "tiny/vits"}, medium="sound"),
    Case(
        "pocket_tts",
        "voice",
        {"text": "One more night.", "model": "tiny/pocket", "codec": "tiny/pocket-codec"},
        medium="sound",
        leave="input-voice",
    ),
    Case(
        "higgs_audio",
        "voice",
        {"text": "We leave at dawn.", "description": "An old man, hoarse", "temperature": "1", "model": "tiny/higgs", "codec": "tiny/higgs-codec"},
        medium="sound",
        leave="consent",
    ),
    Case("espeak", "voice", {"text": "We leave at dawn."}, medium="sound"),
    Case("speech", "voice", {"endpoint": "speech", "model_name": "plain", "text": "We leave at dawn."}, medium="sound"),
    Case("openai", "text", {"endpoint": "openai", "model_name": "plain", "instruction": "Hi", "max_tokens": "40"}, medium="text"),
    Case("comfyui", "still", {**SMALL, "endpoint": "comfyui", "prompt": "A lamp"}),
    Case("provider", "still", {**SMALL, "endpoint": "provider", "prompt": "A lamp"}),
    Case("local_text", "text", {"model": "tiny/llama", "instruction": "Hi", "max_tokens": "40"}, medium="text"),
]


def fill(root: Path) -> Path:
    """Every tiny model in its folder under `root`, as a shelf holds them."""
    for name, build in SHELF.items():
        build(root / name.replace("/", "--"))
    return root
