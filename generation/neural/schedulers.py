"""Samplers by the names people know, as diffusers' classes. Which of them fit a model depends on how it was trained."""

from __future__ import annotations

from typing import Any

from generation.contract import BadRequest
from generation.neural import lazy

# Name → (class, settings, whether it can be used for models trained by flow matching)
SCHEDULERS: dict[str, tuple[str, dict[str, Any], bool]] = {
    "euler": ("EulerDiscreteScheduler", {}, False),
    "euler ancestral": ("EulerAncestralDiscreteScheduler", {}, False),
    "heun": ("HeunDiscreteScheduler", {}, False),
    "ddim": ("DDIMScheduler", {}, False),
    "dpm++ 2m": ("DPMSolverMultistepScheduler", {}, True),
    "dpm++ 2m karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}, False),
    "unipc": ("UniPCMultistepScheduler", {}, True),
    "flow euler": ("FlowMatchEulerDiscreteScheduler", {}, True),
    "flow heun": ("FlowMatchHeunDiscreteScheduler", {}, True),
}
FLOW = tuple(name for name, (_, _, flow) in SCHEDULERS.items() if flow)


def chosen(pipe: Any, name: str) -> Any:
    """A fresh scheduler of that name with the model's own noise settings; the model's own where `name` is empty. Always fresh: a scheduler
    keeps what it did. Raises `BadRequest` for one that is not known or does not fit the model."""
    own = pipe.scheduler
    if not name:
        return type(own).from_config(own.config)
    if name not in SCHEDULERS:
        raise BadRequest(f"There is no scheduler “{name}”. Known are: {', '.join(SCHEDULERS)}.")
    class_name, settings, flows = SCHEDULERS[name]
    flow = is_flow(own)
    if flow and not flows:
        raise BadRequest(f"“{name}” does not fit this model, which was trained by flow matching. Choose one of: {', '.join(FLOW)}.")
    if not flow and class_name.startswith("FlowMatch"):
        raise BadRequest(f"“{name}” is for models trained by flow matching; this one was not. Choose another.")
    more: dict[str, Any] = {}
    if flow and not class_name.startswith("FlowMatch"):
        shift = own.config.get("flow_shift") or own.config.get("shift") or 1.0
        more = {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": shift}
    if flow and class_name.startswith("FlowMatch") and "flow_shift" in own.config:
        more = {"shift": own.config["flow_shift"]}
    return getattr(lazy.diffusers(), class_name).from_config(own.config, **settings, **more)


def is_flow(scheduler: Any) -> bool:
    return "FlowMatch" in type(scheduler).__name__ or bool(scheduler.config.get("use_flow_sigmas"))
