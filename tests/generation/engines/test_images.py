"""FLUX.2 klein, Z-Image, Qwen-Image and SDXL on tiny checkpoints of their real classes."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generation import catalog
from generation.contract import BadRequest, Format, Result
from generation.engines import qwenimage
from generation.neural import loras, pipelines, prompts, still, warm
from generation.neural.params import Lora, ModelParams
from tests.generation.engines import tiny_images
from tests.generation.engines.asking import ask, depth, hashes, mask, outputs, picture, result, stops_within_a_step, watched
from tests.generation.engines.tiny import diffusers

SIZE = (64, 32)
ENGINES = ("flux2", "zimage", "qwenimage", "sdxl")
TAKES: dict[str, Any] = {"prompt": "a fox crosses a harbour", "steps": 4}
SEEN_SMALL: dict[str, Any] = {"look": 128}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("stills")
    one = ("flux2", "flux2_distilled", "flux2_kv", "zimage", "zimage_control", "qwenimage", "qwenedit", "sdxl")
    made = {name: getattr(tiny_images, name)(root / name) for name in one}
    made |= {name: getattr(tiny_images, name)(made["sdxl"], root / name) for name in ("controlnet", "ip_adapter")}
    made |= {f"{name}_lora": tiny_images.lora(made[name], root / f"{name}_lora", "unet" if name == "sdxl" else "transformer") for name in ENGINES}
    return SimpleNamespace(**{name: str(path) for name, path in made.items()})


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("given")
    grey = root / "black.png"
    Image.new("L", SIZE).save(grey)
    return SimpleNamespace(
        red=("picture", picture(root / "red.png")), ref=("reference", picture(root / "blue.png", (20, 60, 200), (48, 48))),
        ref2=("reference", picture(root / "red2.png")), mask=("mask", mask(root / "mask.png")), black=("mask", grey),
        depth=("depth", depth(root / "depth.zip")), lines=("control", picture(root / "lines.png", (250, 250, 250))),
        long=("reference", picture(root / "long.png", size=(1200, 80))),
    )  # fmt: skip


def pixels_of(done: Result) -> Any:
    return np.asarray(Image.open(outputs(done)["still"].path))


def test_flux2_in_each_of_its_modes(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    wanted: list[tuple[str, str, list[Any], dict[str, Any]]] = [
        ("words", models.flux2_distilled, [], {}),
        ("change", models.flux2_distilled, [files.red], {}),
        ("change, references", models.flux2_distilled, [files.red, files.ref], {}),
        ("words, references", models.flux2_distilled, [files.ref, files.ref2], {}),
        ("inpaint", models.flux2_distilled, [files.red, files.mask], {}),
        ("inpaint, references", models.flux2_distilled, [files.red, files.mask, files.ref, files.ref2], {"strength": 0.6}),
        ("words", models.flux2, [], {"guidance": 4.0}),
        ("words", models.flux2, [], {"guidance": 4.0, "negative": "fog"}),
        ("words, references", models.flux2_kv, [files.ref], {}),
        ("words", models.flux2_distilled, [], {"scheduler": "unipc"}),
    ]
    assert len(_all_different(tmp_path, "flux2", wanted)) == len(wanted)


def test_zimage_in_each_of_its_modes(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    controlled = {"controlnet": models.zimage_control}
    wanted: list[tuple[str, str, list[Any], dict[str, Any]]] = [
        ("words", models.zimage, [], {}),
        ("words", models.zimage, [], {"guidance": 3.0}),
        ("words", models.zimage, [], {"guidance": 3.0, "negative": "fog"}),
        ("change", models.zimage, [files.red], {}),
        ("change", models.zimage, [files.red], {"strength": 0.3}),
        ("inpaint", models.zimage, [files.red, files.mask], {}),
        ("words, previs depth", models.zimage, [files.depth], controlled),
        ("words, previs depth", models.zimage, [files.depth], {**controlled, "depth_at": 1.0}),
        ("words, previs depth", models.zimage, [files.depth], {**controlled, "control_strength": 0.2}),
        ("words, control picture", models.zimage, [files.lines], controlled),
        ("words", models.zimage, [], {"scheduler": "unipc"}),
    ]
    assert len(_all_different(tmp_path, "zimage", wanted)) == len(wanted)


def test_qwenimage_in_each_of_its_modes(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    text, edit = models.qwenimage, models.qwenedit
    wanted: list[tuple[str, str, list[Any], dict[str, Any]]] = [
        ("words", text, [], {}),
        ("words", text, [], {"guidance": 1.0}),
        ("words", text, [], {"negative": "fog"}),
        ("change", text, [files.red], {}),
        ("inpaint", text, [files.red, files.mask], {}),
        ("change", edit, [files.red], SEEN_SMALL),
        ("change, references", edit, [files.red, files.ref], SEEN_SMALL),
        ("words, references", edit, [files.ref, files.ref2], SEEN_SMALL),
        ("inpaint, references", edit, [files.red, files.mask, files.ref], SEEN_SMALL),
        ("words", text, [], {"scheduler": "unipc"}),
    ]
    assert len(_all_different(tmp_path, "qwenimage", wanted)) == len(wanted)


def test_sdxl_in_each_of_its_modes(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    model, controlled, looking = models.sdxl, {"controlnet": models.controlnet}, {"ip_adapter": models.ip_adapter}
    wanted: list[tuple[str, str, list[Any], dict[str, Any]]] = [
        ("words", model, [], {}),
        ("change", model, [files.red], {}),
        ("change", model, [files.red], {"strength": 0.5}),
        ("inpaint", model, [files.red, files.mask], {}),
        ("words, previs depth", model, [files.depth], controlled),
        ("words, previs depth", model, [files.depth], {**controlled, "control_strength": 0.2}),
        ("words, previs depth", model, [files.depth], {**controlled, "control_until": 0.5}),
        ("words, control picture", model, [files.lines], controlled),
        ("change, previs depth", model, [files.red, files.depth], controlled),
        ("words, references", model, [files.ref], looking),
        ("words, references", model, [files.ref, files.ref2], looking),
        ("words, references", model, [files.ref], {**looking, "ip_adapter_strength": 0.2}),
        ("words, references", model, [files.ref], {**looking, "guidance": 1.0}),
        ("inpaint, references, previs depth", model, [files.red, files.mask, files.depth, files.ref], controlled | looking),
    ]
    seen = _all_different(tmp_path, "sdxl", wanted)
    assert len(seen) == len(wanted)
    again = result(tmp_path / "again", "sdxl", "still", size=SIZE, model=model, **TAKES)
    assert outputs(again)["still"].sha256 == seen[0], "no adapter is left in the network"


def _all_different(folder: Path, engine: str, wanted: list[tuple[str, str, list[Any], dict[str, Any]]]) -> list[str]:
    """The pictures' hashes, each once."""
    found: dict[str, None] = {}
    for number, (mode, model, given, more) in enumerate(wanted):
        done = result(folder / str(number), engine, "still", size=SIZE, model=model, files=given, **{**TAKES, **more})
        assert done.data["mode"] == mode and done.data["made"] == {"width": 64, "height": 32, "frames": 1}
        assert f"diffusers.{done.data['pipeline']}" in catalog.info(engine).classes
        assert pixels_of(done).shape == (32, 64, 3)
        found[outputs(done)["still"].sha256] = None
    return list(found)


@pytest.mark.parametrize("scheduler", ["euler", "euler ancestral", "heun", "ddim", "dpm++ 2m", "dpm++ 2m karras", "unipc"])
def test_sdxl_counts_the_steps_of_every_scheduler_it_offers(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path, scheduler: str) -> None:
    for name, given, steps in (("words", [], 4), ("mask", [files.red, files.mask], 3)):
        _, told, _ = watched(
            tmp_path / name, "sdxl", "still", size=SIZE, model=models.sdxl, files=given, scheduler=scheduler, **TAKES
        )  # fmt: skip
        whole = 2 * steps - 1 if scheduler == "heun" else steps
        assert [p.done for p in told if p.stage in ("denoising", "decoding")] == list(range(whole + 1)) and told[-1].total == whole


@pytest.mark.parametrize(
    ("engine", "kind", "given", "more"),
    [
        ("flux2", "", {}, {"guidance_scale": 3.0}),
        ("flux2", "Flux2KleinInpaintPipeline", {"strength": 1.0}, {"guidance_scale": 3.0}),
        ("zimage", "", {}, {"guidance_scale": 3.0, "negative_prompt": ""}),
        ("zimage", "ZImageInpaintPipeline", {"strength": 0.5}, {"guidance_scale": 3.0, "negative_prompt": ""}),
        ("qwenimage", "", {}, {"true_cfg_scale": 3.0, "negative_prompt": " "}),
        ("qwenimage", "QwenImageInpaintPipeline", {"strength": 0.5}, {"true_cfg_scale": 3.0, "negative_prompt": " "}),
        ("sdxl", "", {}, {"guidance_scale": 3.0}),
        ("sdxl", "StableDiffusionXLInpaintPipeline", {"strength": 0.5}, {"guidance_scale": 3.0}),
    ],
)
def test_the_picture_is_the_pipelines_own(
    models: SimpleNamespace, tmp_path: Path, engine: str, kind: str, given: dict[str, Any], more: dict[str, Any]
) -> None:
    """Called plainly, with words, PIL pictures and its own decoding, the pipeline gives the same; within the mask, where there is one."""
    side = (64, 64)
    shown = [("picture", picture(tmp_path / "p.png", size=side)), ("mask", mask(tmp_path / "m.png", side))] if kind else []
    asked: dict[str, Any] = {"model": getattr(models, engine), "files": shown, "size": side, "guidance": 3.0, "feather": 0, **TAKES}
    ours = pixels_of(result(tmp_path / "ours", engine, "still", **asked, **given))
    pipe = _plain(asked["model"], kind)
    if kind:
        given = {**given, "image": Image.open(shown[0][1]), "mask_image": Image.open(shown[1][1])}
    theirs = pipe(
        prompt=TAKES["prompt"], num_inference_steps=4, width=64, height=64, generator=pipelines.generator(1), output_type="np", **given, **more
    ).images[0]  # fmt: skip
    painted = slice(32, 64) if kind else slice(0, 64)
    assert (ours[:, painted] == np.rint(theirs * 255).astype(np.uint8)[:, painted]).all()


def _plain(model: str, kind: str) -> Any:
    found = getattr(diffusers, kind) if kind else diffusers.DiffusionPipeline
    pipe = found.from_pretrained(model)
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.mark.parametrize("engine", ENGINES)
def test_it_is_told_step_by_step_with_a_preview_and_stops_within_one(models: SimpleNamespace, tmp_path: Path, engine: str) -> None:
    asked = {"size": SIZE, "model": getattr(models, engine), **TAKES}
    done, told, shown = watched(tmp_path / "w", engine, "still", **asked)
    assert [p.done for p in told if p.stage in ("denoising", "decoding")] == [0, 1, 2, 3, 4]
    assert told[0].stage == "loading the model" and shown
    stops_within_a_step(tmp_path / "c", engine, "still", **asked)
    assert hashes(result(tmp_path / "again", engine, "still", **asked)) == hashes(done)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_seed_gives_the_same_bytes_warm_cold_and_with_the_words_kept(models: SimpleNamespace, tmp_path: Path, engine: str) -> None:
    def run_(name: str, **more: Any) -> list[str]:
        return hashes(result(tmp_path / name, engine, "still", size=SIZE, model=getattr(models, engine), **{**TAKES, **more}))

    prompts.clear()
    first, misses, hits = run_("first"), prompts.misses, prompts.hits
    assert run_("warm") == first and prompts.misses == misses and prompts.hits > hits
    warm.drop_now()
    prompts.clear()
    assert run_("cold") == first
    assert len({tuple(first), tuple(run_("seed", seed=2)), tuple(run_("words", prompt="a storm"))}) == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_an_adapter_works_in_one_pipeline_after_another_and_leaves_nothing(
    models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path, engine: str
) -> None:
    lora = {"loras": [{"model": getattr(models, f"{engine}_lora"), "weight": 0.8}]}

    def run_(name: str, given: list[Any], **more: Any) -> str:
        done = result(tmp_path / name, engine, "still", size=SIZE, model=getattr(models, engine), files=given, **TAKES, **more)
        return outputs(done)["still"].sha256

    masked = [files.red, files.mask]
    plain, plain_masked = run_("p", []), run_("pm", masked)
    changed, changed_masked = run_("l", [], **lora), run_("lm", masked, **lora)
    assert len({plain, changed}) == 2 and len({plain_masked, changed_masked}) == 2
    assert (run_("p2", []), run_("pm2", masked)) == (plain, plain_masked)


def test_an_adapter_is_known_to_every_pipeline_over_the_same_network(models: SimpleNamespace) -> None:
    loaded = pipelines.load(ModelParams(model=models.zimage), needs=("ZImagePipeline",))
    adapters = [Lora(model=models.zimage_lora)]
    for pipe in (loaded.pipe, loaded.as_class("ZImageImg2ImgPipeline"), loaded.pipe):
        with loras.applied(pipe, adapters):
            assert pipe.get_active_adapters() == ["lora0"]


@pytest.mark.parametrize("engine", [*ENGINES, "qwenedit"])
def test_what_the_mask_does_not_show_stays_as_it_was_to_the_bit(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path, engine: str) -> None:
    asked = {"model": getattr(models, engine), "files": [files.red, files.mask], **TAKES, **(SEEN_SMALL if engine == "qwenedit" else {})}
    done = pixels_of(result(tmp_path / "hard", "qwenimage" if engine == "qwenedit" else engine, "still", size=SIZE, feather=0, **asked))
    before = np.asarray(Image.open(files.red[1]))
    assert (done[:, :32] == before[:, :32]).all() and (done[:, 32:] != before[:, 32:]).any(axis=-1).mean() > 0.5
    soft = pixels_of(result(tmp_path / "soft", "qwenimage" if engine == "qwenedit" else engine, "still", size=SIZE, feather=6, **asked))
    assert (soft[:, :20] == before[:, :20]).all() and (soft[:, 27:32] != before[:, 27:32]).any()
    assert (soft[:, 34:] == done[:, 34:]).all(), "inside the mask nothing of the old shines through"


def test_an_edit_model_keeps_what_lies_outside_the_mask_at_every_step(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    """Seen without the old picture laid over it: what the model itself left there is what its decoder makes of the old picture."""
    request, paths = ask(
        "qwenimage", "still", size=SIZE, model=models.qwenedit, files=[files.red, files.mask], **TAKES, **SEEN_SMALL
    )  # fmt: skip
    params = qwenimage.QwenImageParams.model_validate(request.params)
    pipe = pipelines.load(params, **qwenimage._processor(params.model)).pipe

    class Given:
        def inputs(self, role: str) -> list[Path]:
            return [path for item, path in zip(request.inputs, paths.values(), strict=True) if item.role == role]

    context: Any = Given()
    shown = still.Canvas.read(params, Format(width=64, height=32), context, multiple=16)
    kept = qwenimage._Kept(pipe, shown, seed=1)
    pipe.scheduler.set_timesteps(sigmas=[1.0, 0.5], mu=0.5)
    told: list[Any] = []

    def tell(pipe: Any, number: int, moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        told.append(tensors)
        return tensors

    arguments: dict[str, Any] = {"callback_on_step_end": tell}
    kept.into(arguments)
    for number in (0, 1):
        arguments["callback_on_step_end"](pipe, number, None, {"latents": kept.picture + 100})
    outside = (kept.mask == 0).all(dim=-1)[0]
    half = float(pipe.scheduler.sigmas[1])
    assert outside.any() and not outside.all()
    assert (told[0]["latents"][0][outside] - (half * kept.noise + (1 - half) * kept.picture)[0][outside]).abs().max() < 1e-5
    assert (told[1]["latents"][0][outside] == kept.picture[0][outside]).all() and (told[1]["latents"] != kept.picture).any()


def test_parts_are_taken_as_their_makers_publish_them(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    """Control weights for Z-Image in one file without a config; an adapter without its encoder, for a model that has one."""
    asked: dict[str, Any] = {"size": SIZE, "files": [files.depth], "model": models.zimage, **TAKES}
    alone = tmp_path / "Union.safetensors"
    shutil.copy(Path(models.zimage_control) / "diffusion_pytorch_model.safetensors", alone)
    folder = hashes(result(tmp_path / "folder", "zimage", "still", controlnet=models.zimage_control, **asked))
    assert hashes(result(tmp_path / "file", "zimage", "still", controlnet=str(alone), **asked)) == folder
    shutil.copy(Path(models.ip_adapter) / "ip-adapter_sdxl.safetensors", tmp_path)
    for place, says in ((tmp_path / "ip-adapter_sdxl.safetensors", "is no control network for Z-Image"), (tmp_path, "There are 2 files")):
        with pytest.raises(BadRequest, match=says):
            result(tmp_path / "x", "zimage", "still", controlnet=str(place), **asked)
    model = str(tiny_images.sdxl_with_eyes(tmp_path / "eyes"))
    seen = [
        hashes(result(tmp_path / f"{n}", "sdxl", "still", size=SIZE, model=model, ip_adapter=str(place), files=[files.ref], **TAKES))
        for n, place in enumerate((tmp_path / "ip-adapter_sdxl.safetensors", models.ip_adapter, tmp_path / "ip-adapter_sdxl.safetensors"))
    ]
    assert seen[0] == seen[1] == seen[2] != hashes(result(tmp_path / "bare", "sdxl", "still", size=SIZE, model=model, **TAKES))


def test_half_precision_as_on_a_card_fits_together_in_every_engine(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    cases: list[tuple[str, str, list[Any], dict[str, Any]]] = [
        ("flux2", models.flux2, [files.red, files.mask, files.ref], {"guidance": 3.0}),
        ("zimage", models.zimage, [files.depth], {"controlnet": models.zimage_control, "guidance": 0.5}),
        ("qwenimage", models.qwenedit, [files.red, files.mask, files.ref], SEEN_SMALL),
        (
            "sdxl", models.sdxl, [files.red, files.mask, files.depth, files.ref],
            {"controlnet": models.controlnet, "ip_adapter": models.ip_adapter},
        ),
    ]  # fmt: skip
    for number, (engine, model, given, more) in enumerate(cases):
        asked: dict[str, Any] = {"size": SIZE, "model": model, "files": given, "tuning": {"precision": "bfloat16"}, **{**TAKES, **more}}
        done = result(tmp_path / str(number), engine, "still", **asked)
        assert done.data["settings"]["precision"] == "bfloat16" and pixels_of(done).std() > 5


def test_a_small_place_is_painted_at_the_size_the_model_likes(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    size = (400, 240)
    spot = tmp_path / "spot.png"
    grey = Image.new("L", size)
    grey.paste(255, (200, 100, 260, 140))
    grey.save(spot)
    given = [("picture", picture(tmp_path / "wide.png", size=size)), ("mask", spot)]
    asked: dict[str, Any] = {"model": models.zimage, "size": size, "files": given, "feather": 0, **TAKES}
    done = result(tmp_path / "zoom", "zimage", "still", zoom=True, megapixels=0.05, **asked)
    assert done.data["made"] == {"width": 224, "height": 224, "frames": 1}, "128 × 128 around the spot, at 0.05 megapixels, in sixteens"
    assert any("scaled to 128×128" in note for note in done.notes)
    before, after = np.asarray(Image.open(given[0][1])), pixels_of(done)
    changed = np.argwhere((before != after).any(axis=-1))
    assert changed.min(axis=0).tolist() >= [100, 200] and changed.max(axis=0).tolist() <= [139, 259] and len(changed) > 1000
    half = result(tmp_path / "half", "zimage", "still", model=models.zimage, size=(70, 50), megapixels=0.02, **TAKES)
    assert pixels_of(half).shape == (50, 70, 3) and half.data["made"] == {"width": 176, "height": 128, "frames": 1}
    assert any("Painted at 167×120 and scaled to 70×50" in note for note in half.notes)


def test_a_picture_is_painted_on_beyond_its_edges(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    tall = [("picture", picture(tmp_path / "tall.png", size=(32, 32)))]
    asked: dict[str, Any] = {"size": (64, 32), "feather": 0, "beyond": True, **TAKES}
    before = np.asarray(Image.open(tall[0][1]))
    for engine in ENGINES:
        done = result(tmp_path / engine, engine, "still", model=getattr(models, engine), files=tall, strength=1.0, **asked)
        found = pixels_of(done)
        assert done.data["mode"] == "inpaint" and (found[:, 16:48] == before).all()
        assert all(len(np.unique(found[:, side], axis=1)) > 1 for side in (slice(0, 16), slice(48, 64)))
    half = [*tall, ("mask", mask(tmp_path / "half.png", (32, 32)))]
    found = pixels_of(result(tmp_path / "half", "zimage", "still", model=models.zimage, files=half, **asked))
    assert (found[:, 16:32] == before[:, :16]).all() and (found[:, 32:48] != before[:, 16:]).any(axis=-1).mean() > 0.5
    same = result(tmp_path / "same", "zimage", "still", model=models.zimage, files=[files.red], **asked)
    assert same.data["mode"] == "change" and any("nothing beyond" in note for note in same.notes)


def test_an_odd_size_is_cut_out_of_the_models_and_said(models: SimpleNamespace, tmp_path: Path) -> None:
    for engine, made in (("flux2", (80, 64)), ("zimage", (80, 64)), ("qwenimage", (80, 64)), ("sdxl", (72, 56))):
        done = result(tmp_path / engine, engine, "still", size=(70, 50), model=getattr(models, engine), **TAKES)
        assert pixels_of(done).shape == (50, 70, 3)
        assert f"The model paints {made[0]}×{made[1]}; the middle 70×50 was kept." in done.notes
        assert any("was trained at" in note for note in done.notes)


def test_a_model_that_another_engine_keeps_warm_is_refused_like_a_cold_one(models: SimpleNamespace, tmp_path: Path) -> None:
    result(tmp_path / "sdxl", "sdxl", "still", size=SIZE, model=models.sdxl, **TAKES)
    with pytest.raises(BadRequest, match="is a StableDiffusionXLPipeline; this engine works with ZImagePipeline"):
        result(tmp_path / "zimage", "zimage", "still", size=SIZE, model=models.sdxl, **TAKES)


def test_what_cannot_be_done_is_refused_with_what_to_do(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    cases: list[tuple[str, str, list[Any], dict[str, Any], str]] = [
        ("flux2", models.flux2_distilled, [files.mask], {}, "Give the picture too"),
        ("flux2", models.flux2_distilled, [files.red, files.black], {}, "black everywhere"),
        ("flux2", models.flux2_distilled, [files.long], {}, "8 times as long as wide"),
        ("flux2", models.flux2_kv, [files.red, files.mask], {}, "paints nothing through a mask"),
        ("flux2", models.flux2_distilled, [files.red, files.mask], {"scheduler": "unipc"}, "Choose flow euler"),
        ("flux2", models.flux2_distilled, [], {"scheduler": "heun"}, "Choose flow euler or unipc"),
        ("flux2", models.sdxl, [], {}, "works with Flux2KleinPipeline"),
        ("flux2", models.flux2_distilled, [], {"prompt": " "}, "needs a format and words"),
        ("zimage", models.zimage, [files.depth], {}, "needs a control network"),
        ("zimage", models.zimage, [files.depth, files.lines], {"controlnet": models.zimage_control}, "Give one of these"),
        ("zimage", models.zimage, [files.depth, files.red], {"controlnet": models.zimage_control}, "not both"),
        ("zimage", models.zimage, [files.depth], {"controlnet": models.controlnet}, "cannot be loaded as a ZImageControlNetModel"),
        ("qwenimage", models.qwenimage, [files.ref], {}, "looks at no references"),
        ("qwenimage", models.qwenedit, [], {}, "begins from a picture or references"),
        ("sdxl", models.sdxl, [files.red], {"strength": 0.1}, "leaves none of 4 steps"),
        ("sdxl", models.sdxl, [files.depth, files.lines], {}, "Give one of these"),
        ("sdxl", models.sdxl, [files.depth], {"controlnet": "nobody/nothing"}, "firstcut model add nobody/nothing"),
        ("sdxl", models.sdxl, [files.ref], {"ip_adapter": models.ip_adapter, "ip_adapter_file": "../x.safetensors"}, "There is no file"),
        ("sdxl", models.sdxl, [files.ref], {"ip_adapter": models.controlnet}, "image encoder of that IP-Adapter is missing, and the model has none"),
        ("sdxl", models.sdxl, [], {"scheduler": "flow euler"}, "trained by flow matching"),
    ]
    for engine, model, given, more, says in cases:
        with pytest.raises(BadRequest, match=says):
            result(tmp_path / "x", engine, "still", size=SIZE, model=model, files=given, **{**TAKES, **more})


def test_an_adapter_of_another_kind_is_refused_and_the_model_stays_usable(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(models.ip_adapter, broken)
    shutil.copy(Path(models.controlnet) / "diffusion_pytorch_model.safetensors", broken / "ip-adapter_sdxl.safetensors")
    before = hashes(result(tmp_path / "b", "sdxl", "still", size=SIZE, model=models.sdxl, **TAKES))
    with pytest.raises(BadRequest, match="does not fit this model"):
        result(tmp_path / "x", "sdxl", "still", size=SIZE, model=models.sdxl, files=[files.ref], ip_adapter=str(broken), **TAKES)
    assert hashes(result(tmp_path / "a", "sdxl", "still", size=SIZE, model=models.sdxl, **TAKES)) == before


def test_what_was_not_used_is_said(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    cases: list[tuple[str, str, list[Any], dict[str, Any], str]] = [
        ("flux2", models.flux2_distilled, [], {"guidance": 4.0}, "goes without guidance"),
        ("flux2", models.flux2_distilled, [], {"negative": "fog"}, "negative prompt was not used"),
        ("flux2", models.flux2, [], {}, "4 steps are few"),
        ("flux2", models.flux2_distilled, [], {"tuning": {"step_cache": "first block"}}, "cannot use the first-block cache"),
        ("zimage", models.zimage, [], {"negative": "fog"}, "negative prompt was not used"),
        ("zimage", models.zimage, [], {"zoom": True}, "no mask to paint around"),
        ("qwenimage", models.qwenimage, [], {"negative": "fog", "guidance": 1.0}, "negative prompt was not used"),
        ("qwenimage", models.qwenimage, [], {"tuning": {"step_cache": "first block", "cache_threshold": 1.0}}, "The first-block cache answered"),
        ("qwenimage", models.qwenedit, [files.red, files.mask], SEEN_SMALL, "the strength was not used"),
        ("sdxl", models.sdxl, [], {"prompt": "fox " * 40}, "reads 77 tokens of the prompt"),
        ("sdxl", models.sdxl, [("picture", files.ref[1])], {}, "has other proportions"),
    ]
    for number, (engine, model, given, more, says) in enumerate(cases):
        done = result(tmp_path / str(number), engine, "still", size=SIZE, model=model, files=given, **{**TAKES, **more})
        assert any(says in note for note in done.notes), (says, done.notes)
