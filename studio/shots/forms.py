"""What people type about a shot. Every field is optional: what is not sent is not changed."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from studio.shots.models import ANGLES, EASINGS, MOVES, SIZES, SPEEDS
from studio.shots.saying import field_label, field_name

LONGEST = 20_000  # frames; a sentence below says it too


class ShotForm(forms.Form):
    size = forms.ChoiceField(label=field_label("size"), choices=SIZES, required=False)
    angle = forms.ChoiceField(label=field_label("angle"), choices=ANGLES, required=False)
    lens = forms.IntegerField(min_value=10, max_value=300, required=False, label=gettext_lazy("Lens (mm)"))
    move = forms.ChoiceField(label=field_label("move"), choices=MOVES, required=False)
    speed = forms.ChoiceField(label=field_label("speed"), choices=SPEEDS, required=False)
    easing = forms.ChoiceField(label=field_label("easing"), choices=EASINGS, required=False)
    subjects = forms.CharField(
        label=field_label("subjects"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Names or things, with commas between; the first is in focus."),
    )
    over = forms.CharField(max_length=120, required=False, label=gettext_lazy("Over the shoulder of"))
    characters = forms.CharField(max_length=600, required=False, label=gettext_lazy("In the shot"))
    action = forms.CharField(label=field_label("action"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    frames = forms.IntegerField(
        label=field_label("frames"),
        min_value=1,
        max_value=LONGEST,
        required=False,
        error_messages={
            "min_value": gettext_lazy("A shot has at least one frame."),
            "max_value": gettext_lazy("A shot has at most 20,000 frames; split it."),
        },
    )
    seed = forms.IntegerField(label=field_label("seed"), min_value=0, max_value=2**31 - 1, required=False)
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

    count = forms.IntegerField(label=gettext_lazy("Count"), min_value=1, max_value=8, initial=1)
    parent = forms.IntegerField(min_value=1, required=False)
    anyway = forms.BooleanField(required=False)  # although there is exactly such a take

    def changes(self) -> dict[str, Any]:
        return {key: value for key, value in super().changes().items() if key not in ("count", "parent", "anyway", "characters", "over")}


class LineForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=2000,
        strip=True,
        error_messages={"required": gettext_lazy("A line needs words; remove it from the script instead.")},
    )
    direction = forms.CharField(max_length=200, required=False, strip=True)


def problems(form: forms.Form) -> str:
    """All errors of a form as one sentence after another."""
    errors: dict[str, list[dict[str, str]]] = json.loads(form.errors.as_json())
    return " ".join(f"{_begins(form, name)}{item['message']}" for name, items in errors.items() for item in items)


def _begins(form: forms.Form, name: str) -> str:
    """The field that an error is of."""
    return "" if name == "__all__" else gettext("%(field)s: ") % {"field": capfirst(field_name(name))}
