"""Listing the lines and cues a script asks for, choosing who speaks and composes them, by whose leave, and ordering their sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext

from generation import catalog
from generation.contract import MusicParams, Task
from studio.events.log import hold, record
from studio.jobs.actions import Order, request_jobs
from studio.jobs.kinds import Refused, kind_named
from studio.jobs.models import BATCH, INTERACTIVE, Job
from studio.jobs.queries import subjects_at_work
from studio.media.store import put_upload
from studio.projects.models import Project
from studio.script.breakdown import Line as FoundLine
from studio.script.models import Scene
from studio.sound.models import Composer, ConsentWithdrawal, Cue, Line, LineTake, Voice, VoiceConsent
from studio.sound.queries import Composers, composer_of, voice_of
from studio.world.actions import ENGINE, design_missing, seed_of
from studio.world.models import Character

MAX_RECORDING = 200 * 1024**2
MOST_EVENTS = 64  # that a neural engine's form takes


def line_for(project: Project, scene: Scene, found: FoundLine, cast: dict[str, Character]) -> Line:
    """A row for one stretch of speech of the breakdown. Whoever speaks and is not listed yet joins the world."""
    name = found.character[:120]
    if name not in cast:
        cast[name], _ = Character.objects.get_or_create(project=project, name=name, defaults={"order": len(cast), "seen": False})
    return Line(
        project=project,
        scene=scene,
        character=cast[name],
        text=found.text,
        direction=found.direction[:200],
        kind=found.kind,
        seconds=found.seconds,
    )


def keep_cues(scenes: Sequence[Scene]) -> None:
    """Every scene has a music cue and a tone cue; the moods follow the script until a person changes them."""
    rows = []
    for scene in scenes:
        music = scene.music or {}
        values = {"mood": music.get("mood", "calm"), "tempo": music.get("tempo", 90), "key": music.get("key", "D minor")}
        rows += [Cue(scene=scene, kind=Cue.MUSIC, **values), Cue(scene=scene, kind=Cue.TONE, mood=scene.mood)]
    Cue.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def voice_spec(line: Line, *, seed: int | None = None) -> dict[str, Any]:
    """What speaking a line is, by the voice of its character as it is chosen now. Select `character__voice__consent__sample` with many lines."""
    own = seed_of("voice", line.character_id) if seed is None else seed
    within = round(line.seconds + 0.4, 3)
    plain = {"text": line.text, "direction": line.direction, "language": "en", "within": within, "seed": own}
    voice = voice_of(line.character)
    if voice is None:
        return {"engine": ENGINE, **plain}
    form = catalog.info(voice.engine).forms["voice"].model_fields
    said = {"text": line.text, "character": line.character.name, "direction": line.direction, "within_seconds": within}
    params = {**voice.params, **{name: value for name, value in said.items() if name in form}}
    consent, inputs, designed = voice.consent, [], None
    role = next((each.role for each in catalog.info(voice.engine).takes("voice") if each.consent), "")
    if role and consent is not None and consent.sample is not None:
        inputs = [{"role": role, "sha256": consent.sample_id, "media_type": consent.sample.media_type, "consent": consent.pk}]
    elif consent is not None:
        designed = consent.pk
    return {"engine": voice.engine, **plain, "params": params, "inputs": inputs, "designed": designed, "consent": consent.pk if consent else None}


def voice_order(line: Line, *, priority: int = BATCH, after: Sequence[Any] = (), seed: int | None = None) -> Order:
    """The job that speaks a line. `after` names the design of its speaker if that is still being made."""
    spec = voice_spec(line, seed=seed)
    return Order("voice", spec, line, title=f"{line.character.name}: {line.text[:60]}", priority=priority, after=after)


def cue_spec(
    cue: Cue, scene: Scene, frames: int, events: Sequence[tuple[float, str]] = (), *, composers: Composers, seed: int | None = None
) -> dict[str, Any]:
    """What making a scene's music or tone is, by the composer as it is chosen now. `scene.project` must be at hand."""
    facts = MusicParams(
        mood=cue.mood or scene.mood,
        tempo=cue.tempo,
        key=cue.key,
        place=scene.place,
        interior=scene.interior,
        time=scene.time,
        weather=scene.weather,
        events=tuple(events) if cue.kind == Cue.TONE else (),
    ).model_dump(mode="json")
    composer = composer_of(cue, composers)
    task: Task = "music" if cue.kind == Cue.MUSIC else "tone"
    engine, params = ENGINE, facts
    if composer is not None:
        engine, form = composer.engine, catalog.info(composer.engine).forms[task].model_fields
        params = {**{name: value for name, value in facts.items() if name in form}, **composer.params}
        params |= {"events": facts["events"][:MOST_EVENTS]} if "events" in form else {}
    return {
        "engine": engine,
        "frames": max(1, frames),
        "seconds": round(scene.project.seconds(frames), 3),
        "params": params,
        "seed": seed_of(cue.kind, scene.project.name, scene.place, cue.mood) if seed is None else seed,
    }


def cue_order(
    cue: Cue, scene: Scene, frames: int, events: Sequence[tuple[float, str]] = (), *, composers: Composers, priority: int = BATCH, **more: Any
) -> Order:
    """The job that makes a scene's music or tone to exactly `frames` of the project."""
    spec = cue_spec(cue, scene, frames, events, composers=composers, **more)
    return Order(cue.kind, spec, cue, title=f"{cue.kind.capitalize()}, scene {scene.number}", priority=priority)


@transaction.atomic
def choose_voice(character: Character, *, by: Any, engine: str, params: dict[str, Any], consent: VoiceConsent | None = None) -> Voice | None:
    """Who speaks for a character from now on; what was recorded stays. `engine` empty: the voice of their design. Raises `Refused` for
    settings the engine does not take, a model or a consent that is missing."""
    hold(character.project_id)
    before = voice_of(Character.objects.select_related("voice").get(pk=character.pk))
    if not engine:
        Voice.objects.filter(character=character).delete()
    else:
        row = Voice(character=character, engine=engine, params=params, consent=consent, by=by)
        if consent is None and any(spec.consent for spec in catalog.info(engine).takes("voice")):
            raise Refused(
                gettext(
                    "%(engine)s clones a voice: choose the consent of its owner. An owner or producer records one in the World, under Consents. "
                    "Nothing was changed."
                )
                % {"engine": gettext(catalog.info(engine).title)}
            )
        character.voice = row  # the line below is never spoken: it only shows whether one could be
        kind_named("voice").admit(character.project, voice_spec(Line(character=character, text="One.", seconds=1.0)))
        values = {"engine": engine, "params": params, "consent": consent, "by": by, "at": timezone.now()}
        Voice.objects.update_or_create(character=character, defaults=values)
    data = {"before": before.engine if before else "", "after": engine, "consent": consent.pk if consent else None}
    record("voice.chosen", actor=by, project=character.project, subject=character, data=data)
    return Voice.objects.filter(character=character).first()


@transaction.atomic
def speak_again(lines: Sequence[Line], *, by: Any) -> list[Job]:
    """Another recording of each of these lines of one project, by the voices chosen now; the old ones stay. Lines that are being spoken
    already are left out. Raises `Refused`, and then nothing is queued."""
    if not lines:
        raise Refused(gettext("There is no line to speak."))
    project = lines[0].project
    hold(project.pk)
    busy = subjects_at_work(project, ["voice"])
    wanted = [line for line in lines if str(line.pk) not in busy]
    if not wanted:
        raise Refused(gettext("These lines are being spoken already. Nothing more was ordered."))
    designs = design_missing(project, by=by)
    counts = dict(LineTake.objects.filter(line__in=wanted).values_list("line").annotate(count=Count("pk")))
    orders = []
    for line in wanted:
        seed = (seed_of("voice", line.character_id) + counts.get(line.pk, 0)) % 2**31
        after = designs.of(line.character.name)
        orders.append(voice_order(line, priority=INTERACTIVE if len(wanted) == 1 else BATCH, after=after, seed=seed))
    return request_jobs(project, by, orders, what="lines.requested")


@transaction.atomic
def choose_composer(project: Project, *, by: Any, kind: str, engine: str, params: dict[str, Any], scene: Scene | None = None) -> None:
    """What makes the music or the tones of the film, or of one scene, from now on; what was made stays. `engine` empty: previs, or what the
    film has. Raises `Refused` for settings the engine does not take, or a model that is missing."""
    hold(project.pk)
    if kind not in (Cue.MUSIC, Cue.TONE):
        raise Refused(gettext("A film has music and tones, no “%(kind)s”.") % {"kind": kind[:20]})
    if engine:
        row = Composer(project=project, scene=scene, kind=kind, engine=engine, params=params)
        place = Scene(project=project, number="1", place="A ROOM", interior=True)
        cue = Cue(scene=place, kind=kind)
        kind_named(kind).admit(project, cue_spec(cue, place, 48, composers={(None, kind): row}))
        Composer.objects.update_or_create(
            project=project, scene=scene, kind=kind, defaults={"engine": engine, "params": params, "by": by, "at": timezone.now()}
        )
    else:
        Composer.objects.filter(project=project, scene=scene, kind=kind).delete()
    record("composer.chosen", actor=by, project=project, subject=scene, data={"kind": kind, "engine": engine})


@transaction.atomic
def record_consent(
    project: Project, *, by: Any, kind: str, person: str, words: str, scope: str, recording: Any = None, sample: Any = None
) -> VoiceConsent | Job:
    """Keep what somebody agreed to. A cloned voice comes with a recording of its owner saying so (Django's `UploadedFile`s), and is there once
    a worker has read it: that job is returned. A designed one is there at once. Raises `Refused`."""
    hold(project.pk)
    if kind == VoiceConsent.DESIGNED:
        row = keep_consent(project, by=by, kind=kind, person=person, words=words, scope=scope)
        return row
    if recording is None:
        raise Refused(gettext("A cloned voice needs a recording in which its owner says that they agree. Nothing was kept."))
    spec: dict[str, Any] = {"person": person, "words": words, "scope": scope}
    for name, file in (("recording", recording), ("sample", sample)):
        spec[name] = None if file is None else _kept(file)
    return request_jobs(project, by, [Order("consent", spec, project, title=f"Consent of {person}", priority=INTERACTIVE)], what="consents.sent")[0]


def _kept(file: Any) -> dict[str, str]:
    name = Path(str(file.name)).name[:200]
    if not file.size:
        raise Refused(gettext("“%(name)s” is empty. Nothing was kept.") % {"name": name})
    if file.size > MAX_RECORDING:
        said = gettext("“%(name)s” has %(size)s MiB; a recording may have %(most)d. Nothing was kept.")
        raise Refused(said % {"name": name, "size": f"{file.size / 1024**2:.0f}", "most": MAX_RECORDING // 1024**2})
    return {"sha256": put_upload(file).sha256, "name": name}


def keep_consent(project: Project, *, by: Any, kind: str, person: str, words: str, scope: str, **more: Any) -> VoiceConsent:
    """The row and its event. Called under the project's lock."""
    number = (VoiceConsent.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0) + 1
    row = VoiceConsent.objects.create(project=project, number=number, kind=kind, person=person, words=words, scope=scope, by=by, **more)
    record("consent.recorded", actor=by, project=project, subject=row, data={"number": number, "kind": kind, "person": person})
    return row


@transaction.atomic
def withdraw_consent(consent: VoiceConsent, *, by: Any, reason: str = "") -> ConsentWithdrawal:
    """From now on nothing new is made with this voice; jobs that wait fail when their turn comes, takes that are there stay. A second
    withdrawal changes nothing."""
    hold(consent.project_id)
    row, fresh = ConsentWithdrawal.objects.get_or_create(consent=consent, defaults={"by": by, "reason": reason[:500]})
    if fresh:
        record("consent.withdrawn", actor=by, project=consent.project, subject=consent, data={"number": consent.number, "reason": row.reason})
    return row


@transaction.atomic
def change_line(line: Line, *, by: Any, text: str, direction: str) -> Line:
    """Other words for a line: its recording no longer says them, so it has none until it is spoken again."""
    hold(line.project_id)
    before = {"text": line.text, "direction": line.direction}
    line.text, line.direction, line.take = text, direction, None
    line.save(update_fields=["text", "direction", "take"])
    record("line.changed", actor=by, project=line.project, subject=line, data={"before": before, "after": {"text": text, "direction": direction}})
    return line
