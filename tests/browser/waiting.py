"""Waiting for what a page's own objects say. Playwright's `wait_for_function` needs `eval`, which our content policy forbids."""

from __future__ import annotations

from typing import Any

SOON = 90_000  # milliseconds: long, for machines that are busy


def until(page: Any, condition: str, arg: Any = None, *, timeout: int = SOON) -> None:
    """Returns once `condition`, JavaScript over `arg`, is true in the page; it is looked at with every frame the browser draws."""
    page.evaluate(
        f"""([arg, timeout]) => new Promise((done, fail) => {{
          const began = performance.now();
          const look = () => {{
            if ({condition}) done();
            else if (performance.now() - began > timeout) fail(new Error("It did not come about: " + {condition!r}));
            else requestAnimationFrame(look);
          }};
          look();
        }})""",
        [arg, timeout],
    )
