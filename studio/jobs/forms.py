"""What an operator types on the farm page."""

from __future__ import annotations

from django import forms


class ShareForm(forms.Form):
    weight = forms.FloatField(min_value=0.1, max_value=100)
    limit = forms.IntegerField(min_value=1, max_value=10_000, required=False)
    reserved = forms.IntegerField(min_value=0, max_value=10_000, required=False)
