"""What guests and the team type, checked and answered in words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from studio.projects.models import Project
from studio.screening.models import Playlist
from studio.share.actions import DAYS, Terms
from studio.timeline.actions import cut_of
from studio.timeline.models import Cut, CutRevision

DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$")
MAX_NAMED = 200


def clean_addresses(text: str) -> list[str]:
    """Addresses with spaces, commas or lines between them, lower case."""
    found = [part.strip().lower() for part in re.split(r"[\s,;]+", text) if part.strip()]
    if len(found) > MAX_NAMED:
        raise forms.ValidationError(gettext("A link names up to %(count)d people.") % {"count": MAX_NAMED})
    for each in found:
        try:
            validate_email(each)
        except forms.ValidationError:
            raise forms.ValidationError(gettext("“%(words)s” is no e-mail address.") % {"words": each[:80]}) from None
    return sorted(set(found))


class LinkForm(forms.Form):
    """A new link. `what` is `revision-<number>` or `playlist-<id>`; empty freezes the cut as it stands."""

    name = forms.CharField(
        max_length=120, initial="Client", label=gettext_lazy("Whom it is for"), help_text=gettext_lazy("Only the team sees this.")
    )
    what = forms.RegexField(r"\A(revision-[1-9][0-9]{0,8}|playlist-[1-9][0-9]{0,17})\Z", required=False)
    days = forms.IntegerField(min_value=1, max_value=365, initial=DAYS, label=gettext_lazy("Open for days"))
    not_before = forms.DateTimeField(
        required=False, label=gettext_lazy("Not before (UTC)"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    password = forms.CharField(
        required=False, max_length=200, strip=False, label=gettext_lazy("Password"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Asked once of each browser. Send it by another way than the link."),
    )  # fmt: skip
    view_limit = forms.IntegerField(
        required=False, min_value=1, max_value=100_000, label=gettext_lazy("Times it may be watched"),
        help_text=gettext_lazy("Empty: as often as one likes."),
    )  # fmt: skip
    may_note = forms.BooleanField(required=False, initial=True, label=gettext_lazy("Write notes"))
    may_draw = forms.BooleanField(required=False, initial=True, label=gettext_lazy("Draw on frames"))
    may_approve = forms.BooleanField(required=False, initial=True, label=gettext_lazy("Give a verdict"))
    may_take_proxy = forms.BooleanField(required=False, label=gettext_lazy("Download clips as they are watched"))
    may_take_master = forms.BooleanField(required=False, label=gettext_lazy("Download the exported film"))
    guests_see_each_other = forms.BooleanField(required=False, label=gettext_lazy("Guests see each other's notes"))
    watermark = forms.BooleanField(required=False, label=gettext_lazy("Burn the viewer's name into the pictures"))
    domains = forms.CharField(
        required=False, max_length=2000, label=gettext_lazy("Only addresses at"), help_text=gettext_lazy("Domains, such as example.com.")
    )
    recipients = forms.CharField(
        required=False, max_length=20_000, label=gettext_lazy("Only these people"), help_text=gettext_lazy("E-mail addresses."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def clean_domains(self) -> list[str]:
        found = [part.strip().lower().lstrip("@") for part in re.split(r"[\s,;]+", self.cleaned_data["domains"]) if part.strip()]
        for each in found:
            if not DOMAIN.match(each):
                raise forms.ValidationError(gettext("“%(words)s” is no domain. Write it like example.com.") % {"words": each[:80]})
        if len(found) > MAX_NAMED:
            raise forms.ValidationError(gettext("A link names up to %(count)d domains.") % {"count": MAX_NAMED})
        return sorted(set(found))

    def clean_recipients(self) -> list[str]:
        return clean_addresses(self.cleaned_data["recipients"])

    def found(self, project: Project) -> Cut | CutRevision | Playlist:
        """Raises `Http404` for what is not this film's."""
        kind, _, key = self.cleaned_data["what"].partition("-")
        if kind == "playlist":
            return get_object_or_404(Playlist.objects.select_related("project"), pk=int(key), project=project)
        if kind == "revision":
            rows = CutRevision.objects.select_related("cut__project").filter(cut__project=project, number=int(key))
            return get_object_or_404(rows.order_by("cut_id")[:1])
        return cut_of(project)

    def terms(self) -> Terms:
        told: dict[str, Any] = {key: value for key, value in self.cleaned_data.items() if key not in ("what", "days")}
        begins = max(timezone.now(), told["not_before"] or timezone.now())
        told["domains"], told["recipients"] = tuple(told["domains"]), tuple(told["recipients"])
        return Terms(**told, expires=begins + timedelta(days=self.cleaned_data["days"]))


class ChangeForm(forms.Form):
    """What of a link may change: its name, its end, its recipients."""

    name = forms.CharField(max_length=120, label=gettext_lazy("Whom it is for"))
    expires = forms.DateTimeField(
        label=gettext_lazy("Open until (UTC)"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    recipients = forms.CharField(required=False, max_length=20_000, label=gettext_lazy("Only these people"), widget=forms.Textarea(attrs={"rows": 2}))

    def clean_recipients(self) -> list[str]:
        return clean_addresses(self.cleaned_data["recipients"])


class PasswordForm(forms.Form):
    password = forms.CharField(max_length=200, strip=False)


class NameForm(forms.Form):
    name = forms.CharField(max_length=80, label=gettext_lazy("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))


class AddressForm(forms.Form):
    email = forms.EmailField(max_length=254, label=gettext_lazy("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class CodeForm(forms.Form):
    code = forms.RegexField(r"^\s*[0-9]{3}\s?[0-9]{3}\s*$", label=gettext_lazy("The six digits"))

    def clean_code(self) -> str:
        return re.sub(r"\D", "", str(self.cleaned_data["code"]))
