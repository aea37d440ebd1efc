"""What a card's driver tells: here a driver that knows two cards, and one that knows little."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from uuid import uuid4

import pytest

from studio.jobs import energy, machine


class Trouble(Exception):
    pass


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Stands in for NVIDIA's library: each card has `millijoules` that a test sets."""
    module = ModuleType("pynvml")
    cards = [SimpleNamespace(name=f"Card {n}", millijoules=1_000_000 * n) for n in range(2)]

    def handle(number: int) -> SimpleNamespace:
        if number >= len(cards):
            raise Trouble
        return cards[number]

    def unknown(*_: object) -> int:
        raise Trouble

    for name, value in {
        "NVMLError": Trouble,
        "NVML_TEMPERATURE_GPU": 0,
        "nvmlInit": lambda: None,
        "nvmlDeviceGetCount": lambda: len(cards),
        "nvmlDeviceGetHandleByIndex": handle,
        "nvmlDeviceGetName": lambda card: card.name,
        "nvmlDeviceGetMemoryInfo": lambda card: SimpleNamespace(total=80 << 30, used=3 << 30),
        "nvmlDeviceGetTemperature": lambda card, kind: 61,
        "nvmlDeviceGetPowerUsage": lambda card: 212_400,
        "nvmlDeviceGetEnforcedPowerLimit": unknown,
        "nvmlDeviceGetTotalEnergyConsumption": lambda card: card.millijoules,
        "cards": cards,
    }.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, "pynvml", module)
    machine.driver.cache_clear()
    yield module
    machine.driver.cache_clear()


def test_a_worker_tells_of_its_own_card_what_the_driver_knows(nvml: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert machine.cards() == 2
    assert machine.card() == {"number": 1, "name": "Card 1", "memory": 81920, "used": 3072, "temperature": 61, "watts": 212}
    for none in ("", "7", "GPU-a1b2"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", none)
        assert machine.card() == {}


def test_energy_is_counted_on_the_same_card(nvml: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    token = uuid4()
    energy.begin(token)
    nvml.cards[1].millijoules += 77_500
    nvml.cards[0].millijoules += 5_000
    assert energy.joules(token) == 77.5 and energy.joules(token) is None, "told once"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    energy.begin(token)
    assert energy.joules(token) is None
