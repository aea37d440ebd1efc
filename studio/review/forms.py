"""What a note or a verdict is given with."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext, gettext_lazy

from studio.review.models import Verdict
from studio.review.notes import MAX_TEXT
from studio.review.shapes import BadShape, as_data, parse_drawing

MAX_DRAWING = 2_000_000  # characters of JSON


class NoteForm(forms.Form):
    """`first` and `last` are frames of the revision, both in the note; `shapes` is a JSON list as `shapes.parse_drawing` takes it."""

    text = forms.CharField(required=False, max_length=MAX_TEXT)
    first = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    last = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    shapes = forms.CharField(required=False, max_length=MAX_DRAWING)
    held = forms.IntegerField(required=False, min_value=1, max_value=100_000)
    assigned = forms.CharField(required=False, max_length=36)
    client = forms.BooleanField(required=False)
    retake = forms.BooleanField(required=False)

    def clean_held(self) -> int:
        return int(self.cleaned_data["held"] or 1)

    def clean_shapes(self) -> list[dict[str, Any]]:
        given = self.cleaned_data["shapes"]
        if not given:
            return []
        try:
            return [as_data(shape) for shape in parse_drawing(json.loads(given))]
        except BadShape as problem:
            raise forms.ValidationError(str(problem)) from problem
        except (ValueError, RecursionError) as problem:
            raise forms.ValidationError(gettext("The drawing did not arrive whole. Draw it again; your words stand in the field.")) from problem

    def problem(self) -> str:
        """The first thing that is wrong, for the person who wrote."""
        name, errors = next(iter(self.errors.items()))
        words = {
            "text": gettext("The note: %(problem)s"),
            "first": gettext("The frame: %(problem)s"),
            "last": gettext("The last frame: %(problem)s"),
            "held": gettext("How long the drawing stands: %(problem)s"),
        }
        return gettext("%(problem)s The note was not written.") % {"problem": words.get(name, "%(problem)s") % {"problem": errors[0]}}


class LineForm(forms.Form):
    """`line` as people count: the first is 1."""

    text = forms.CharField(required=False, max_length=MAX_TEXT)
    line = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    assigned = forms.CharField(required=False, max_length=36)

    def problem(self) -> str:
        name, errors = next(iter(self.errors.items()))
        words = {"text": gettext("The note: %(problem)s"), "line": gettext("The line: %(problem)s")}
        return gettext("%(problem)s The note was not written.") % {"problem": words.get(name, "%(problem)s") % {"problem": errors[0]}}


class AnswerForm(forms.Form):
    text = forms.CharField(max_length=MAX_TEXT)


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(choices=Verdict.choices)
    signed = forms.CharField(max_length=80)
    words = forms.CharField(required=False, max_length=MAX_TEXT)


class RuleForm(forms.Form):
    """What makes a revision approved, and what waits for it."""

    quorum = forms.IntegerField(
        min_value=1, max_value=50, label=gettext_lazy("Approvals needed"), help_text=gettext_lazy("From so many persons at least.")
    )
    approvers = forms.CharField(
        required=False, max_length=4000, label=gettext_lazy("And of these"), widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("E-mail addresses whose approval is needed: of members, or of clients, who prove theirs by a code."),
    )  # fmt: skip
    before_export = forms.BooleanField(required=False, label=gettext_lazy("Export approved cuts only"))
    above_money = forms.DecimalField(
        required=False, min_value=Decimal(0), max_digits=12, decimal_places=2,
        label=gettext_lazy("Orders that cost more wait for an approved cut"),
        help_text=gettext_lazy("In the installation's currency. Empty: nothing waits."),
    )  # fmt: skip
    above_minutes = forms.IntegerField(
        required=False, min_value=0, max_value=1_000_000, label=gettext_lazy("So do those of more minutes on graphics cards"),
        help_text=gettext_lazy("Empty: nothing waits."),
    )  # fmt: skip

    def clean_approvers(self) -> list[str]:
        given = [words for words in re.split(r"[\s,;]+", self.cleaned_data["approvers"]) if words]
        for email in given:
            try:
                validate_email(email)
            except forms.ValidationError as problem:
                raise forms.ValidationError(gettext("“%(email)s” is not an e-mail address.") % {"email": email[:60]}) from problem
        if len(given) > 50:
            raise forms.ValidationError(gettext("Name 50 addresses at most."))
        return given
