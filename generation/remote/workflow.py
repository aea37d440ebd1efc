"""A ComfyUI workflow in API format: reading it, finding which of its inputs are ours, and putting our values there.

In API format a workflow is a mapping of node ids to {"class_type", "inputs", "_meta": {"title"}}; an input is a value, or [node id, number]
where it comes from another node. A place in it is written "6.text": the input `text` of node 6; several places are separated by commas.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generation.contract import BadRequest

MOST_NODES = 2000
TITLES = {
    "prompt": "Prompt", "negative": "Negative prompt", "seed": "Seed", "steps": "Steps", "guidance": "Guidance", "width": "Width",
    "height": "Height", "frames": "Frames", "fps": "Frames a second", "seconds": "Seconds", "first_frame": "First frame", "last_frame": "Last frame",
    "picture": "Picture", "reference": "References", "mask": "Mask", "depth": "Depth", "video": "Clip", "sound": "Sound",
}  # fmt: skip
NUMBERS = {
    "seed": ("seed", "noise_seed"), "steps": ("steps",), "guidance": ("cfg", "guidance"), "width": ("width",), "height": ("height",),
    "frames": ("length", "num_frames", "video_length", "frames_number"), "fps": ("fps", "frame_rate"), "seconds": ("seconds", "duration"),
}  # fmt: skip
TEXTS = ("text", "prompt", "positive_prompt", "text_g", "clip_l", "t5xxl", "tags")
FILES = {"loadimage": ("image",), "loadimagemask": ("image",), "loadvideo": ("file", "video"), "vhs_loadvideo": ("video",), "loadaudio": ("audio",)}
# The words of a node's title or class that say which picture it wants.
PICTURES = (
    ("mask", r"mask"), ("depth", r"depth|control"), ("last_frame", r"last|end"), ("reference", r"ref|style|face|ip.?adapter"),
    ("first_frame", r"first|start|begin"),
)  # fmt: skip


def read(workflow: Any) -> dict[str, dict[str, Any]]:
    """The workflow, if it is one in API format. Raises `BadRequest` with what it is instead."""
    if not isinstance(workflow, dict) or not workflow:
        raise BadRequest("A workflow in API format is a JSON object of nodes. In ComfyUI: Workflow › Export (API).")
    if isinstance(workflow.get("nodes"), list):
        raise BadRequest("This is the workflow as ComfyUI's editor saves it. Export it in API format: Workflow › Export (API).")
    if isinstance(workflow.get("prompt"), dict) and "class_type" not in workflow["prompt"]:
        workflow = workflow["prompt"]  # as it is sent
    if len(workflow) > MOST_NODES:
        raise BadRequest(f"The workflow has {len(workflow)} nodes; up to {MOST_NODES} are taken.")
    for number, node in workflow.items():
        if not isinstance(node, dict) or not isinstance(node.get("class_type"), str) or not isinstance(node.get("inputs"), dict):
            raise BadRequest(f"Node “{str(number)[:40]}” has no class or no inputs: this is no workflow in API format.")
        for name, value in node["inputs"].items():
            if is_link(value) and value[0] not in workflow:
                raise BadRequest(f"Input “{name}” of node {number} ({node['class_type']}) comes from a node {value[0]}, which is not there.")
    return dict(workflow)


def is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int) and not isinstance(value[1], bool)


def title(workflow: Mapping[str, Any], number: str) -> str:
    """What people call a node: the title it was given, else its class."""
    node = workflow.get(number, {})
    meta = node.get("_meta")
    return str((meta.get("title") if isinstance(meta, dict) else "") or node.get("class_type", number))[:80]


def places(text: str) -> list[tuple[str, str]]:
    """(node, input) of each place written."""
    return [(node.strip(), name.strip()) for node, _, name in (part.strip().partition(".") for part in text.split(",")) if node.strip()]


def checked(workflow: Mapping[str, Any], bindings: Mapping[str, str]) -> None:
    """Raises `BadRequest` for a place that is not in the workflow."""
    for what, text in bindings.items():
        for number, name in places(text):
            if number not in workflow:
                raise BadRequest(f"“{TITLES[what]}” is bound to node {number}, which is not in the workflow.")
            if name not in workflow[number]["inputs"]:
                known = ", ".join(workflow[number]["inputs"]) or "none"
                where = f"{title(workflow, number)} ({number})"
                raise BadRequest(f"“{TITLES[what]}” is bound to “{name}” of {where}, which has no such input. It has: {known}.")


def bind(workflow: Mapping[str, Any], bindings: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with our values in their places, each as the kind of value that was there. A list goes to the places in order, and what is left of
    them keeps what it had. Values without a place are not looked at."""
    graph = copy.deepcopy(dict(workflow))
    for what, text in bindings.items():
        if what not in values:
            continue
        where, value = places(text), values[what]
        several = value if isinstance(value, list) else [value] * len(where)
        for (number, name), each in zip(where, several, strict=False):
            inputs = graph[number]["inputs"]
            inputs[name] = _like(inputs.get(name), each)
    return graph


def _like(before: Any, value: Any) -> Any:
    if isinstance(before, bool) or isinstance(value, bool):
        return value
    if isinstance(before, int) and isinstance(value, float):
        return round(value)
    if isinstance(before, float) and isinstance(value, int):
        return float(value)
    return str(value) if isinstance(before, str) and not isinstance(value, str) else value


def choices(workflow: Mapping[str, Any], what: str) -> Iterator[tuple[str, str]]:
    """Every place that `what` could have: ("6.text", "Positive prompt (6): text")."""
    number_like = what in NUMBERS
    for number, node in workflow.items():
        for name, value in node["inputs"].items():
            plain = isinstance(value, (int, float)) and not isinstance(value, bool) if number_like else isinstance(value, str)
            if plain:
                yield f"{number}.{name}", f"{title(workflow, number)} ({number}): {name}"


def suggest(workflow: Mapping[str, Any]) -> dict[str, str]:
    """Which places are ours, by the classes, links and titles of the nodes; what cannot be told is not there."""
    found: dict[str, list[str]] = {}

    def add(what: str, number: str, name: str) -> None:
        place = f"{number}.{name}"
        if place not in found.setdefault(what, []):
            found[what].append(place)

    for number, node in workflow.items():
        inputs, kind = node["inputs"], node["class_type"].lower()
        for what, names in NUMBERS.items():
            for name in names:
                value = inputs.get(name)
                if isinstance(value, (int, float)) and not isinstance(value, bool) and _belongs(what, kind, inputs):
                    add(what, number, name)
        for side, what in (("positive", "prompt"), ("negative", "negative"), ("conditioning", "prompt")):
            if is_link(inputs.get(side)) and (side != "conditioning" or "guider" in kind):
                for place in _text_behind(workflow, inputs[side][0], set()):
                    add(what, *place)
        for prefix, names in FILES.items():
            if kind == prefix or (kind.startswith(prefix) and prefix != "loadimage"):
                name = next((name for name in names if isinstance(inputs.get(name), str)), "")
                if name:
                    add(_picture(workflow, number, kind), number, name)
    if "prompt" not in found:
        for number, node in workflow.items():
            name = next((name for name in TEXTS if isinstance(node["inputs"].get(name), str)), "")
            if name:
                negative = re.search(r"negative", title(workflow, number), re.IGNORECASE)
                add("negative" if negative else "prompt", number, name)
    both = set(found.get("prompt", ())) & set(found.get("negative", ()))
    if both:  # a negative that is the prompt zeroed out
        found["negative"] = [place for place in found["negative"] if place not in both]
    return {what: ", ".join(where) for what, where in found.items() if where}


def _belongs(what: str, kind: str, inputs: Mapping[str, Any]) -> bool:
    """Whether a number of that name means ours: sizes where an empty picture is made or a clip planned, not where one is resized."""
    if what in ("width", "height"):
        return ("empty" in kind or "tovideo" in kind or "latent" in kind) and "upscale" not in kind
    if what == "frames":
        return "width" in inputs or "empty" in kind
    if what == "seconds":
        return "empty" in kind or "audio" in kind
    return True


def _text_behind(workflow: Mapping[str, Any], number: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    """The texts that a conditioning comes from."""
    if number in seen or number not in workflow:
        return
    seen.add(number)
    node = workflow[number]
    texts = [name for name in TEXTS if name in node["inputs"]]
    for name in texts:
        value = node["inputs"][name]
        if isinstance(value, str):
            yield number, name
        elif is_link(value):
            behind = workflow.get(value[0], {}).get("inputs", {})
            yield from ((value[0], each) for each in ("value", "string", *TEXTS) if isinstance(behind.get(each), str))
    if not texts and "zeroout" not in node["class_type"].lower():
        inputs = node["inputs"]
        links = [inputs[name] for name in ("conditioning", "conditioning_1", "positive", "conditioning_to") if is_link(inputs.get(name))]
        for link in links[:1]:
            yield from _text_behind(workflow, link[0], seen)


def _picture(workflow: Mapping[str, Any], number: str, kind: str) -> str:
    """Which of our files a loading node wants, by its class and title, and by what its picture goes into."""
    if "audio" in kind:
        return "sound"
    said = title(workflow, number) if title(workflow, number).lower() != kind else ""
    goes = [name for node in workflow.values() for name, value in node["inputs"].items() if is_link(value) and value[0] == number]
    for what, words in PICTURES:
        if re.search(words, f"{said} {kind if 'mask' in kind else ''} {' '.join(goes)}", re.IGNORECASE):
            return "depth" if what == "depth" else what
    if "video" in kind:
        return "video"
    clip = any("video" in node["class_type"].lower() for node in workflow.values())
    return "first_frame" if clip else "picture"
