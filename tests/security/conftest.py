"""A film with one of everything, and another person's film beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from studio.accounts.actions import make_owner_link
from studio.accounts.models import Person
from studio.delivery.models import Export
from studio.jobs.models import Job, State, Worker
from studio.ledger.actions import set_rate, set_terms
from studio.material.models import Piece
from studio.media.models import Asset, Rendition
from studio.media.store import hold
from studio.notices.models import Delivery, Hook, Notice
from studio.notices.signing import unsubscribe_address
from studio.projects.actions import invite, start_project
from studio.projects.models import Invitation, Membership, Project
from studio.projects.rates import RATE_BY_KEY
from studio.providers.models import Endpoint
from studio.providers.sealing import seal
from studio.review.exchange import OUT, reel_of
from studio.review.models import Attachment, Note, Sheet
from studio.review.notes import write_note
from studio.review.queries import notes_on
from studio.screening.models import PlaylistItem, Session
from studio.screening.playlists import add_item, make_playlist
from studio.screening.sessions import start_session
from studio.script.models import Draft
from studio.share.actions import Terms, make_link
from studio.share.entry import remember
from studio.share.guests import name_guest
from studio.share.models import Guest, ShareLink
from studio.shelf.models import Holding, Host, Model, Source
from studio.shelf.models import State as HoldingState
from studio.sound.models import LineTake, VoiceConsent
from studio.work.following import change_standing
from studio.work.models import Automation, Status
from tests.films import FRAMES, Film, asset, export_of, fill, for_clients, job_of

RENDITION = {"codec": "avc1.640020", "init": 10, "init_id": "same", "frames": FRAMES}


@dataclass
class Everything:
    """One of everything that an address can name."""

    film: Film
    extra: Membership
    invitation: Invitation
    invitation_token: str
    link_token: str
    queued: Job
    failed: Job
    export: Export
    file: Asset
    endpoint: Endpoint
    draft: Draft
    model: Model
    note: Note
    link: ShareLink
    link_way: str
    guest: Guest
    heard: Note
    shown: Attachment
    voice: Asset
    notes: bytes
    notice: Notice
    hook: Hook
    delivery: Delivery
    status: Status
    automation: Automation
    item: PlaylistItem
    session: Session

    def as_guest(self) -> Client:
        """The guest's browser."""
        client, answer = Client(), HttpResponse()
        remember(answer, self.link, passed=None, guest=self.guest)
        client.cookies = answer.cookies
        return client

    def arguments(self, address: str, names: list[str]) -> dict[str, Any]:
        """Values for an address's parameters, such that a good request of somebody who may succeeds."""
        film = self.film
        values: dict[str, Any] = {
            "project": film.project.slug,
            "scene": film.scenes[0].pk,
            "shot": film.shots[0].pk,
            "take": film.takes[1].pk,
            "line": film.lines[0].pk,
            "panel": film.panels[0].pk,
            "pk": film.characters[0].pk,
            "job": self.failed.pk if address == "jobs:retry" else self.queued.pk,
            "export": self.export.pk,
            "invitation": self.invitation.pk,
            "member": self.extra.pk,
            "sha256": self.file.sha256,
            "number": 1,
            "start": 0,
            "model": self.model.pk,
            "name": "w@here:1",
            "film": film.project.pk,
            "endpoint": self.endpoint.pk,
            "draft": self.draft.pk,
            "note": self.note.pk,
            "status": self.status.pk,
            "key": str(self.status.pk),
            "automation": self.automation.pk,
            "playlist": self.item.playlist_id,
            "item": self.item.pk,
            "session": self.session.pk,
            "kind": "csv" if address == "review:download" else "characters",
            "notice": self.notice.pk,
            "hook": self.hook.pk,
            "delivery": self.delivery.pk,
            "character": film.characters[0].pk,
            "cue_kind": "music",
            "one": 1 if address == "script:comparison" else film.takes[0].pk,
            "other": 2 if address == "script:comparison" else film.takes[1].pk,
            "token": self.link_token if address == "start" else self.invitation_token,
            "link": self.link.pk,
            "attachment": self.shown.pk,
            "approval": self.note.pk,  # which is none
        }
        if address.startswith("share:"):
            values |= {"token": self.link_way, "note": self.heard.pk, "sha256": self.voice.sha256}
        if address == "notices:unsubscribe":
            values["token"] = unsubscribe_address(self.film.project.created_by_id, self.film.project.pk).rstrip("/").rsplit("/", 1)[1]
        if address == "shots:restoration":
            values["shot"] = film.shots[-1].pk
        return {name: values[name] for name in names}

    def body(self, address: str) -> dict[str, Any]:
        """What a good request must name besides what stands in the matrix."""
        match address:
            case "work:removal":
                return {"instead": str(Status.objects.get(project=self.film.project, name="Approved").pk)}
            case "shelf:commands":
                return {"worker": "w@here:1"}
            case "share:statuses":
                names = ("Pending review", "Changes requested")
                seen, wanted = (str(Status.objects.get(project=self.film.project, name=name).pk) for name in names)
                return {"shot": "3", "seen": seen, "status": wanted}
            case "work:selection":
                return {"card": [f"{self.film.shots[number].pk}:0" for number in (0, 1)]}
            case "share:details":
                return {"expires": f"{timezone.now() + timedelta(days=30):%Y-%m-%dT%H:%M}"}
            case "timeline:operations":
                return {"clip": str(self.film.clips[0].pk)}
            case "material:uploads":
                return {"files": SimpleUploadedFile("a face.png", b"\x89PNG", "image/png")}
            case "review:imports":
                return {"file": SimpleUploadedFile("notes.csv", self.notes, "text/csv")}
            case "screening:items":
                return {"what": f"take-{self.film.takes[0].pk}"}
            case "screening:presenter":
                return {"to": str(self.extra.person_id)}
            case "material:use":
                return {"shot": str(self.film.shots[0].pk)}
        return {}


def everything(project: Project, by: Person, extra: Person) -> Everything:
    film = fill(project, by)
    gone = film.shots[-1]
    gone.removed = True
    gone.save()
    shot = film.shots[1]  # makes the film lack something
    shot.stale = "It was changed after its take was made."
    shot.save()
    file = asset(f"a master of {project.pk}", stored=True)
    hold(project, file)
    Worker.objects.get_or_create(name="w@here:1", defaults={"queues": ["work"], "host": "here", "pid": 1})
    set_terms(by=by, currency="EUR", per_kwh=None)
    set_rate(by=by, card="cpu", per_hour=Decimal("0.1"))
    Host.objects.update_or_create(name="films", defaults={"found": ["tiny"]})
    recipe = {"engine": "diffusers", "task": "shot", "seed": 1, "params": {"prompt": "a fox"}}
    facts = {"frames": 48, "width": 320, "height": 180}
    VoiceConsent.objects.create(project=project, number=1, kind="designed", person="A voice", words="It imitates nobody.", scope="This film", by=by)
    Piece.objects.create(project=project, number=1, medium="clip", title="a fox", asset=file, engine="diffusers 2", recipe=recipe, facts=facts, by=by)
    model, _ = Model.objects.get_or_create(name="owner/model", source=Source.HUB)  # the installation's, whoever's film it is
    Holding.objects.get_or_create(model=model, host="here", defaults={"state": HoldingState.HELD})
    Host.objects.get_or_create(name="here", root="/models")
    invitation, token = invite(project, by=by, role="reviewer")
    voice = asset(f"a voice of {project.pk}", "audio/flac", stored=True)
    LineTake.objects.filter(line=film.lines[0]).update(asset=voice)
    played = asset(f"a rendition of 58 bytes, ten of them its head, {project.pk}", stored=True)
    Rendition.objects.filter(source=film.takes[0].asset).update(asset=played, meta={**RENDITION, "frags": list(range(10, 11 + FRAMES))})
    hold(project, voice, played)
    export = export_of(film, by)
    terms = Terms(may_take_proxy=True, may_take_master=True, expires=timezone.now() + timedelta(days=300))
    link, way = make_link(export.cut_revision, by=by, terms=terms)
    guest = name_guest(link, name="Cleo")
    guest.viewed = guest.verified = timezone.now()
    guest.save()
    for_clients(project)
    change_standing(film.shots[2], by=by, base=0, status=Status.objects.get(project=project, name="Pending review"))
    note = write_note(export.cut_revision, by=by, text="Her hand is in the lamp.", first=2)
    heard = write_note(export.cut_revision, by=by, text="Is this dark enough for you?", first=4, audience="client")
    Sheet.objects.create(cut_revision=export.cut_revision, asset=file, notes=1, by=by)
    webhook = Hook.objects.create(project=project, url="https://hooks.example/a", secret=seal("a secret"), made_by=by)
    listed = make_playlist(project, by=by, name="For Thursday")
    add_item(listed, export.cut_revision, by=by)
    return Everything(
        film=film,
        extra=Membership.objects.create(project=project, person=extra, role="reviewer"),
        invitation=invitation,
        invitation_token=token,
        link_token=make_owner_link().rstrip("/").rsplit("/", 1)[1],
        queued=job_of(film, kind="export", subject_kind="cutrevision"),
        failed=job_of(film, State.FAILED, error="The lamp fell over."),
        export=export,
        file=file,
        endpoint=Endpoint.objects.get_or_create(name="House", defaults={"kind": "openai", "url": "https://models.example/v1"})[0],
        draft=Draft.objects.create(project=project, number=1, brief="A fox.", text="EXT. HILL - DAY\n\nA fox.\n", by=by),
        model=model,
        note=note,
        link=link,
        link_way=way,
        guest=guest,
        heard=heard,
        shown=Attachment.objects.create(note=heard, asset=voice, medium=Attachment.Medium.SOUND, name="What was said", spoken=True),
        voice=voice,
        status=Status.objects.get(project=project, name="In progress"),
        automation=Automation.objects.get(project=project, trigger="retake"),
        item=add_item(listed, film.takes[0], by=by),
        session=start_session(project, export.cut_revision, by=by),
        notes=OUT["csv"].write(reel_of(export.cut_revision, notes_on(export.cut_revision))),
        notice=Notice.objects.create(
            person=by, project=project, event=0, topic="joined", words="Somebody joined", says="Somebody joined", address="/notices/"
        ),
        hook=webhook,
        delivery=Delivery.objects.create(hook=webhook, event=1, body="{}"),
    )


@pytest.fixture
def extra(db: None) -> Person:
    return Person.objects.create_user("extra@example.com", name="Extra Person")


@pytest.fixture
def here(project: Project, people: SimpleNamespace, extra: Person) -> Everything:
    """The cast's own film."""
    return everything(project, people.owner, extra)


@pytest.fixture
def elsewhere(db: None, extra: Person) -> Everything:
    """A film in which nobody of the cast has a right."""
    by = Person.objects.create_user("other@example.com", name="Other Person")
    return everything(start_project(name="Secret Harbour", by=by, rate=RATE_BY_KEY["25"], width=320, height=180), by, extra)
