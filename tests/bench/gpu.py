"""Neural networks at their real sizes with random weights, on a graphics card: seconds a step and a clip, share of the card's own limit, memory.

    .venv/bin/python -m tests.bench.gpu            # on a card; prints a table in Markdown
    .venv/bin/python -m tests.bench.gpu --tiny     # the same code at a size for any computer: shows that it runs, measures nothing

Speed does not depend on what the weights are, so nothing is downloaded. The limit is what a large bfloat16 matrix product reaches on the same card in
the same run; operations of a pass are counted by torch itself. What a step cache would save depends on real weights and is not measured here.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

torch: Any = importlib.import_module("torch")
diffusers: Any = importlib.import_module("diffusers")


@dataclass
class Case:
    """A network and one pass through it. `passes` are how many a clip takes: steps, twice with guidance."""

    name: str
    size: str
    passes: int
    network: Callable[[], Any]
    inputs: Callable[[int], dict[str, Any]]  # for so many clips at once
    decoder: Callable[[], Any] | None = None
    latents: tuple[int, ...] = ()


def _device() -> Any:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _dtype() -> Any:
    return torch.bfloat16 if torch.cuda.is_available() else torch.float32


def built(cls: Any, **config: Any) -> Any:
    """On the device at once, in its precision, with random weights."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(_dtype())
    try:
        with _device():
            return cls(**config).eval().requires_grad_(False)
    finally:
        torch.set_default_dtype(before)


def noise(*shape: int) -> Any:
    return torch.randn(*shape, device=_device(), dtype=_dtype())


def _moment(count: int) -> Any:
    return torch.full((count,), 500.0, device=_device(), dtype=_dtype())


def wan(
    name: str, size: tuple[int, int, int], passes: int, *, heads: int, ffn: int, layers: int, channels: int, space: int, vae: dict[str, Any]
) -> Case:
    width, height, frames = size
    grid = (channels, (frames - 1) // 4 + 1, height // space, width // space)

    def network() -> Any:
        return built(
            diffusers.WanTransformer3DModel, num_attention_heads=heads, ffn_dim=ffn, num_layers=layers, in_channels=channels, out_channels=channels
        )

    def inputs(count: int) -> dict[str, Any]:
        return {"hidden_states": noise(count, *grid), "timestep": _moment(count), "encoder_hidden_states": noise(count, 512, 4096)}

    told = f"{width}×{height}, {frames} frames"
    return Case(name, told, passes, network, inputs, lambda: built(diffusers.AutoencoderKLWan, **vae), (1, *grid))


def flux2(side: int, passes: int, *, layers: int, singles: int, heads: int, joint: int, words: int = 512) -> Case:
    tokens = (side // 16) ** 2

    def network() -> Any:
        return built(
            diffusers.Flux2Transformer2DModel, num_layers=layers, num_single_layers=singles, num_attention_heads=heads, joint_attention_dim=joint,
            guidance_embeds=False,
        )  # fmt: skip

    def inputs(count: int) -> dict[str, Any]:
        grid = torch.cartesian_prod(torch.arange(1), torch.arange(side // 16), torch.arange(side // 16), torch.arange(1)).to(_device())
        text = torch.cartesian_prod(torch.arange(1), torch.arange(1), torch.arange(1), torch.arange(words)).to(_device())
        return {
            "hidden_states": noise(count, tokens, 128), "encoder_hidden_states": noise(count, words, joint), "timestep": _moment(count) / 1000,
            "img_ids": grid[None].expand(count, -1, -1), "txt_ids": text[None].expand(count, -1, -1),
        }  # fmt: skip

    vae = {"sample_size": side, "latent_channels": 32}
    return Case(
        "FLUX.2 klein 4B",
        f"{side}×{side}",
        passes,
        network,
        inputs,
        lambda: built(diffusers.AutoencoderKLFlux2, **vae),
        (1, 32, side // 8, side // 8),
    )


def ltx2(size: tuple[int, int, int], passes: int, **config: Any) -> Case:
    width, height, frames = size
    grid = ((frames - 1) // 8 + 1, height // 32, width // 32)
    heard = round(frames / 24 * 25)  # latents of sound: 25 a second
    wide, sound = config.get("cross_attention_dim", 4096), config.get("audio_cross_attention_dim", 2048)

    def inputs(count: int) -> dict[str, Any]:
        tokens = grid[0] * grid[1] * grid[2]
        return {
            "hidden_states": noise(count, tokens, 128), "audio_hidden_states": noise(count, heard, 128),
            "encoder_hidden_states": noise(count, 256, wide), "audio_encoder_hidden_states": noise(count, 256, sound),
            "timestep": _moment(count)[:, None], "sigma": _moment(count) / 1000,
            "num_frames": grid[0], "height": grid[1], "width": grid[2], "audio_num_frames": heard,
        }  # fmt: skip

    told = f"{width}×{height}, {frames} frames, with sound"
    return Case("LTX-2", told, passes, lambda: built(diffusers.LTX2VideoTransformer3DModel, use_prompt_embeddings=False, **config), inputs)


VAE22: dict[str, Any] = {
    "base_dim": 160, "decoder_base_dim": 256, "z_dim": 48, "is_residual": True, "in_channels": 12, "out_channels": 12, "patch_size": 2,
    "scale_factor_spatial": 16, "latents_mean": [0.0] * 48, "latents_std": [1.0] * 48,
}  # fmt: skip
TINY_VAE: dict[str, Any] = {"base_dim": 3, "z_dim": 16, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1}


def real() -> list[Case]:
    """As their makers publish them (configurations of the hub, November 2026)."""
    return [
        wan("Wan 2.1 1.3B", (832, 480, 81), 100, heads=12, ffn=8960, layers=30, channels=16, space=8, vae={}),
        wan("Wan 2.2 TI2V 5B", (1280, 704, 121), 80, heads=24, ffn=14336, layers=30, channels=48, space=16, vae=VAE22),
        ltx2((768, 512, 121), 8),
        flux2(1024, 4, layers=5, singles=20, heads=24, joint=7680),
    ]


def tiny() -> list[Case]:
    return [
        wan("Wan, tiny", (64, 32, 9), 6, heads=2, ffn=32, layers=2, channels=16, space=8, vae=TINY_VAE),
        ltx2((64, 64, 9), 4, num_attention_heads=2, attention_head_dim=12, cross_attention_dim=24, audio_num_attention_heads=2,
             audio_attention_head_dim=12, audio_cross_attention_dim=24, num_layers=2),
        flux2(64, 4, layers=1, singles=1, heads=2, joint=64, words=16),
    ]  # fmt: skip


def seconds(call: Callable[[], Any], times: int = 3) -> float:
    """The fastest of a few, after one that warms up."""
    best = float("inf")
    for number in range(times + 1):
        _settled()
        began = time.perf_counter()
        call()
        _settled()
        best = min(best, time.perf_counter() - began) if number else best
    return best


def _settled() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def limit(side: int) -> float:
    """Operations a second of a large matrix product."""
    one, other = noise(side, side), noise(side, side)
    return 2 * side**3 / seconds(lambda: one @ other, 5)


def measure(case: Case, bound: float, *, compile_too: bool) -> list[str]:
    counter = importlib.import_module("torch.utils.flop_counter").FlopCounterMode(display=False)
    network = case.network()
    given = case.inputs(1)

    def forward(inputs: dict[str, Any] = given) -> Any:
        with torch.inference_mode():
            return network(**inputs, return_dict=False)

    with counter:
        forward()
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    plain = seconds(forward)
    share = counter.get_total_flops() / plain / bound
    four = case.inputs(4)
    batched = seconds(lambda: forward(four)) / 4
    memory = f"{torch.cuda.max_memory_allocated() / 2**30:.1f} GiB" if torch.cuda.is_available() else "–"
    decoded, beside = _decoding(case, forward, plain)
    compiled = _compiled(network, forward) if compile_too else None
    fp8 = _fp8(network, forward)
    clip = plain * case.passes + (decoded or 0)
    return [
        case.name, case.size, _told(plain), f"{share:.0%}", _told(compiled), _told(fp8), f"{plain / batched:.2f}×", _told(decoded), _told(beside),
        f"{clip:.2f}", memory,
    ]  # fmt: skip


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _decoding(case: Case, forward: Callable[[], Any], step: float) -> tuple[float | None, float | None]:
    """Seconds of decoding a clip, and what one step beside it costs more than the step alone."""
    if case.decoder is None:
        return None, None
    vae, latents = case.decoder(), noise(*case.latents)

    def decode() -> None:
        with torch.inference_mode():
            vae.decode(latents, return_dict=False)

    alone = seconds(decode, 2)
    stream = torch.cuda.Stream() if torch.cuda.is_available() else None

    def on_the_side() -> None:
        if stream is None:
            return decode()
        with torch.cuda.stream(stream):
            decode()

    def both() -> None:
        thread = threading.Thread(target=on_the_side)
        thread.start()
        for _ in range(max(1, round(alone / step))):
            forward()
        thread.join()

    together = seconds(both, 2)
    return alone, together - alone


def _compiled(network: Any, forward: Callable[[], Any]) -> float | None:
    try:
        network.compile_repeated_blocks()
        return seconds(forward)
    except Exception as problem:  # a compiler that is missing is no reason to stop measuring
        print(f"<!-- not compiled: {type(problem).__name__}: {str(problem)[:120]} -->", file=sys.stderr)
        return None


def _fp8(network: Any, forward: Callable[[], Any]) -> float | None:
    if not torch.cuda.is_available() or torch.cuda.get_device_capability() < (8, 9):
        return None
    network.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=_dtype())
    return seconds(forward)


HEAD = (
    "network", "size", "s a pass", "of the limit", "compiled", "fp8 weights", "four at once", "decoding, s", "decoding beside steps costs, s",
    "s a clip", "peak memory",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="sizes for any computer")
    options = parser.parse_args()
    if not options.tiny and not torch.cuda.is_available():
        print("There is no graphics card here. --tiny shows that the measurement runs.", file=sys.stderr)
        return 1
    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "the processor, tiny: no measurement"
    bound = limit(8192 if torch.cuda.is_available() else 256)
    print(f"On {card}; torch {torch.__version__}, diffusers {diffusers.__version__}; limit {bound / 1e12:.1f} TFLOP/s.\n")
    print("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD))
    for case in tiny() if options.tiny else real():
        print("| " + " | ".join(measure(case, bound, compile_too=not options.tiny)) + " |", flush=True)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
    return 0


if __name__ == "__main__":
    sys.exit(main())
