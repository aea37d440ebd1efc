from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from studio.notices.kinds import HOOKABLE
from studio.notices.models import ByMail, Topic


class ChoiceForm(forms.Form):
    """`topics`: those that this person is ever told of."""

    mail = forms.ChoiceField(label=gettext_lazy("Mail"), choices=ByMail.choices, widget=forms.RadioSelect)
    wanted = forms.MultipleChoiceField(label=gettext_lazy("Tell me when"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, topics: Iterable[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = [(topic.value, topic.label) for topic in topics]  # type: ignore[attr-defined]


class HookForm(forms.Form):
    url = forms.CharField(
        label=pgettext_lazy("a URL", "Address"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://…", "autocomplete": "off"})
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Events"), choices=[(kind, kind) for kind in HOOKABLE], required=False, widget=forms.CheckboxSelectMultiple
    )
    own_network = forms.BooleanField(label=gettext_lazy("It stands on our own network"), required=False)
