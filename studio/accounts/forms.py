"""What a person types about themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext, gettext_lazy

from studio.accounts.models import COLOUR_CHOICES


class _WithPassword(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters. You may leave it empty and choose one later; until then you come back in by a new link."),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


class NewcomerForm(_WithPassword):
    """Who comes by a link and has no account yet. Also what an invitation asks."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}))
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    field_order = ("name", "email", "password")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class ReturnForm(_WithPassword):
    """Who comes by a link made for their account: they may choose a new password, or just come in."""


class ProfileForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=80)
    colour = forms.ChoiceField(
        label=gettext_lazy("Your colour"), choices=COLOUR_CHOICES, help_text=gettext_lazy("Others see it beside your name.")
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        own = [(code, capfirst(str(get_language_info(code)["name_local"]))) for code in settings.STUDIO_LANGUAGES]
        self.fields["language"].choices = [("", gettext("As your browser asks")), *own]  # type: ignore[attr-defined]
        if len(own) == 1:
            del self.fields["language"]
