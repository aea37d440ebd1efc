"""What people type about a production, checked and answered in words."""

from __future__ import annotations

from typing import Any

from django import forms

from studio.projects.models import OnMemory, Role
from studio.projects.rates import ASPECTS, HEIGHTS, RATE_BY_KEY, RATES, picture_size

INVITABLE = [(value, label) for value, label in Role.choices if value != Role.OWNER]


class ProjectForm(forms.Form):
    name = forms.CharField(max_length=120, strip=True, error_messages={"required": "Give the film a name; it can be changed later."})
    logline = forms.CharField(max_length=300, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 2}))
    rate = forms.ChoiceField(choices=[(choice.key, choice.label) for choice in RATES], initial="24", label="Frame rate")
    height = forms.TypedChoiceField(coerce=int, choices=[(height, f"{height} lines") for height in HEIGHTS], initial=720, label="Resolution")
    aspect = forms.ChoiceField(choices=[(key, key) for key in ASPECTS], initial="16:9")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "height" in values and "aspect" in values:
            values["width"], values["height"] = picture_size(values["height"], values["aspect"])
        if "rate" in values:
            values["rate"] = RATE_BY_KEY[values["rate"]]
        return values


class DetailsForm(forms.Form):
    name = forms.CharField(max_length=120, strip=True, error_messages={"required": "A film needs a name."})
    logline = forms.CharField(max_length=300, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 2}))
    on_memory = forms.ChoiceField(
        choices=OnMemory.choices,
        required=False,
        label="When a card runs out of memory",
        help_text="The second try keeps the model mostly in main memory: the same picture, but it takes longer, and costs more where time costs.",
    )


class InvitationForm(forms.Form):
    role = forms.ChoiceField(choices=INVITABLE, initial=Role.ARTIST)
    email = forms.EmailField(required=False, label="E-mail (optional)")


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=INVITABLE)


class DeleteForm(forms.Form):
    """Deleting asks for the film's name, so that it is meant."""

    name = forms.CharField(strip=True)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.expected:
            raise forms.ValidationError(f"Type “{self.expected}” exactly to delete it.")
        return name
