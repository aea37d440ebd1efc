"""One line a measurement: name · ours · reference · ratio · target · verdict."""

from __future__ import annotations


def line(name: str, ours: str, reference: str, ratio: float, target: float, more: bool = True) -> str:
    """`ratio` is ours over the reference and must be at most `target`; `more` is anything else that must hold."""
    verdict = "ok" if ratio <= target and more else "falls short"
    return f"{name} · {ours} · {reference} · {ratio:.4f} · ≤ {target:.4f} · {verdict}"


def at_most(name: str, ours: float, target: float, unit: str, more: bool = True) -> str:
    """A measurement that stands alone, against a limit."""
    verdict = "ok" if ours <= target and more else "falls short"
    return f"{name} · {ours:.1f} {unit} · – · – · ≤ {target:g} {unit} · {verdict}"
