"""What the machine of a worker has, as its driver and its installation tell it; nothing here loads torch or touches CUDA."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import metadata, util
from typing import Any

TOLD = ("torch", "diffusers", "transformers", "accelerate", "peft")


def can_paint() -> bool:
    """Whether neural engines could run here: their libraries are installed."""
    return all(util.find_spec(name) is not None for name in ("torch", "diffusers", "transformers"))


@cache
def versions() -> dict[str, str]:
    found = {}
    for name in TOLD:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def cards() -> int:
    """How many graphics cards the driver knows; 0 without a driver."""
    nvml = driver()
    return int(nvml.nvmlDeviceGetCount()) if nvml is not None else 0


def card() -> dict[str, Any]:
    """The card this process may use: name, memory and used (MiB), temperature (°C), watts drawn and rated (W). What the driver does not tell is
    left out; empty without a card."""
    nvml, handle = driver(), own_card()
    if handle is None:
        return {}
    try:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    except nvml.NVMLError:
        return {}
    told = {"number": _visible(), "name": str(nvml.nvmlDeviceGetName(handle)), "memory": memory.total >> 20, "used": memory.used >> 20}
    for name, ask in (
        ("temperature", lambda: int(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))),
        ("watts", lambda: round(nvml.nvmlDeviceGetPowerUsage(handle) / 1000)),
        ("rated", lambda: round(nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000)),
    ):
        try:
            told[name] = ask()
        except nvml.NVMLError:
            continue
    return told


@cache
def driver() -> Any:
    """NVML, as pynvml speaks it; None without a driver, or with one that cannot be asked."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:
        return None
    return pynvml


def own_card() -> Any:
    """The driver's handle of the first card this process may use; None if there is none."""
    nvml, number = driver(), _visible()
    if nvml is None or number is None:
        return None
    try:
        return nvml.nvmlDeviceGetHandleByIndex(number)
    except nvml.NVMLError:
        return None


def _visible() -> int | None:
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0]
    return int(first) if first.isdecimal() else None


def warm() -> list[str]:
    """Models in this process's memory."""
    keeper = sys.modules.get("generation.neural.warm")  # not loaded: nothing can be warm
    return list(keeper.names()) if keeper is not None else []
