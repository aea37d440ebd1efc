"""The part of the form that every engine has: size, length, seed, how many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from generation.contract import Format, Rate, Task
from generation.facts import PICTURE_TASKS, SOUND_TASKS, EngineInfo
from studio.projects.models import Project

STILL: tuple[Task, ...] = ("still",)


class AskForm(forms.Form):
    width = forms.IntegerField(min_value=16, max_value=7680, required=False, label=gettext_lazy("Width"))
    height = forms.IntegerField(min_value=16, max_value=7680, required=False, label=gettext_lazy("Height"))
    frames = forms.IntegerField(min_value=1, max_value=20_000, required=False, label=gettext_lazy("Length (frames)"))
    seconds = forms.FloatField(min_value=0.1, max_value=3600, required=False, label=gettext_lazy("Length (seconds)"))
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False, label=gettext_lazy("Seed"))
    count = forms.IntegerField(min_value=1, max_value=8, required=False, initial=1, label=gettext_lazy("How many"))
    every = forms.BooleanField(required=False)

    def size(self, project: Project) -> tuple[int, int]:
        """Even width and height: what was sent, else the project's."""
        width, height = self.cleaned_data["width"] or project.width, self.cleaned_data["height"] or project.height
        return width - width % 2, height - height % 2

    def format(self, project: Project, task: Task) -> Format | None:
        """What the contract wants for this task, in the project's rate; None where a task has neither picture nor length."""
        rate = Rate(num=project.rate_num, den=project.rate_den)
        sent = self.cleaned_data
        if task in SOUND_TASKS:
            return Format(rate=rate, frames=max(1, round((sent["seconds"] or 10.0) * rate.fps)))
        if task not in PICTURE_TASKS:
            return None
        width, height = self.size(project)
        frames = 1 if task in STILL else sent["frames"] or max(1, round(2 * rate.fps))
        return Format(width=width, height=height, rate=rate, frames=frames)


def initial(project: Project, facts: EngineInfo, task: Task) -> dict[str, Any]:
    """The project's own size, brought within the engine's limits with its aspect kept."""
    limits, width, height = facts.limits, project.width, project.height
    scale = min(1.0, limits.max_width / width, limits.max_height / height)
    step = max(2, limits.multiple_of)
    size = [max(step, round(side * scale / step) * step) for side in (width, height)]
    frames = min(limits.max_frames, max(1, round(2 * project.fps)))
    return {"width": size[0], "height": size[1], "frames": frames, "seconds": 10, "seed": 0, "count": 1}
