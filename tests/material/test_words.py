"""That the forms of all engines are marked for translation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from studio.engines.choosing import offers
from studio.projects.models import Project
from tests.web.test_marked import OURS, pretended, unmarked  # noqa: F401  (a fixture)

KNOWN = (*OURS.split(), "ControlNet", "IP-Adapter", "LoRA", "LoRAs", "safetensors", "owner/name")
NAMES = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in KNOWN))
TYPED = re.compile(r"(<textarea[^>]*>).*?(</textarea>)", re.DOTALL)
"""What stands in a field is sent to the engine as it is."""


@pytest.mark.django_db
@pytest.mark.usefixtures("pretended")
def test_the_form_of_every_engine_is_marked(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, wrong = client_for(people.owner), []
    for _, rows in offers():
        for row in rows:
            if row.task == "voice":  # whose voice it may be is asked in the room of sound, and drawn there
                continue
            for more in ({}, {"film": ""}):
                asked = {"engine": f"{row.info.name}:{row.task}", **more}
                shown = client.get(reverse("material:form", args=[project.slug]), asked).content.decode()
                wrong += [f"{row.info.name} {row.task}: {words}" for words in unmarked(TYPED.sub(r"\1\2", shown), lambda line: NAMES.sub(" ", line))]
    assert not wrong, json.dumps(sorted(set(wrong)), indent=0, ensure_ascii=False)
