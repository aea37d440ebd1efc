"""What guests and the team type, checked and answered in words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy

from studio.share.actions import DAYS, Terms

DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$")
MAX_NAMED = 200


def clean_addresses(text: str) -> list[str]:
    """Addresses with spaces, commas or lines between them, lower case."""
    found = [part.strip().lower() for part in re.split(r"[\s,;]+", text) if part.strip()]
    if len(found) > MAX_NAMED:
        raise forms.ValidationError(f"A link names up to {MAX_NAMED} people.")
    for each in found:
        try:
            validate_email(each)
        except forms.ValidationError:
            raise forms.ValidationError(f"“{each[:80]}” is no e-mail address.") from None
    return sorted(set(found))


class LinkForm(forms.Form):
    """A new link. `revision` is the number of a frozen one; empty freezes the cut as it stands."""

    name = forms.CharField(max_length=120, initial="Client", label="Whom it is for", help_text="Only the team sees this.")
    revision = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    days = forms.IntegerField(min_value=1, max_value=365, initial=DAYS, label="Open for days")
    not_before = forms.DateTimeField(required=False, label="Not before (UTC)", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    password = forms.CharField(
        required=False, max_length=200, strip=False, label="Password", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Asked once of each browser. Send it by another way than the link.",
    )  # fmt: skip
    view_limit = forms.IntegerField(
        required=False, min_value=1, max_value=100_000, label="Times it may be watched", help_text="Empty: as often as one likes."
    )
    may_note = forms.BooleanField(required=False, initial=True, label="Write notes")
    may_draw = forms.BooleanField(required=False, initial=True, label="Draw on frames")
    may_approve = forms.BooleanField(required=False, initial=True, label="Give a verdict")
    may_take_proxy = forms.BooleanField(required=False, label="Download clips as they are watched")
    may_take_master = forms.BooleanField(required=False, label="Download the exported film")
    guests_see_each_other = forms.BooleanField(required=False, label="Guests see each other's notes")
    watermark = forms.BooleanField(required=False, label="Burn the viewer's name into the pictures")
    domains = forms.CharField(required=False, max_length=2000, label="Only addresses at", help_text="Domains, such as example.com.")
    recipients = forms.CharField(
        required=False, max_length=20_000, label="Only these people", help_text="E-mail addresses.", widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_domains(self) -> list[str]:
        found = [part.strip().lower().lstrip("@") for part in re.split(r"[\s,;]+", self.cleaned_data["domains"]) if part.strip()]
        for each in found:
            if not DOMAIN.match(each):
                raise forms.ValidationError(f"“{each[:80]}” is no domain. Write it like example.com.")
        if len(found) > MAX_NAMED:
            raise forms.ValidationError(f"A link names up to {MAX_NAMED} domains.")
        return sorted(set(found))

    def clean_recipients(self) -> list[str]:
        return clean_addresses(self.cleaned_data["recipients"])

    def terms(self) -> Terms:
        told: dict[str, Any] = {key: value for key, value in self.cleaned_data.items() if key not in ("revision", "days")}
        begins = max(timezone.now(), told["not_before"] or timezone.now())
        told["domains"], told["recipients"] = tuple(told["domains"]), tuple(told["recipients"])
        return Terms(**told, expires=begins + timedelta(days=self.cleaned_data["days"]))


class ChangeForm(forms.Form):
    """What of a link may change: its name, its end, its recipients."""

    name = forms.CharField(max_length=120, label="Whom it is for")
    expires = forms.DateTimeField(label="Open until (UTC)", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    recipients = forms.CharField(required=False, max_length=20_000, label="Only these people", widget=forms.Textarea(attrs={"rows": 2}))

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
