"""What a person types about themselves."""

from django import forms
from django.contrib.auth.password_validation import validate_password

from studio.accounts.models import COLOURS


class _WithPassword(forms.Form):
    password = forms.CharField(
        label="Password",
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least ten characters. You may leave it empty and choose one later; until then you come back in by a new link.",
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


class NewcomerForm(_WithPassword):
    """Who comes by a link and has no account yet. Also what an invitation asks."""

    name = forms.CharField(label="Your name", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}))
    email = forms.EmailField(label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    field_order = ("name", "email", "password")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class ReturnForm(_WithPassword):
    """Who comes by a link made for their account: they may choose a new password, or just come in."""


class ProfileForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=80)
    colour = forms.ChoiceField(label="Your colour", choices=[(c, c.title()) for c in COLOURS], help_text="Others see it beside your name.")
