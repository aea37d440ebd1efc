"""What people type about a shot. Every field is optional: what is not sent is not changed."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from studio.shots.models import ANGLES, EASINGS, MOVES, SIZES, SPEEDS

LONGEST = 20_000  # frames


class ShotForm(forms.Form):
    size = forms.ChoiceField(choices=SIZES, required=False)
    angle = forms.ChoiceField(choices=ANGLES, required=False)
    lens = forms.IntegerField(min_value=10, max_value=300, required=False, label="Lens (mm)")
    move = forms.ChoiceField(choices=MOVES, required=False)
    speed = forms.ChoiceField(choices=SPEEDS, required=False)
    easing = forms.ChoiceField(choices=EASINGS, required=False)
    subjects = forms.CharField(max_length=300, required=False, help_text="Names or things, with commas between; the first is in focus.")
    over = forms.CharField(max_length=120, required=False, label="Over the shoulder of")
    characters = forms.CharField(max_length=600, required=False, label="In the shot")
    action = forms.CharField(max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    frames = forms.IntegerField(
        min_value=1,
        max_value=LONGEST,
        required=False,
        error_messages={"min_value": "A shot has at least one frame.", "max_value": f"A shot has at most {LONGEST:,} frames; split it."},
    )
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    revision = forms.IntegerField(min_value=1, required=False)

    def clean_subjects(self) -> list[str]:
        return _names(self.cleaned_data["subjects"])

    def clean_characters(self) -> list[str]:
        return _names(self.cleaned_data["characters"])

    def changes(self) -> dict[str, Any]:
        """The valid values of the fields that were sent; a camera word or number left empty is no change."""
        keep = {"action", "subjects", "over", "characters"}
        sent = {key: value for key, value in self.cleaned_data.items() if key in self.data and key != "revision"}
        return {key: value for key, value in sent.items() if key in keep or value not in ("", None)}


def _names(text: str) -> list[str]:
    return [name for name in (part.strip() for part in text.split(",")) if name][:12]


class TakesForm(ShotForm):
    """A shot's fields for one request only, and how many takes."""

    count = forms.IntegerField(min_value=1, max_value=8, initial=1)
    parent = forms.IntegerField(min_value=1, required=False)
    anyway = forms.BooleanField(required=False)  # although there is exactly such a take

    def changes(self) -> dict[str, Any]:
        return {key: value for key, value in super().changes().items() if key not in ("count", "parent", "anyway", "characters", "over")}


class LineForm(forms.Form):
    text = forms.CharField(max_length=2000, strip=True, error_messages={"required": "A line needs words; remove it from the script instead."})
    direction = forms.CharField(max_length=200, required=False, strip=True)


def problems(form: forms.Form) -> str:
    """All errors of a form as one sentence after another."""
    errors: dict[str, list[dict[str, str]]] = json.loads(form.errors.as_json())
    return " ".join(f"{'' if name == '__all__' else name.capitalize() + ': '}{item['message']}" for name, items in errors.items() for item in items)
