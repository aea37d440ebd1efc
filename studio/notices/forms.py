from __future__ import annotations

from django import forms

from studio.notices.kinds import HOOKABLE
from studio.notices.models import ByMail, Topic


class ChoiceForm(forms.Form):
    mail = forms.ChoiceField(label="Mail", choices=ByMail.choices, widget=forms.RadioSelect)
    wanted = forms.MultipleChoiceField(label="Tell me when", choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple)


class HookForm(forms.Form):
    url = forms.CharField(label="Address", max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://…"}))
    kinds = forms.MultipleChoiceField(
        label="Events",
        choices=[(kind, kind) for kind in HOOKABLE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: all of them.",
    )
    own_network = forms.BooleanField(label="It stands on our own network", required=False)
