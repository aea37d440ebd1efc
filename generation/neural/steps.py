"""Being told of each step of a pipeline, whatever pipeline it is: for progress, preview and cancel."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from generation.contract import Context, Pixels, Preview


class Steps:
    """While entered, every step of `pipe` is told to the context, which may raise `Cancelled`: by the pipeline's own callback (put into
    `arguments`), or, where it has none, by looking over the scheduler's shoulder.

    `preview` turns what the step gave (latents, or None) into pictures; `total` steps are expected, in stages told by `stage`.
    """

    def __init__(
        self,
        pipe: Any,
        arguments: dict[str, Any],
        context: Context,
        total: int,
        preview: Callable[[Any], Pixels | None] | None = None,
        *,
        stage: str = "denoising",
        after: str = "decoding",
        done: int = 0,
        watch_scheduler: bool = False,
    ) -> None:
        self._pipe, self._context, self.total, self.done = pipe, context, total, done
        self._preview, self._stage, self._after = preview, stage, after
        self.latents: Any = None  # of the last step, for who goes on from them
        self._wrapped: Any = None
        if "callback_on_step_end" in inspect.signature(pipe.__call__).parameters and not watch_scheduler:
            arguments["callback_on_step_end"] = self._called
        else:
            self._wrapped = pipe.scheduler

    def _called(self, pipe: Any, number: int, moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        self.step(tensors.get("latents"))
        return tensors

    def step(self, latents: Any = None) -> None:
        """One step more is done."""
        self.done = min(self.total, self.done + 1)
        self.latents = latents
        shown = self._shown(latents) if self._preview is not None and latents is not None else None
        stage = self._after if self.done == self.total else self._stage
        self._context.progress(self.done, self.total, unit="steps", stage=stage, preview=shown)

    def _shown(self, latents: Any) -> Preview:
        """What would draw a preview of each take."""
        assert self._preview is not None
        many = len(self._context.seeds)
        if many == 1 or len(latents) != many:
            return partial(self._preview, latents)
        return tuple(partial(self._preview, latents[take : take + 1]) for take in range(many))

    def __enter__(self) -> Steps:
        self._context.progress(self.done, self.total, unit="steps", stage=self._stage)
        if self._wrapped is not None:
            original = self._wrapped.step

            @wraps(original)  # a pipeline looks at its parameters: whether it takes the generator
            def stepped(*args: Any, **kwargs: Any) -> Any:
                answer = original(*args, **kwargs)
                self.step(answer[0] if isinstance(answer, tuple) else answer.prev_sample)
                return answer

            self._wrapped.step = stepped
        return self

    def __exit__(self, *error: object) -> None:
        if self._wrapped is not None:
            del self._wrapped.step  # the instance's own attribute; the class's method shows again
