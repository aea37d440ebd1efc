"""The engine against a real server process that speaks ComfyUI's protocols, with every failure such servers have."""

from __future__ import annotations

import copy
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import SecretStr

from generation import catalog
from generation.context import Options
from generation.contract import BadRequest, Cancelled, Endpoint, Failure, OutOfMemory, Progress, Result, Transient
from generation.engines import comfyui
from generation.remote import workflow
from generation.runner import run
from tests.generation.engines import asking
from tests.generation.engines.comfy_server import Running

GRAPH: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 8, "steps": 6, "cfg": 7.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]},
        "_meta": {"title": "Sampler"},
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "plain"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["4", 1]}, "_meta": {"title": "Positive"}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "bad", "clip": ["4", 1]}, "_meta": {"title": "Negative"}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "ours"}},
}
CLIP = {
    **{number: node for number, node in GRAPH.items() if number != "9"},
    "10": {"class_type": "VHS_VideoCombine", "inputs": {"images": ["8", 0], "frame_rate": 16, "format": "video/h264-mp4", "filename_prefix": "clip"}},
}


def graph(kind: str = "plain", base: dict[str, Any] | None = None, more: dict[str, Any] | None = None) -> dict[str, Any]:
    made = copy.deepcopy(base or GRAPH) | (more or {})
    made["4"]["inputs"]["ckpt_name"] = kind
    return made


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


@pytest.fixture
def seen(server: Running) -> Iterator[Callable[[], Any]]:
    def call(method: str = "GET") -> Any:
        with urllib.request.urlopen(urllib.request.Request(server.url + "/seen", method=method)) as answer:
            return json.loads(answer.read())

    call("DELETE")
    yield call


def endpoint(server: Running, flow: dict[str, Any], **settings: Any) -> Endpoint:
    told = {"workflow": flow, "patience": 3, **settings}
    return Endpoint(name="box", kind="comfyui", url=server.url, key=SecretStr("k-123"), own_network=True, settings=told)


@pytest.fixture
def ask(server: Running, seen: object, tmp_path: Path) -> Callable[..., Result]:
    numbers = iter(range(100))

    def asking_(
        flow: dict[str, Any] | str = "plain", task: str = "still", *, keeper: Any = None, cancelled: Any = None, on_progress: Any = None,
        settings: dict[str, Any] | None = None, **more: Any,
    ) -> Result:  # fmt: skip
        place = endpoint(server, graph(flow) if isinstance(flow, str) else flow, **(settings or {}))
        request, paths = asking.ask("comfyui", task, **({"endpoint": "box", "prompt": "A lamp"} | more))
        return run(
            request, tmp_path / str(next(numbers)), paths, on_progress=on_progress or (lambda progress, image: None),
            cancelled=cancelled or (lambda: False), options=Options(endpoints={"box": place}), keeper=keeper,
        )  # fmt: skip

    return asking_


def pixels(result: Result) -> Any:
    return np.asarray(Image.open(asking.outputs(result)["still"].path))


@pytest.mark.parametrize("kind", ["plain", "old"])
def test_a_workflow_runs_with_ours_in_it_progress_and_previews(ask: Any, seen: Any, kind: str) -> None:
    told, shown = list[Progress](), list[bytes]()

    def tell(progress: Progress, image: bytes | None) -> None:
        told.append(progress)
        shown.extend([image] if image else [])

    result = ask(kind, seed=77, steps=9, guidance=3.5, negative="blur", size=(60, 32), on_progress=tell)
    assert pixels(result).shape == (32, 60, 3) and pixels(result).std() > 30 and "made 64×32" in result.notes[0] and len(result.notes) == 1
    (asked,) = seen()["prompts"]
    assert (asked["3"]["inputs"]["seed"], asked["3"]["inputs"]["steps"], asked["3"]["inputs"]["cfg"]) == (77, 9, 3.5)
    assert (asked["6"]["inputs"]["text"], asked["7"]["inputs"]["text"]) == ("A lamp", "blur") and asked["5"]["inputs"]["width"] == 64
    done = [progress.done for progress in told]
    assert done == sorted(done) and len({progress.done for progress in told if progress.stage == "Sampler"}) > 3 and told[-1].done == told[-1].total
    assert shown and set(seen()["keys"]) == {"Bearer k-123"}
    assert json.loads(Path(asking.outputs(result)["workflow"].path).read_bytes()) == asked and result.usage.provider_job == result.data["prompt_id"]


@pytest.mark.parametrize("kind", ["busy-2", "takes-500", "takes-cut", "cut-1", "strange", "view"])
def test_trouble_is_waited_out_and_the_work_is_handed_in_once(ask: Any, seen: Any, kind: str) -> None:
    assert pixels(ask(kind)).shape == (32, 64, 3) and len(seen()["prompts"]) == 1


def test_a_server_that_says_nothing_is_asked(ask: Any, seen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfyui, "QUIET", 0.1)
    assert pixels(ask("silent")).shape == (32, 64, 3) and len(seen()["prompts"]) == 1


def test_a_server_that_forgot_is_handed_the_work_again_by_the_next_attempt_only(server: Running, ask: Any, tmp_path: Path) -> None:
    shelf = asking.Shelf(tmp_path / "shelf")
    back = threading.Thread(target=server.comes_back)
    back.start()
    with pytest.raises(Transient, match="forgot"):
        ask("dies", keeper=shelf, settings={"patience": 20})
    back.join()
    first = shelf.kept()
    assert first is not None and first.name == "submitted"
    assert pixels(ask("dies", keeper=shelf)).shape == (32, 64, 3)


@pytest.mark.parametrize("kind", ["plain", "old"])
def test_an_attempt_that_was_broken_off_goes_on_with_what_the_server_has(ask: Any, seen: Any, tmp_path: Path, kind: str) -> None:
    """Broken off right after it was handed in: before its number was heard (as a kill would), and after."""

    class Broken(Exception):
        pass

    class Shelf(asking.Shelf):
        def keep(self, stage: Any) -> None:
            if stage.name == "submitted" and "submitted" not in self.kept_names:
                self.kept_names.append("submitted")
                raise Broken
            super().keep(stage)

    shelf = Shelf(tmp_path / "shelf")
    with pytest.raises(Broken):
        ask(kind, keeper=shelf)
    resumed = ask(kind, keeper=shelf)
    assert pixels(resumed).shape == (32, 64, 3) and len(seen()["prompts"]) == 1
    if kind == "plain":  # the same seed gives the same bytes, another seed others
        same, other = ask(kind), ask(kind, seed=2)
        assert asking.hashes(same) == asking.hashes(resumed) != asking.hashes(other)


@pytest.mark.parametrize("waiting", [False, True])
def test_cancelling_stops_ours_and_nothing_else(server: Running, ask: Any, seen: Any, tmp_path: Path, waiting: bool) -> None:
    if waiting:  # somebody else's work runs, ours waits behind it
        said = json.dumps({"prompt": graph("slow"), "client_id": "somebody", "prompt_id": "11111111-1111-4111-8111-111111111111"}).encode()
        urllib.request.urlopen(urllib.request.Request(server.url + "/prompt", said)).read()
    stages = list[str]()
    last = "waiting in its queue" if waiting else "Sampler"
    with pytest.raises(Cancelled):
        ask("slow", cancelled=lambda: last in stages, on_progress=lambda progress, image: stages.append(progress.stage))
    happened, queue = seen(), json.loads(urllib.request.urlopen(server.url + "/queue").read())
    if waiting:
        assert len(happened["deleted"]) == 1 and happened["interrupts"] == [] and len(queue["queue_running"]) == 1 and queue["queue_pending"] == []
        urllib.request.urlopen(urllib.request.Request(server.url + "/interrupt", b"{}")).read()
    else:
        assert len(happened["interrupts"]) == 1 and happened["interrupts"][0] and happened["deleted"] == []


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [("fails", Failure, r"at Sampler \(3\): Sizes of tensors"), ("large", OutOfMemory, "too small"), ("interrupted", Transient, "interrupted")],
)
def test_what_fails_there_is_said_with_its_node(ask: Any, tmp_path: Path, kind: str, error: type[Failure], words: str) -> None:
    shelf = asking.Shelf(tmp_path / "shelf")
    with pytest.raises(error, match=words):
        ask(kind, keeper=shelf)
    if kind == "interrupted":
        assert pixels(ask(kind, keeper=shelf)).shape == (32, 64, 3)


def test_clips_come_frame_by_frame_at_the_length_asked_for(ask: Any, seen: Any) -> None:
    bound = workflow.suggest(CLIP) | {"frames": "5.batch_size", "fps": "10.frame_rate"}
    clip = ask(graph(base=CLIP), "shot", frames=11, settings={"bindings": bound, "frame_step": 4})
    assert asking.shape_of(asking.outputs(clip)["master"]) == (11, 32, 64) and "the first 11 were kept" in clip.notes[0]
    assert seen()["prompts"][0]["5"]["inputs"]["batch_size"] == 13 and seen()["prompts"][0]["10"]["inputs"]["frame_rate"] == 24
    moving = graph(base=CLIP)
    moving["10"]["inputs"]["format"] = "image/gif"
    row = graph()
    row["5"]["inputs"]["batch_size"] = 5
    bound["fps"] = ""
    for flow, notes in ((moving, 0), (row, 0)):
        where = {name: text for name, text in bound.items() if text}
        result = ask(flow, "shot", frames=5, settings={"bindings": where})
        assert asking.shape_of(asking.outputs(result)["master"]) == (5, 32, 64) and len(result.notes) == notes
    with pytest.raises(Failure, match="gave 1 frame, enough for 1 of the 5"):
        ask(graph(), "shot", frames=5)


def test_sound_comes_at_the_length_of_the_cue(ask: Any) -> None:
    flow = graph(
        "plain", {number: node for number, node in GRAPH.items() if number not in "59"},
        {"5": {"class_type": "EmptyLatentAudio", "inputs": {"seconds": 9.0, "batch_size": 1}},
         "11": {"class_type": "SaveAudio", "inputs": {"audio": ["8", 0], "filename_prefix": "a"}}},
    )  # fmt: skip
    result = ask(flow, "music", frames=36, sound=True)
    assert asking.outputs(result)["sound"].meta["samples"] == 72_000 and result.data["made"]["seconds"] == 1.5


def test_files_go_into_their_nodes(ask: Any, seen: Any, tmp_path: Path) -> None:
    load: dict[str, Any] = {"class_type": "LoadImage", "inputs": {"image": "example.png"}}
    clip: dict[str, Any] = {"class_type": "VHS_LoadVideo", "inputs": {"video": "x.mp4"}, "_meta": {"title": "Depth"}}
    flow = graph(more={"20": load | {"_meta": {"title": "Style reference"}}, "21": clip})
    reference, depth = asking.picture(tmp_path / "a.png"), asking.depth(tmp_path / "d.zip", 2)
    ask(flow, files=[("reference", reference), ("depth", depth)])
    (asked,) = seen()["prompts"]
    assert asked["20"]["inputs"]["image"].startswith("firstcut-") and asked["20"]["inputs"]["image"].endswith(".png")
    assert asked["21"]["inputs"]["video"].endswith(".png") and len(seen()["uploads"]) == 2
    with pytest.raises(BadRequest, match="no place for a mask"):
        ask(flow, files=[("mask", asking.mask(tmp_path / "m.png"))])
    with pytest.raises(BadRequest, match="places for 1 of “reference”; 2"):
        ask(flow, files=[("reference", reference), ("reference", reference)])
    with pytest.raises(BadRequest, match=r"Style reference \(20\): image: 'example.png'"):
        ask(flow)


def test_what_it_saves_elsewhere_or_of_another_kind_is_told(ask: Any) -> None:
    preview = graph()
    preview["9"]["class_type"] = "PreviewImage"
    assert pixels(ask(preview)).shape == (32, 64, 3)
    two = graph(more={"12": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "other"}}})
    assert "Several nodes" in ask(two).notes[0] and ask(two, settings={"output": "12"}).notes == ()
    with pytest.raises(Failure, match=r"nothing that a music can be made of: ours_00000_\.png"):
        ask(task="music", frames=24, sound=True)
    with pytest.raises(BadRequest, match="Node 'Strange' not found"):
        ask(graph(more={"13": {"class_type": "Strange", "inputs": {}}}))
    with pytest.raises(BadRequest, match="needs words"):
        ask(prompt="")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"workflow": {"nodes": [], "links": []}}, "Export"), ({"workflow": {"1": {"class_type": "A"}}}, "no inputs"),
        ({"workflow": {"1": {"class_type": "A", "inputs": {"x": ["2", 0]}}}}, "not there"),
        ({"workflow": GRAPH, "bindings": {"prompt": "66.text"}}, "66"), ({"workflow": GRAPH, "bindings": {"prompt": "6.words"}}, "no such input"),
        ({"workflow": GRAPH, "output": "99"}, "no node 99"),
    ],
)  # fmt: skip
def test_a_workflow_that_cannot_be_is_refused_with_why(server: Running, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        catalog.validate_endpoint(endpoint(server, {}).model_copy(update={"settings": settings}))


def test_bindings_are_suggested_and_can_be_chosen(server: Running) -> None:
    kept = catalog.validate_endpoint(endpoint(server, {"prompt": GRAPH}))
    bound = {name: text for name, text in kept["bindings"].items() if text}
    expected = {"prompt": "6.text", "negative": "7.text", "seed": "3.seed", "steps": "3.steps", "guidance": "3.cfg"}
    assert bound == expected | {"width": "5.width", "height": "5.height"} and kept["workflow"] == GRAPH
    offered = catalog.endpoint_choices("comfyui", kept)
    assert ("6.text", "Positive (6): text") in offered["bindings.prompt"]
    assert ("5.batch_size", "EmptyLatentImage (5): batch_size") in offered["bindings.frames"]
    assert catalog.endpoint_choices("comfyui", {}) == {} == catalog.endpoint_choices("openai", {})


def test_suggestions_follow_links_titles_and_classes() -> None:
    load: dict[str, Any] = {"class_type": "LoadImage", "inputs": {"image": "x.png"}}
    flow: dict[str, Any] = {
        "1": {"class_type": "RandomNoise", "inputs": {"noise_seed": 1}},
        "2": {"class_type": "BasicGuider", "inputs": {"conditioning": ["3", 0]}},
        "3": {"class_type": "FluxGuidance", "inputs": {"conditioning": ["4", 0], "guidance": 3.5}},
        "4": {"class_type": "CLIPTextEncode", "inputs": {"text": ["5", 0]}},
        "5": {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "a dog"}},
        "6": {
            "class_type": "WanFirstLastFrameToVideo",
            "inputs": {"width": 8, "height": 8, "length": 81, "start_image": ["7", 0], "end_image": ["8", 0]},
        },
        "7": load, "8": load, "9": load | {"_meta": {"title": "Mask"}},
        "10": {"class_type": "ImageResize", "inputs": {"width": 5, "height": 5, "image": ["11", 0]}}, "11": load,
        "12": {"class_type": "LoadAudio", "inputs": {"audio": "x.wav"}},
        "13": {"class_type": "CreateVideo", "inputs": {"fps": 24.0, "images": ["6", 0]}},
    }  # fmt: skip
    assert workflow.suggest(flow) == {
        "seed": "1.noise_seed", "prompt": "5.value", "guidance": "3.guidance", "width": "6.width", "height": "6.height", "frames": "6.length",
        "first_frame": "7.image, 11.image", "last_frame": "8.image", "mask": "9.image", "sound": "12.audio", "fps": "13.fps",
    }  # fmt: skip
    bound = workflow.bind(flow, workflow.suggest(flow), {"prompt": "x", "fps": 30, "seed": 4, "guidance": 2})
    assert bound["13"]["inputs"]["fps"] == 30.0 and bound["5"]["inputs"]["value"] == "x" and flow["5"]["inputs"]["value"] == "a dog"


def test_the_check_says_what_the_server_is_and_what_it_lacks(server: Running) -> None:
    assert comfyui.check(endpoint(server, GRAPH), lambda: None)[0] == "It answers: ComfyUI 0.3.60 on cpu. It has all 6 kinds of nodes."
    with pytest.raises(BadRequest, match="lacks what the workflow needs: Strange"):
        comfyui.check(endpoint(server, graph(more={"13": {"class_type": "Strange", "inputs": {}}})), lambda: None)
