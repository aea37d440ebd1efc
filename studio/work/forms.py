"""What is said of a shot, a status or an automation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from studio.projects.models import Project
from studio.shots.models import Shot
from studio.work.following import StandingRefused, Wish, member_of
from studio.work.models import Automation, Colour, Status
from studio.work.queries import MOST_ASKED as MOST_TOGETHER
from studio.work.queries import team_of

CARD = re.compile(r"([0-9]{1,15}):([0-9]{1,9})(?::([0-9a-f-]{0,36}))?", re.ASCII)
TOO_OLD = gettext_lazy("The page is too old to say which change this follows. Reload it.")
NO_DATE = gettext_lazy("Write the date as year-month-day: 2026-12-24.")


class _Problem(forms.Form):
    def problem(self) -> str:
        """The first thing that is wrong, for the person who sent it."""
        _, errors = next(iter(self.errors.items()))
        return str(errors[0])


class StandingForm(_Problem):
    """`revision` is what the person saw; of the others only what was sent is wanted. `wanted` holds it, as `following.change_standing` takes it."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, error_messages={"required": TOO_OLD})
    status = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    assigned = forms.CharField(required=False, max_length=36)
    due = forms.DateField(required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": NO_DATE})

    def __init__(self, data: Any, project: Project) -> None:
        super().__init__(data)
        self.project = project

    def clean_status(self) -> Status | None:
        if "status" not in self.data:
            return None
        found = Status.objects.filter(project=self.project, pk=self.cleaned_data["status"] or 0).first()
        if found is None:
            raise forms.ValidationError(gettext("This film has no such status any more. Choose one of those it has."))
        return found

    def clean_assigned(self) -> Any:
        try:
            return member_of(self.project, self.cleaned_data["assigned"])
        except StandingRefused as problem:
            raise forms.ValidationError(str(problem)) from problem

    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("status", "assigned", "due") if name in self.data}


class SelectionForm(_Problem):
    """Several shots at once: each `card` is a shot and the revision it was seen at, "12:3", or with a value of its own behind them, "12:3:7" (what an
    undo puts back); `value` holds for the others. `wishes` says it as `following.change_together` takes it."""

    field = forms.ChoiceField(choices=[("status", "status"), ("assigned", "assigned")])
    value = forms.CharField(required=False, max_length=36)

    def __init__(self, data: Any, project: Project) -> None:
        super().__init__(data)
        self.project = project

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        told = [CARD.fullmatch(card) for card in self.data.getlist("card")]
        if not told or not all(told):
            raise forms.ValidationError(gettext("Select the shots first. Nothing was changed."))
        if len(told) > MOST_TOGETHER:
            raise forms.ValidationError(gettext("Up to %(count)d shots are changed at once. Nothing was changed.") % {"count": MOST_TOGETHER})
        cards = {int(one[1]): (int(one[2]), one[3] if one[3] is not None else values["value"]) for one in told if one}
        known = self._known(values["field"], {value for _, value in cards.values()})
        values["cards"] = {shot: (base, {values["field"]: known[value]}) for shot, (base, value) in cards.items()}
        return values

    def _known(self, name: str, values: set[str]) -> dict[str, Any]:
        """Each value by what it names in this film; one query for all."""
        known: dict[str, Any]
        if name == "status":
            wanted = [int(value) for value in values if value.isdecimal() and len(value) < 19]
            known = {str(row.pk): row for row in Status.objects.filter(project=self.project, pk__in=wanted)}
            problem = gettext("This film has no such status any more. Choose one of those it has.")
        else:
            known = {"": None, **{str(row.pk): row for row in team_of(self.project)}}
            problem = gettext("A shot is given to somebody of this film's team. Choose one of them.")
        if not values <= known.keys():
            raise forms.ValidationError(problem)
        return known

    def wishes(self, shots: Iterable[Shot]) -> list[Wish]:
        """In the order of the shots."""
        return [Wish(shot, *self.cleaned_data["cards"][shot.pk]) for shot in shots]


class StatusForm(_Problem):
    name = forms.CharField(max_length=40, strip=True, error_messages={"required": gettext_lazy("A status has a name.")})
    short = forms.CharField(max_length=8, strip=True, required=False, label=gettext_lazy("Short"))
    colour = forms.ChoiceField(choices=Colour.choices, initial=Colour.SCRIPTED)
    starts = forms.BooleanField(required=False)
    done = forms.BooleanField(required=False)
    retake = forms.BooleanField(required=False)
    client_sees = forms.BooleanField(required=False)
    client_sets = forms.BooleanField(required=False)
    revision = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("done") and values.get("retake"):
            raise forms.ValidationError(gettext("A shot is either done or goes back to be made again. Choose one of the two."))
        values["client_sees"] = bool(values.get("client_sees") or values.get("client_sets"))  # what one may set one sees
        values["short"] = (values.get("short") or values.get("name") or "")[:8].strip().upper()
        return values

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class AutomationForm(_Problem):
    """Which of the fields count follows from trigger and effect; the others are left aside."""

    trigger = forms.ChoiceField(choices=Automation.Trigger.choices)
    effect = forms.ChoiceField(choices=Automation.Effect.choices)
    status = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    to_status = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    to_person = forms.CharField(required=False, max_length=36)

    def __init__(self, data: Any, project: Project) -> None:
        super().__init__(data)
        self.project = project

    def _status(self, name: str) -> Status | None:
        wanted = self.cleaned_data.get(name)
        if not wanted:
            return None
        found = Status.objects.filter(project=self.project, pk=wanted).first()
        if found is None:
            raise forms.ValidationError(gettext("This film has no such status any more. Choose one of those it has."))
        return found

    def clean_status(self) -> Status | None:
        return self._status("status")

    def clean_to_status(self) -> Status | None:
        return self._status("to_status")

    def clean_to_person(self) -> Any:
        try:
            return member_of(self.project, self.cleaned_data["to_person"])
        except StandingRefused as problem:
            raise forms.ValidationError(gettext("Choose somebody of this film's team.")) from problem

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        trigger, effect = values["trigger"], values["effect"]
        if trigger in ("shot", "scene") and values["status"] is None:
            raise forms.ValidationError(gettext("Say at which status it begins."))
        if trigger == "scene-done":
            values["status"] = None
        if effect == "status" and values["to_status"] is None:
            raise forms.ValidationError(gettext("Say to which status it comes."))
        if effect == "assign" and values["to_person"] is None:
            raise forms.ValidationError(gettext("Say to whom it is given."))
        if effect == "status" and trigger in ("shot", "scene") and values["to_status"] == values["status"]:
            raise forms.ValidationError(gettext("It stands there already. Choose another status for it to come to."))
        values["to_status"] = values["to_status"] if effect == "status" else None
        values["to_person"] = values["to_person"] if effect != "status" else None
        return values
