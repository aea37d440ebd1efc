from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from studio.shelf.models import Source


class AddForm(forms.Form):
    """A model to want: by its id on the hub, or a folder that workers look for."""

    what = forms.CharField(
        max_length=400,
        label=gettext_lazy("Hub id or folder"),
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("owner/name"), "autocomplete": "off"}),
    )
    source = forms.ChoiceField(choices=Source.choices, initial=Source.HUB, required=False)
    revision = forms.CharField(
        max_length=120, required=False, label=gettext_lazy("Revision"), widget=forms.TextInput(attrs={"placeholder": gettext_lazy("newest")})
    )

    def clean_source(self) -> str:
        return self.cleaned_data["source"] or Source.HUB


class CommandForm(forms.Form):
    worker = forms.CharField(max_length=80)
    what = forms.CharField(max_length=8)
