from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def size(value: float) -> str:
    """Bytes in the largest unit that leaves a whole number before the point: "31.4 GiB"."""
    amount = float(value or 0)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit in ("bytes", "KiB") else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.2f} TiB"


@register.filter
def gib(amount: str) -> SafeString:
    """So much memory, within a sentence."""
    return format_html('<span class="num">{} GiB</span>', amount)


@register.filter
def minus(value: int, other: int) -> int:
    return value - other
