"""Fragments for the World: who speaks for a character, what composes, and the consents. And another recording of a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generation import catalog
from generation.contract import BadRequest
from studio.engines.choosing import Offer, offers
from studio.engines.fields import groups_of, params_from
from studio.events.log import hold
from studio.jobs.kinds import Refused
from studio.jobs.models import OPEN, Job, State
from studio.ledger.queries import last_entry, reserved_since
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.providers.queries import with_machines
from studio.script.models import Scene
from studio.shelf.queries import held_names
from studio.sound import actions, queries
from studio.sound.consents import kind_needed
from studio.sound.models import Composer, Cue, Line, VoiceConsent
from studio.world.models import Character

OF_THE_LINE = ("text", "character", "direction", "within_seconds", "voice", "tuning")  # the last is the worker's to decide
OF_THE_SCENE = ("mood", "tempo", "key", "place", "interior", "time", "weather", "events")


class ConsentForm(forms.Form):
    kind = forms.ChoiceField(choices=[("cloned", gettext_lazy("Cloned")), ("designed", gettext_lazy("Designed"))])
    person = forms.CharField(max_length=120, error_messages={"required": gettext_lazy("Say whose voice it is.")})
    words = forms.CharField(max_length=4000, error_messages={"required": gettext_lazy("Write down what was agreed to, in the words that were used.")})
    scope = forms.CharField(max_length=500, error_messages={"required": gettext_lazy("Say what the voice may be used for.")})


def _character(request: ProjectRequest, pk: int) -> Character:
    return get_object_or_404(Character.objects.select_related(*("voice__consent__withdrawal", "design", "project")), pk=pk, project=request.project)


def _offered(task: Any) -> list[Offer]:
    return [row for _, rows in offers((task,)) for row in rows]


def _refused(request: ProjectRequest, words: str, status: int) -> HttpResponse:
    return render(request, "ui/_problem.html", {"problem": words}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_make_takes)
def voice(request: ProjectRequest, character: int) -> HttpResponse:
    """Who speaks for a character. GET `?engine=` draws that engine's form; POST chooses it, an empty engine the voice of the design."""
    found = _character(request, character)
    said = ""
    if request.method == "POST":
        try:
            engine, params = _sent(request, "voice")
            chosen = request.POST.get("consent", "")
            consent = queries.consents_of(request.project).filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 18 else None
            actions.choose_voice(found, by=request.user, engine=engine, params=params, consent=consent)
        except BadRequest as problem:
            return _refused(request, str(problem), 400)
        except Refused as problem:
            return _refused(request, str(problem), 409)
        found, said = _character(request, character), gettext("Chosen. What is recorded stays until it is spoken again.")
    row = queries.voice_of(found)
    engine = request.GET.get("engine", row.engine if row else "")
    context = _form(request, "voice", engine, row.params if row and row.engine == engine else {}, OF_THE_LINE, of=f"v{found.pk}-")
    kind, always = kind_needed(context["facts"], "voice") if context["facts"] is not None else ("", False)
    more = {
        "character": found,
        "voice": row,
        "said": said,
        "consent_kind": kind,
        "consent_always": always,
        "consents": queries.standing(request.project, kind) if kind else (),
        "count": Line.objects.filter(character=found, removed=False).count(),
    }
    return render(request, "sound/_voice.html", {**context, **more})


def _form(request: ProjectRequest, task: Any, engine: str, params: dict[str, Any], without: tuple[str, ...], *, of: str) -> dict[str, Any]:
    """An engine's form. `of` begins the ids in it: several stand on one page."""
    rows = _offered(task)
    asked = next((row for row in rows if row.info.name == engine), None)
    groups = with_machines(groups_of(asked.info.forms[task], params, without=without), engine) if asked else []
    return {
        "of": of,
        "offers": rows,
        "asked": asked,
        "facts": asked.info if asked else None,
        "groups": groups,
        "models": held_names() if asked else (),
        "may_make": policies.can_make_takes(request.role),
    }


def _sent(request: ProjectRequest, task: Any) -> tuple[str, dict[str, Any]]:
    """The engine a form chose and its params; both empty for none. Raises `BadRequest`."""
    engine = request.POST.get("engine", "")
    if not engine:
        return "", {}
    if engine not in {row.info.name for row in _offered(task)}:
        raise BadRequest(gettext("There is no such engine any more. Choose one from the list."))
    without = OF_THE_LINE if task == "voice" else OF_THE_SCENE
    sent = params_from(catalog.info(engine).forms[task], request.POST.dict())
    return engine, {name: value for name, value in sent.items() if name not in without}


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def lines(request: ProjectRequest, character: int) -> HttpResponse:
    """Speak everything of a character again, by the voice chosen now."""
    found = _character(request, character)
    return _spoken(request, list(Line.objects.filter(character=found, removed=False).select_related("project", *queries.VOICED)))


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def line_takes(request: ProjectRequest, line: int) -> HttpResponse:
    """Another recording of one line."""
    rows = Line.objects.select_related("project", *queries.VOICED)
    return _spoken(request, [get_object_or_404(rows, pk=line, project=request.project, removed=False)])


def _spoken(request: ProjectRequest, rows: list[Line]) -> HttpResponse:
    try:
        jobs = actions.speak_again(rows, by=request.user)
    except Refused as problem:
        return _refused(request, str(problem), 409)
    return render(request, "sound/_ordered.html", {"count": len(jobs)}, status=202)


@require_safe
@project_view(policies.can_view)
def price(request: ProjectRequest) -> HttpResponse:
    """What speaking again will cost: `?character=7` all of theirs, `?line=12` one. Nothing is ordered; empty if it would be refused."""
    rows = Line.objects.filter(project=request.project, removed=False).select_related("project", *queries.VOICED)
    which = {name: int(value) for name in ("character", "line") if (value := request.GET.get(name, "")).isdecimal() and len(value) < 18}
    wanted = list(rows.filter(**{{"character": "character", "line": "pk"}[name]: value for name, value in which.items()})) if which else []
    return priced(request, lambda: actions.speak_again(wanted, by=request.user))


def priced(request: ProjectRequest, order: Callable[[], Any]) -> HttpResponse:
    with transaction.atomic():
        hold(request.project.pk)
        before = last_entry()
        try:
            order()
            said = reserved_since(request.project, before)
        except Refused:
            said = None
        finally:
            transaction.set_rollback(True)
    return render(request, "sound/_price.html", {"said": said}) if said is not None else HttpResponse("")


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_make_takes)
def composer(request: ProjectRequest, cue_kind: str) -> HttpResponse:
    """What makes the music (or the tones) of the film, or of one scene (`scene`). GET `?engine=` draws that engine's form; POST chooses it."""
    if cue_kind not in (Cue.MUSIC, Cue.TONE):
        raise Http404(gettext("A film has music and tones."))
    kind = cue_kind
    sent = request.POST if request.method == "POST" else request.GET
    asked = sent.get("scene", "")
    scene = get_object_or_404(Scene, pk=int(asked), project=request.project) if asked.isdecimal() and len(asked) < 18 else None
    said = ""
    if request.method == "POST":
        try:
            engine, params = _sent(request, kind)
            actions.choose_composer(request.project, by=request.user, kind=kind, engine=engine, params=params, scene=scene)
        except BadRequest as problem:
            return _refused(request, str(problem), 400)
        except Refused as problem:
            return _refused(request, str(problem), 409)
        said = gettext("Chosen. What is made stays until it is composed again.")
    row = Composer.objects.filter(project=request.project, scene=scene, kind=kind).first()
    engine = request.GET.get("engine", row.engine if row else "")
    context = _form(request, kind, engine, row.params if row and row.engine == engine else {}, OF_THE_SCENE, of=f"{kind}-")
    scenes = Scene.objects.filter(project=request.project, removed=False).order_by("order")
    return render(request, "sound/_composer.html", {**context, "kind": kind, "composer": row, "scene": scene, "scenes": scenes, "said": said})


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_record_consents)
def consents(request: ProjectRequest) -> HttpResponse:
    """Whose voices may be used. POST records one: a cloned voice is there once a worker has read its recording (202)."""
    status = 200
    if request.method == "POST":
        form = ConsentForm(request.POST)
        if not form.is_valid():
            return _refused(request, " ".join(str(words) for errors in form.errors.values() for words in errors), 400)
        try:
            recording, sample = request.FILES.get("recording"), request.FILES.get("sample")
            made = actions.record_consent(request.project, by=request.user, **form.cleaned_data, recording=recording, sample=sample)
        except Refused as problem:
            return _refused(request, str(problem), 409)
        status = 202 if isinstance(made, Job) else 200
    return _consents(request, status)


def _consents(request: ProjectRequest, status: int = 200) -> HttpResponse:
    jobs = Job.objects.filter(project=request.project, kind="consent", state__in=(*OPEN, State.FAILED)).order_by("-created")[:6]
    context = {"consents": queries.consents_of(request.project), "jobs": jobs, "may_record": policies.can_record_consents(request.role)}
    return render(request, "sound/_consents.html", context, status=status)


@require_POST
@project_view(policies.can_view, write=policies.can_record_consents)
def withdrawal(request: ProjectRequest, number: int) -> HttpResponse:
    """A consent no longer holds."""
    found = get_object_or_404(VoiceConsent.objects.select_related("project"), project=request.project, number=number)
    actions.withdraw_consent(found, by=request.user, reason=request.POST.get("reason", "")[:500])
    return _consents(request)
