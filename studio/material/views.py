from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_noop, ngettext
from django.views.decorators.http import require_POST, require_safe

from generation.contract import BadRequest
from generation.facts import PICTURE_TASKS, SOUND_TASKS
from studio.engines.choosing import Offer, offer, offers
from studio.engines.fields import groups_of, params_from
from studio.engines.words import inside, named
from studio.events.log import hold
from studio.jobs import words as reasons
from studio.jobs.kinds import Refused
from studio.jobs.models import Job
from studio.jobs.starting import with_starts
from studio.ledger.queries import last_entry, reserved_since
from studio.material import actions, queries
from studio.material.actions import Asked
from studio.material.forms import AskForm, initial
from studio.material.inputs import GUIDES, adapters
from studio.material.models import ADAPTER, CLIP, PICTURE, SOUND, TEXT, Piece
from studio.material.pricing import film_price
from studio.material.twins import Exists
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.providers.queries import with_machines
from studio.shelf.queries import held_names
from studio.shots.forms import problems
from studio.shots.lacking import lacking_shots
from studio.shots.models import Shot
from studio.shots.queries import made_shots
from studio.shots.views import shot_state
from studio.sound.consents import kind_needed
from studio.sound.queries import standing

LATER_FILES = 20
MANY = {
    PICTURE: gettext_noop("Pictures"),
    CLIP: gettext_noop("Clips"),
    SOUND: gettext_noop("Sounds"),
    TEXT: gettext_noop("Texts"),
    ADAPTER: gettext_noop("LoRAs"),
}
# What a file said of itself when it was brought in (generation.media.probe), as a page names it.
UPLOADED = (
    gettext_noop("kind"),
    gettext_noop("media_type"),
    gettext_noop("width"),
    gettext_noop("height"),
    gettext_noop("rate"),
    gettext_noop("frames"),
    gettext_noop("seconds"),
    gettext_noop("channels"),
    gettext_noop("sample_rate"),
)


@require_safe
@project_view(policies.can_view)
def page(request: ProjectRequest) -> HttpResponse:
    """The project's material, and where one asks for more: `?engine=wan&task=shot`, `?from=12` for the recipe of a piece."""
    context = {**_shown(request), **_asking(request, _asked_for(request)), "offers": offers()}
    return render(request, "material/page.html", context)


def _shown(request: ProjectRequest) -> dict[str, Any]:
    medium, words, before = (request.GET.get(name, "") for name in ("medium", "words", "before"))
    earlier = int(before) if before.isdecimal() and len(before) < 10 else None
    rows = list(queries.pieces(request.project, medium, words[:100], earlier)[: queries.PAGE + 1])
    return {
        "pieces": rows[: queries.PAGE],
        "more": rows[queries.PAGE - 1].number if len(rows) > queries.PAGE else None,
        "medium": medium,
        "words": words,
        "media": [(value, gettext(words)) for value, words in MANY.items()],
        "jobs": with_starts(request.project, queries.at_work(request.project)) if not before else [],
        "may_make": policies.can_make_takes(request.role),
        "shots": [],
    }


def _asked_for(request: ProjectRequest) -> Offer | None:
    """The engine in the address; else that of the piece whose recipe is to be asked again; else none."""
    chosen = request.GET.get("engine", "")
    if not chosen and (piece := _source(request)) is not None:
        return offer(str(piece.recipe.get("engine", "")), str(piece.recipe.get("task", "")))
    engine, _, task = chosen.partition(":")
    return offer(engine, task or request.GET.get("task", ""))


def _source(request: ProjectRequest) -> Piece | None:
    number = request.GET.get("from", "")
    return Piece.objects.filter(project=request.project, number=int(number)).first() if number.isdecimal() and len(number) < 10 else None


def _asking(request: ProjectRequest, asked: Offer | None, *, shot: Shot | None = None, film: bool = False) -> dict[str, Any]:
    """What the form of an engine shows: for a piece, for takes of one shot, or for the whole film."""
    if asked is None:
        return {"asked": None, "for_shot": shot, "for_film": film}
    project, source = request.project, _source(request)
    start = initial(project, asked.info, asked.task)
    params: dict[str, Any] = {}
    if source is not None and source.recipe.get("engine") == asked.info.name:
        params = source.params
        start |= {name: value for name, value in (source.recipe.get("format") or {}).items() if name in ("width", "height", "frames")}
        start["seed"] = source.recipe.get("seed", 0)
    if shot is not None:
        start |= {"seed": shot.seed + shot.take_count}
    # A whole film is guided by its own previs and may be given looks; a first frame or a clip belongs to one shot.
    made = made_shots(project) if film else 0
    start["every"] = bool(made) and not lacking_shots(project).exists() if film else False
    specs = [spec for spec in asked.info.takes(asked.task) if spec.role != "lora" and (not film or spec.role == "reference")]
    inputs = [(spec, queries.choices(project, spec)) for spec in specs]
    by_leave, always = kind_needed(asked.info, asked.task) if asked.info.designs or asked.info.imitates else ("", False)
    return {
        "asked": asked,
        "groups": with_machines(groups_of(asked.info.forms[asked.task], params), asked.info.name),
        "ask": AskForm(initial=start),
        "has_size": asked.task in PICTURE_TASKS,
        "has_frames": asked.task in PICTURE_TASKS and asked.task != "still" and shot is None and not film,
        "has_seconds": asked.task in SOUND_TASKS,
        "inputs": [(spec, found) for spec, found in inputs if found or spec.least],
        "also": [inside(spec.title) for spec, found in inputs if not found and not spec.least],
        "consent_kind": by_leave,
        "consent_always": always,
        "consents": standing(project, by_leave) if by_leave else (),
        "may_make": policies.can_make_takes(request.role),
        "for_shot": shot,
        "for_film": film,
        "made": made,
        "models": held_names(),
        "adapters": queries.pieces(project, ADAPTER)[: queries.CHOICES] if asked.info.loras else (),
        "guided": f"guide:{shot.pk}" if shot is not None else "",
        "can_be_guided": any(spec.medium in GUIDES for spec in asked.info.takes(asked.task)),
    }


@require_safe
@project_view(policies.can_view)
def form(request: ProjectRequest) -> HttpResponse:
    """The form of one engine and task, by itself: for a piece, `?shot=7` for takes of a shot, `?film` for the whole film."""
    asked, number = _asked_for(request), request.GET.get("shot", "")
    shot = get_object_or_404(Shot, pk=int(number), project=request.project, removed=False) if number.isdecimal() and len(number) < 18 else None
    return render(request, "material/_form.html", _asking(request, asked, shot=shot, film="film" in request.GET))


@require_safe
@project_view(policies.can_view)
def engines(request: ProjectRequest) -> HttpResponse:
    """The engines that make clips, to choose one for a shot (`?shot=7`) or for the whole film (`?film`)."""
    context = {"offers": offers(("shot",)), "shot_number": request.GET.get("shot", ""), "film": "film" in request.GET}
    return render(request, "material/_engines.html", context)


@require_safe
@project_view(policies.can_view)
def pieces(request: ProjectRequest) -> HttpResponse:
    """The pieces by themselves: for a page that hears of a new one, and for the next page of them."""
    return render(request, "material/_pieces.html", _shown(request))


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def ask(request: ProjectRequest) -> HttpResponse:
    """Ask an engine for pieces."""
    return _ordered(request, _pieces_ordered)


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def takes(request: ProjectRequest, shot: int) -> HttpResponse:
    """Ask an engine for takes of a shot."""
    found = get_object_or_404(Shot.objects.select_related("project", "scene"), pk=shot, project=request.project, removed=False)

    def ordered(request: ProjectRequest, asked: Offer, sent: AskForm, params: dict[str, Any], picked: list[tuple[str, str]]) -> HttpResponse:
        try:
            _order_takes(found, request, asked, sent, params, picked, anyway=request.POST.get("anyway") == "1")
        except Exists as there:
            sent_again = {name: values[0] if len(values) == 1 else values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
            offered = {"twins": there.twins, "again": json.dumps({**sent_again, "anyway": "1"}), "again_at": request.path}
            return render(request, "shots/_takes.html", shot_state(request, found, **offered))
        return redirect("shots:takes_fragment", request.project.slug, found.pk)

    return _ordered(request, ordered)


def _order_takes(
    shot: Shot, request: ProjectRequest, asked: Offer, sent: AskForm, params: dict[str, Any], picked: list[tuple[str, str]], *, anyway: bool
) -> None:
    wanted = Asked(asked.info.name, params, sent.size(request.project), tuple(picked))
    seed, count = sent.cleaned_data["seed"] or 0, sent.cleaned_data["count"] or 1
    actions.request_neural_takes(shot, by=request.user, asked=wanted, seed=seed, count=count, anyway=anyway)


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def film(request: ProjectRequest) -> HttpResponse:
    """Order everything the film lacks, with pictures from an engine."""

    def ordered(request: ProjectRequest, asked: Offer, sent: AskForm, params: dict[str, Any], picked: list[tuple[str, str]]) -> HttpResponse:
        jobs = _order_film(request, asked, sent, params, picked)
        answer = render(request, "material/_ordered.html", {"count": len(jobs)}, status=202)
        words = ngettext("%(count)s job is with the workers.", "%(count)s jobs are with the workers.", len(jobs))
        answer["HX-Trigger"] = json.dumps({"film:ordered": {"words": words % {"count": len(jobs)}}})
        return answer

    return _ordered(request, ordered)


def _order_film(request: ProjectRequest, asked: Offer, sent: AskForm, params: dict[str, Any], picked: list[tuple[str, str]]) -> list[Job]:
    wanted = _film_by(request, asked, sent, params, picked)
    return actions.make_film_with(request.project, by=request.user, asked=wanted, every=sent.cleaned_data["every"])


def _film_by(request: ProjectRequest, asked: Offer, sent: AskForm, params: dict[str, Any], picked: list[tuple[str, str]]) -> Asked:
    return Asked(asked.info.name, params, sent.size(request.project), tuple(picked), guided=True)


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def price(request: ProjectRequest) -> HttpResponse:
    """What sending this form would take, for its button; for a piece, `?shot=7` or `?film`. It is the very order, taken back: what is said is
    what will be set aside. Of a whole film it is reckoned from lengths alone (`pricing`). A form that cannot be ordered as it stands says nothing
    here, and why when it is sent."""
    number = request.GET.get("shot", "")
    shot = get_object_or_404(Shot, pk=int(number), project=request.project, removed=False) if number.isdecimal() and len(number) < 18 else None

    def priced(request: ProjectRequest, asked: Offer, sent: AskForm, params: dict[str, Any], picked: list[tuple[str, str]]) -> HttpResponse:
        if "film" in request.GET and shot is None:
            said = film_price(request.project, _film_by(request, asked, sent, params, picked), every=sent.cleaned_data["every"])
            return render(request, "material/_price.html", {"said": said})
        with transaction.atomic():
            hold(request.project.pk)
            before = last_entry()
            try:
                if shot is not None:
                    _order_takes(shot, request, asked, sent, params, picked, anyway=True)
                else:
                    _order_pieces(request, asked, sent, params, picked)
                said = reserved_since(request.project, before)
            finally:
                transaction.set_rollback(True)
        return render(request, "material/_price.html", {"said": said})

    answer = _ordered(request, priced)
    return answer if answer.status_code == 200 else HttpResponse("")


Ordered = Callable[[ProjectRequest, Offer, AskForm, dict[str, Any], list[tuple[str, str]]], HttpResponse]


def _ordered(request: ProjectRequest, order: Ordered) -> HttpResponse:
    """Read an engine's form and give it to `order`; whatever is wrong is said, and nothing is queued then."""
    asked = offer(request.POST.get("engine", ""), request.POST.get("task", ""))
    if asked is None:
        return _refused(request, gettext("There is no such engine any more. Choose one from the list."), 400)
    sent = AskForm(request.POST)
    if not sent.is_valid():
        return _refused(request, problems(sent), 400)
    picked = [(key.removeprefix("input-"), value) for key in request.POST if key.startswith("input-") for value in request.POST.getlist(key) if value]
    try:
        params, worn = adapters(request.project, params_from(asked.info.forms[asked.task], request.POST.dict()))
        return order(request, asked, sent, params, [*picked, *worn])
    except BadRequest as problem:
        return _refused(request, reasons.said(str(problem)), 400)
    except Refused as problem:
        return _refused(request, str(problem), 409)


def _pieces_ordered(request: ProjectRequest, asked: Offer, sent: AskForm, params: dict[str, Any], picked: list[tuple[str, str]]) -> HttpResponse:
    _order_pieces(request, asked, sent, params, picked)
    return render(request, "material/_pieces.html", _shown(request), status=202)


def _order_pieces(request: ProjectRequest, asked: Offer, sent: AskForm, params: dict[str, Any], picked: list[tuple[str, str]]) -> None:
    data = sent.cleaned_data
    actions.request_pieces(
        request.project,
        by=request.user,
        engine=asked.info.name,
        task=asked.task,
        params=params,
        format=sent.format(request.project, asked.task),
        seed=data["seed"] or 0,
        picked=picked,
        count=data["count"] or 1,
        consent=int(chosen) if (chosen := request.POST.get("consent", "")).isdecimal() and len(chosen) < 18 else None,
    )


def _refused(request: ProjectRequest, words: str, status: int) -> HttpResponse:
    return render(request, "ui/_problem.html", {"problem": words}, status=status)


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def uploads(request: ProjectRequest) -> HttpResponse:
    """Bring in files: pictures, clips, sounds, LoRAs. Each is its own job; one that is refused leaves the others."""
    files = request.FILES.getlist("files")
    if not files:
        return _refused(request, gettext("No file was sent. Choose a picture, a clip, a sound or a LoRA."), 400)
    said = [] if len(files) <= LATER_FILES else [gettext("Only the first %(count)s files were taken.") % {"count": LATER_FILES}]
    taken = 0
    for file in files[:LATER_FILES]:
        try:
            actions.upload(request.project, by=request.user, file=file)
            taken += 1
        except Refused as problem:
            said.append(str(problem))
    if not taken:
        return _refused(request, " ".join(said), 400)
    return render(request, "material/_pieces.html", {**_shown(request), "said": said}, status=202)


def _piece(request: ProjectRequest, number: int) -> Piece:
    rows = Piece.objects.select_related("asset", "by", "shot", "project", "job").prefetch_related("asset__renditions", "parents", "children")
    return get_object_or_404(rows, project=request.project, number=number)


@require_safe
@project_view(policies.can_view)
def piece(request: ProjectRequest, number: int) -> HttpResponse:
    """Everything about one piece: the thing itself, its recipe, what it came from and what was made of it."""
    found = _piece(request, number)
    shots = list(Shot.objects.in_film(request.project).values_list("pk", "code", "action")[:400]) if found.medium == CLIP else []
    return render(
        request,
        "material/piece.html",
        {"piece": found, "shots": shots, "may_make": policies.can_make_takes(request.role), "recipe": _recipe(found)},
    )


def _recipe(piece: Piece) -> list[tuple[str, Any]]:
    """The recipe as rows a person reads; long structures as JSON."""
    request = piece.recipe
    picture = request.get("format") or {}
    rows: list[tuple[str, Any]] = [(gettext("engine"), piece.engine), (gettext("task"), request.get("task")), (gettext("seed"), request.get("seed"))]
    if picture:
        words = ngettext("%(width)s×%(height)s, %(frames)s frame", "%(width)s×%(height)s, %(frames)s frames", picture["frames"])
        rows.append((gettext("format"), words % {name: picture[name] for name in ("width", "height", "frames")}))
    given = {name: value for name, value in piece.params.items() if value not in ("", [], {}, None)}
    rows += [(named(name), value if isinstance(value, str | int | float) else json.dumps(value)) for name, value in given.items()]
    rows += [(named(item["role"]), item["sha256"][:12]) for item in request.get("inputs", [])]
    model = piece.data.get("model") if isinstance(piece.data.get("model"), dict) else None
    if model:
        rows.append((gettext("weights"), model.get("sha256", "")[:12] or gettext("not hashed")))
    return [row for row in rows if row[1] not in ("", None)]


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def use(request: ProjectRequest, number: int) -> HttpResponse:
    """Make a clip a take of a shot."""
    found, asked = _piece(request, number), request.POST.get("shot", "")
    number_of = int(asked) if asked.isdecimal() and len(asked) < 18 else 0
    shot = Shot.objects.filter(pk=number_of, project=request.project, removed=False).select_related("project").first()
    if shot is None:
        return _refused(request, gettext("Choose the shot that this is to be a take of."), 400)
    try:
        take = actions.use_as_take(found, shot, by=request.user)
    except Refused as problem:
        return _refused(request, str(problem), 409)
    return render(request, "material/_used.html", {"take": take, "shot": shot})


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def removal(request: ProjectRequest, number: int) -> HttpResponse:
    actions.remove_piece(_piece(request, number), by=request.user)
    return redirect("material:page", request.project.slug)


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def restoration(request: ProjectRequest, number: int) -> HttpResponse:
    actions.restore_piece(_piece(request, number), by=request.user)
    return redirect("material:piece", request.project.slug, number)
