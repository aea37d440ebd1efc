"""What people type about a production, checked and answered in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from studio.projects.models import OnMemory, Role
from studio.projects.rates import ASPECTS, HEIGHTS, RATE_BY_KEY, RATES, picture_size

INVITABLE = [(value, label) for value, label in Role.choices if value != Role.OWNER]


def _rates() -> list[tuple[str, str]]:
    return [(choice.key, gettext(choice.label)) for choice in RATES]


def _heights() -> list[tuple[int, str]]:
    return [(height, gettext("%(count)d lines") % {"count": height}) for height in HEIGHTS]


class ProjectForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        strip=True,
        error_messages={"required": gettext_lazy("Give the film a name; it can be changed later.")},
    )
    logline = forms.CharField(label=gettext_lazy("Logline"), max_length=300, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 2}))
    rate = forms.ChoiceField(choices=_rates, initial="24", label=gettext_lazy("Frame rate"))
    height = forms.TypedChoiceField(coerce=int, choices=_heights, initial=720, label=gettext_lazy("Resolution"))
    aspect = forms.ChoiceField(choices=[(key, key) for key in ASPECTS], initial="16:9", label=gettext_lazy("Aspect"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "height" in values and "aspect" in values:
            values["width"], values["height"] = picture_size(values["height"], values["aspect"])
        if "rate" in values:
            values["rate"] = RATE_BY_KEY[values["rate"]]
        return values


class DetailsForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, strip=True, error_messages={"required": gettext_lazy("A film needs a name.")})
    logline = forms.CharField(label=gettext_lazy("Logline"), max_length=300, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 2}))
    on_memory = forms.ChoiceField(
        choices=OnMemory.choices,
        required=False,
        label=gettext_lazy("When a card runs out of memory"),
        help_text=gettext_lazy(
            "The second try keeps the model mostly in main memory: the same picture, but it takes longer, and costs more where time costs."
        ),
    )


class InvitationForm(forms.Form):
    role = forms.ChoiceField(choices=INVITABLE, initial=Role.ARTIST, label=gettext_lazy("Role"))
    email = forms.EmailField(required=False, label=gettext_lazy("E-mail (optional)"))


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=INVITABLE)


class DeleteForm(forms.Form):
    """Deleting asks for the film's name, so that it is meant."""

    name = forms.CharField(label=gettext_lazy("Name"), strip=True)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.expected:
            raise forms.ValidationError(gettext("Type “%(name)s” exactly to delete it.") % {"name": self.expected})
        return name
