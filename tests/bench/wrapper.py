"""What `generation.run` adds to a pipeline: from a request to its files, against calling the same pipeline for bare pixels.

The networks are tiny, and each pass of the denoiser is waited for until it has taken 200 ms, as for a graphics card's answer: what stands
beside the steps is what is measured. The reference is given its prompt encoded and keeps its pixels; ours validates, tells of every step,
shows previews, encodes, draws poster and filmstrip, hashes and writes. The fastest of nine rounds by turns.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from generation.contract import Format, Rate, Request
from generation.neural import lazy, pipelines
from generation.neural.params import DenoiseParams
from generation.runner import run
from tests.bench.lines import line

STEP, STEPS, ROUNDS = 0.2, 20, 9


def slowed(part: Any, step: float, name: str = "forward") -> None:
    """Every call of a network's method (a pass through it) takes at least `step` seconds."""
    own = getattr(part, name)

    @wraps(own)
    def waited(*args: Any, **kwargs: Any) -> Any:
        until = time.perf_counter() + step
        answer = own(*args, **kwargs)
        time.sleep(max(0.0, until - time.perf_counter()))
        return answer

    setattr(part, name, waited)


def still(model: str) -> tuple[Request, DenoiseParams, dict[str, Any]]:
    from generation.engines.zimage import ZImageParams

    params = ZImageParams(model=model, prompt="A lamp in the dark", steps=STEPS)
    request = Request(engine="zimage", task="still", seed=1, format=Format(width=512, height=512), params=params.model_dump(mode="json"))
    return request, params, {"width": 512, "height": 512, "guidance_scale": 0.0, "output_type": "np"}


def clip(model: str) -> tuple[Request, DenoiseParams, dict[str, Any]]:
    from generation.engines.wan import WanParams

    params = WanParams(model=model, prompt="A lamp in the dark", steps=STEPS, guidance=1.0)
    picture = Format(width=128, height=64, rate=Rate(num=16), frames=17)
    request = Request(engine="wan", task="shot", seed=1, format=picture, params=params.model_dump(mode="json"))
    return request, params, {"width": 128, "height": 64, "num_frames": 17, "guidance_scale": 1.0, "output_type": "np"}


def measure(name: str, made: tuple[Request, DenoiseParams, dict[str, Any]], folder: Path) -> None:
    request, params, arguments = made
    loaded = pipelines.load(params)
    slowed(loaded.pipe.transformer, STEP)

    def ours(number: int) -> None:
        run(request, folder / f"{name}{number}")

    with lazy.torch().inference_mode():
        words, _ = loaded.pipe.encode_prompt(params.words(), do_classifier_free_guidance=False)

    def theirs(_: int) -> None:
        pipe = loaded.reset(params.scheduler)
        pipelines.call(pipe, {**arguments, "prompt_embeds": words, "num_inference_steps": STEPS, "generator": pipelines.generator(1)})

    times: dict[Callable[[int], None], list[float]] = {ours: [], theirs: []}
    for number in range(ROUNDS + 1):
        for work, each in times.items():
            began = time.perf_counter()
            work(number)
            if number:  # the first warms up
                each.append(time.perf_counter() - began)
    mine, other = (min(each) for each in times.values())  # what else the machine does only ever adds
    told = f"the pipeline alone {other:.3f} s for {STEPS} steps of {other / STEPS * 1000:.0f} ms"
    name = f"generation.run over the pipeline, {name}: what it adds"
    print(line(name, f"{(mine - other) * 1000:.0f} ms", told, mine / other - 1, 0.02), flush=True)


def main() -> int:
    from tests.generation.engines import tiny, tiny_images

    lazy.torch().set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="firstcut-bench-") as temporary:
        folder = Path(temporary)
        os.environ["FIRSTCUT_MODELS"] = str(folder / "models")
        tiny_images.zimage(folder / "models" / "tiny--zimage")
        tiny.wan(folder / "models" / "tiny--wan")
        measure("a still of 512×512", still("tiny/zimage"), folder)
        measure("a clip of 17 frames at 128×64", clip("tiny/wan"), folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
