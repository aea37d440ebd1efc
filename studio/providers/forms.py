"""What an operator types about another machine: the part that every kind has, and the kind's own settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, pgettext, pgettext_lazy

from generation import catalog
from generation.contract import BadRequest
from generation.facts import EngineInfo
from studio.engines.fields import Field, Group, groups_of, params_from
from studio.engines.words import choice
from studio.providers.actions import Typed, Wrong
from studio.providers.models import Endpoint

PREFIX = "settings."
MAX_SETTINGS = 1_000_000  # characters of raw JSON


def kinds() -> list[EngineInfo]:
    """The engines that work through other machines."""
    return [facts for facts in catalog.engines() if facts.kind == "outside"]


class EndpointForm(forms.Form):
    name = forms.CharField(
        max_length=80, label=gettext_lazy("Name"), help_text=gettext_lazy("What people choose it by; recipes keep it."),
        error_messages={"required": gettext_lazy("Give the machine a name.")},
    )
    url = forms.CharField(
        max_length=2000, label=pgettext_lazy("a URL", "Address"),
        help_text=gettext_lazy("https://… as the provider gives it; for a chat API it usually ends in /v1."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    own_network = forms.BooleanField(required=False, label=gettext_lazy("This address is on our own network"))
    key = forms.CharField(
        required=False, max_length=2000, strip=True, help_text=gettext_lazy("Kept sealed; it is never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
    )  # fmt: skip
    no_key = forms.BooleanField(required=False, label=gettext_lazy("It needs no key: forget the one it has"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].label = pgettext("that opens a service", "Key")  # in music it is another word


def settings_groups(facts: EngineInfo, values: Mapping[str, Any], models: list[str]) -> list[Group]:
    """The kind's own settings as fields to draw. `models` are those the machine said it has."""
    if facts.settings is None:
        return []
    groups = groups_of(facts.settings, values)
    offered = catalog.endpoint_choices(facts.name, dict(values))
    for group in groups:
        group.folded = group.folded and not any(field.name in offered for field in group.fields)
        for field in group.fields:
            if field.name in offered:
                listed = {"": gettext("not bound")} | {value: choice(words) for value, words in dict(offered[field.name]).items()}
                if field.value:
                    listed.setdefault(str(field.value), str(field.value))  # several places, written by hand
                field.kind, field.choices = "choice", tuple(listed.items())
            if field.name == "default_model" and models:
                known = models if not field.value or field.value in models else [str(field.value), *models]
                field.kind, field.choices = "choice", (("", gettext("none")), *((name, name) for name in known))
            field.name = f"{PREFIX}{field.name}"
    return groups


def typed(facts: EngineInfo, form: EndpointForm, sent: Mapping[str, Any], *, keep_key: bool, kept: Mapping[str, Any]) -> Typed:
    """A valid form as what the actions take. `kept`: the settings there are. Raises `Wrong`."""
    values = form.cleaned_data
    key: str | None = values["key"]
    if values["no_key"]:
        key = ""
    elif not key and keep_key:
        key = None
    return Typed(
        name=" ".join(values["name"].split()), kind=facts.name, url=values["url"].strip(), key=key, own_network=values["own_network"],
        settings=settings_sent(facts, sent, kept),
    )  # fmt: skip


def settings_sent(facts: EngineInfo, sent: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen out of a document (a workflow's inputs) goes with the document: with another one, it is found anew. Raises `Wrong` for
    what cannot even be read."""
    own = {name.removeprefix(PREFIX): sent[name] for name in sent if name.startswith(PREFIX)}
    try:
        if facts.settings is not None:
            read = params_from(facts.settings, own)
            chosen = catalog.endpoint_choices(facts.name, dict(kept))
            if chosen and any(read.get(field.name, {}) != kept.get(field.name, {}) for field in _documents(facts)):
                read = params_from(facts.settings, {name: value for name, value in own.items() if name not in chosen})
            return read
        raw = str(own.get("json", "")).strip() or "{}"
        found = json.loads(raw) if len(raw) <= MAX_SETTINGS else None
    except BadRequest as problem:
        raise Wrong(str(problem)) from problem
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Wrong(gettext("The settings must be one JSON object."))
    return found


def _documents(facts: EngineInfo) -> list[Field]:
    return [field for group in groups_of(facts.settings) for field in group.fields if field.kind == "document"] if facts.settings else []


def initial(row: Endpoint) -> dict[str, Any]:
    return {"name": row.name, "url": row.url, "own_network": row.own_network}
