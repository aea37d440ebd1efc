from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.accounts.models import Person
from studio.jobs.kinds import Refused
from studio.jobs.models import Job, State
from studio.media.serve import serve
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.projects.models import Membership, Role
from studio.review import approving, attaching, exchange, notes, queries
from studio.review.approving import VerdictRefused
from studio.review.attaching import AttachmentRefused
from studio.review.forms import AnswerForm, LineForm, NoteForm, RuleForm, VerdictForm
from studio.review.interchange import FORMATS, ReadRefused
from studio.review.models import Audience, Note
from studio.review.notes import NoteRefused
from studio.review.standing import rule_of, standing
from studio.script.models import ScriptRevision
from studio.shots.models import Shot
from studio.timeline.actions import cut_of
from studio.timeline.changes import changes
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import CutRevision
from studio.timeline.plan import frozen_plan, plan_cut
from studio.timeline.queries import playlist_of

SHOWS = (("all", gettext_noop("All")), ("open", gettext_noop("Open")), ("mine", gettext_noop("Mine")), ("resolved", gettext_noop("Done")))


def _revision(request: ProjectRequest, number: int) -> CutRevision:
    """A frozen revision of the film's cut by its number."""
    rows = CutRevision.objects.select_related("cut__project", "by").filter(cut__project=request.project, number=number)
    return get_object_or_404(rows.order_by("cut_id"))


def _note(request: ProjectRequest, note: uuid.UUID) -> Note:
    return get_object_or_404(Note.objects.select_related("project", "cut_revision__cut__project", "parent"), pk=note, project=request.project)


@require_safe
@project_view(policies.can_view)
def page(request: ProjectRequest) -> HttpResponse:
    """What is and was under review, newest first."""
    cut = cut_of(request.project)
    context = {
        "reviews": queries.revisions_of(request.project),
        "playable": bool(plan_cut(cut, only_takes=True).clips),
        "may_submit": policies.can_submit_cut(request.role),
        "may_share": policies.can_share(request.role),
        **_rule(request),
    }
    return render(request, "review/page.html", context)


def _rule(request: ProjectRequest, form: RuleForm | None = None) -> dict[str, Any]:
    rule, approvers = rule_of(request.project), [row.email for row in request.project.approvers.all()]
    initial = {
        "quorum": rule.quorum,
        "approvers": "\n".join(approvers),
        "before_export": rule.before_export,
        "above_money": rule.above_money,
        "above_minutes": None if rule.above_seconds is None else rule.above_seconds // 60,
    }
    may = policies.can_change_settings(request.role)
    return {"rule": rule, "approvers": approvers, "rule_form": form or RuleForm(initial=initial), "may_rule": may}


@require_POST
@project_view(policies.can_view, write=policies.can_change_settings)
def rules(request: ProjectRequest) -> HttpResponse:
    """What makes a revision of this film approved, and what waits for it."""
    form = RuleForm(request.POST)
    if not form.is_valid():
        return render(request, "review/_rule.html", _rule(request, form), status=422)
    told = form.cleaned_data
    approving.set_rule(
        request.project,
        by=request.user,
        quorum=told["quorum"],
        approvers=told["approvers"],
        before_export=told["before_export"],
        above_money=told["above_money"],
        above_seconds=None if told["above_minutes"] is None else told["above_minutes"] * 60,
    )
    messages.success(request, gettext("Saved: what makes a cut approved."))
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = reverse("review:page", args=[request.project.slug])
    return answer


@require_POST
@project_view(policies.can_view, write=policies.can_submit_cut)
def revisions(request: ProjectRequest) -> HttpResponse:
    """Freeze the cut as it stands and open it for review; the newest revision again if nothing has changed since."""
    cut = cut_of(request.project)
    if not plan_cut(cut, only_takes=True).clips:
        return _refused(request, gettext("No shot of the cut has a take yet: there is nothing to watch. Make the film first."), status=409)
    frozen = freeze_cut(cut, by=request.user)
    return redirect("review:revision", request.project.slug, frozen.number)


@require_safe
@project_view(policies.can_view)
def revision(request: ProjectRequest, number: int) -> HttpResponse:
    """The player of one frozen revision, its notes beside it."""
    frozen = _revision(request, number)
    me = cast(Person, request.user)
    newest = CutRevision.objects.filter(cut=frozen.cut).order_by("-number").values_list("number", flat=True).first()
    context = {
        **_thread(request, frozen),
        "newest": newest,
        "before": CutRevision.objects.filter(cut=frozen.cut, number__lt=number).order_by("-number").values_list("number", flat=True).first(),
        "clips": frozen_plan(frozen).clips,
        "verdicts": queries.verdicts_of(request.project, frozen).get(frozen.pk, []),
        "stands": standing(frozen),
        "may_note": policies.can_note(request.role),
        "may_approve": policies.can_approve(request.role),
        "may_start_session": policies.can_start_session(request.role),
        "may_make": policies.can_make_takes(request.role),
        "team": Membership.objects.filter(project=request.project).exclude(role=Role.CLIENT).select_related("person").order_by("person__name"),
        **_sheets(request, frozen),
        "outs": exchange.OUT.values(),
        "ins": [form for form in FORMATS.values() if form.read and form.key != "resolve"],
        "statement": approving.statement(frozen, "approved", name=me.name, email=me.email),
    }
    return render(request, "review/revision.html", context)


@require_safe
@project_view(policies.can_view)
def playlist(request: ProjectRequest, number: int) -> JsonResponse:
    return JsonResponse(playlist_of(request.project, frozen_plan(_revision(request, number))))


@require_safe
@project_view(policies.can_view)
def comparison(request: ProjectRequest) -> HttpResponse:
    """Two frozen revisions (`a`, `b`; unsaid, the newest and the one before) on one clock, and what changed from the older to the newer."""
    revisions = list(CutRevision.objects.select_related("cut__project").filter(cut__project=request.project).order_by("-number"))
    if not revisions:
        raise Http404(gettext("Nothing is under review yet, so there is nothing to compare."))
    of_number = {str(row.number): row for row in revisions}
    newest, before = revisions[0], revisions[min(1, len(revisions) - 1)]
    one, other = of_number.get(request.GET.get("a", str(before.number))), of_number.get(request.GET.get("b", str(newest.number)))
    if one is None or other is None:
        raise Http404(gettext("There is no such revision."))
    older, newer = sorted((one, other), key=lambda row: row.number)
    context = {"one": one, "other": other, "older": older, "newer": newer, "changes": changes(older, newer), "revisions": revisions}
    return render(request, "review/comparison.html", context)


def _thread(request: ProjectRequest, frozen: CutRevision) -> dict[str, Any]:
    show = request.GET.get("show", "all")
    show = show if show in queries.SHOW else "all"
    placed = queries.notes_on(frozen, viewer=request.user, show=show)
    drawings = {str(one.note.pk): [row.shape for row in one.note.annotations.all()] for one in placed if one.note.annotations.all()}
    return {
        "frozen": frozen,
        "placed": placed,
        "show": show,
        "shows": [(key, gettext(words)) for key, words in SHOWS],
        "open_count": sum(one.note.is_open for one in placed),
        "marks": queries.marks(placed),
        "drawings": drawings,
        "may_note": policies.can_note(request.role),
        "may_make": policies.can_make_takes(request.role),
    }


def _answered(request: ProjectRequest, frozen: CutRevision, status: int = 200) -> HttpResponse:
    return render(request, "review/_notes.html", _thread(request, frozen), status=status)


def _refused(request: ProjectRequest, problem: str, status: int = 422) -> HttpResponse:
    return render(request, "ui/_problem.html", {"problem": problem}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_note)
def notes_of(request: ProjectRequest, number: int) -> HttpResponse:
    """GET: the notes. POST: one note more, on frames of this revision."""
    frozen = _revision(request, number)
    if request.method in ("GET", "HEAD"):
        return _answered(request, frozen)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.problem())
    told = form.cleaned_data
    audience = Audience.CLIENT if told["client"] else Audience.TEAM
    wanted = {key: told[key] for key in ("text", "first", "last", "shapes", "held", "assigned")}
    try:
        sent = attaching.keep(request.FILES.getlist("files"), request.FILES.get("spoken"))
        note = notes.write_note(frozen, by=request.user, audience=audience, sent=sent, **wanted)
        if told["retake"] and policies.can_make_takes(request.role):
            notes.retake_from(note, by=request.user)
    except (NoteRefused, AttachmentRefused, Refused) as problem:
        return _refused(request, str(problem))
    return _answered(request, frozen, status=201)


@require_safe
@project_view(policies.can_view)
def download(request: ProjectRequest, number: int, kind: str) -> HttpResponse:
    """The notes of a revision as a file for another program."""
    frozen = _revision(request, number)
    if (form := exchange.OUT.get(kind)) is None:
        raise Http404(gettext("Notes do not leave in this format."))
    data = form.write(exchange.reel_of(frozen, queries.notes_on(frozen)))
    answer = HttpResponse(data, content_type=form.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{request.project.slug}-r{number}-notes.{form.extension}"'
    return answer


def _sheets(request: ProjectRequest, frozen: CutRevision) -> dict[str, Any]:
    made = frozen.sheets.select_related("by").first()
    job = Job.objects.filter(project=request.project, kind="notes", spec__cut_revision=frozen.pk).order_by("-created").first()
    wanted = job if job is not None and job.state != State.SUCCEEDED and (made is None or job.created > made.at) else None
    return {"frozen": frozen, "sheet": made, "sheet_job": wanted, "may_note": policies.can_note(request.role), "may_cancel": False}


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_note)
def sheets(request: ProjectRequest, number: int) -> HttpResponse:
    """The notes as a PDF with their frames: the last that was made, and the order of a new one (POST)."""
    frozen, status = _revision(request, number), 200
    if request.method == "POST":
        notes.print_notes(frozen, by=request.user)
        status = 202
    return render(request, "review/_sheets.html", _sheets(request, frozen), status=status)


@require_safe
@project_view(policies.can_view)
def sheet(request: ProjectRequest, number: int) -> HttpResponseBase:
    """The last PDF of a revision's notes."""
    frozen = _revision(request, number)
    made = get_object_or_404(frozen.sheets.select_related("asset")[:1])
    return serve(request, made.asset, download_as=f"{request.project.slug}-r{number}-notes.pdf")


@require_POST
@project_view(policies.can_view, write=policies.can_note)
def imports(request: ProjectRequest, number: int) -> HttpResponse:
    """Notes from a file of another program, on this revision."""
    frozen, file = _revision(request, number), request.FILES.get("file")
    if file is None or (file.size or 0) > exchange.MAX_FILE:
        return _refused(request, gettext("Choose a file of up to 20 MB with markers or notes. Nothing was written."))
    try:
        brought = exchange.bring_in(frozen, request.POST.get("form", ""), file.read(), by=request.user)
    except (ReadRefused, NoteRefused) as problem:
        return _refused(request, str(problem))
    said = ngettext("%(count)d note brought in.", "%(count)d notes brought in.", brought.written) % {"count": brought.written}
    if brought.known:
        known = ngettext("%(count)d was here already.", "%(count)d were here already.", brought.known) % {"count": brought.known}
        said = f"{said} {known}"
    messages.success(request, said)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = reverse("review:revision", args=[request.project.slug, number])
    return answer


@require_POST
@project_view(policies.can_view, write=policies.can_note)
def answers(request: ProjectRequest, note: uuid.UUID) -> HttpResponse:
    found, form = _note(request, note), AnswerForm(request.POST)
    try:
        notes.answer_note(found, by=request.user, text=form.data.get("text", ""))
    except NoteRefused as problem:
        return _refused(request, str(problem))
    return _one(request, found)


@require_POST
@project_view(policies.can_view, write=policies.can_note)
def words(request: ProjectRequest, note: uuid.UUID) -> HttpResponse:
    """Change one's own words."""
    found = _note(request, note)
    try:
        notes.edit_note(found, by=request.user, text=request.POST.get("text", ""))
    except NoteRefused as problem:
        return _refused(request, str(problem))
    return _one(request, found)


@require_POST
@project_view(policies.can_view, write=policies.can_note)
def resolution(request: ProjectRequest, note: uuid.UUID) -> HttpResponse:
    """`resolved=1` settles a note, `resolved=0` opens it again."""
    found = _note(request, note)
    notes.settle_note(found, by=request.user, resolved=request.POST.get("resolved") == "1")
    return _one(request, found)


@require_POST
@project_view(policies.can_view, write=policies.can_note)
def assignment(request: ProjectRequest, note: uuid.UUID) -> HttpResponse:
    found = _note(request, note)
    try:
        notes.assign_note(found, by=request.user, to=request.POST.get("assigned", ""))
    except NoteRefused as problem:
        return _refused(request, str(problem))
    return _one(request, found)


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def retake(request: ProjectRequest, note: uuid.UUID) -> HttpResponse:
    """Order another take of the note's shot with its words."""
    found = _note(request, note)
    try:
        notes.retake_from(found, by=request.user)
    except Refused as problem:
        return _refused(request, str(problem), status=409)
    return _one(request, found)


def _shot(request: ProjectRequest, pk: int) -> Shot:
    return get_object_or_404(Shot.objects.select_related("project"), pk=pk, project=request.project)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_note)
def shot_notes(request: ProjectRequest, shot: int) -> HttpResponse:
    """GET: all that was said of a shot. POST: one note more, on the shot or on its panel (`about`)."""
    found = _shot(request, shot)
    if request.method in ("GET", "HEAD"):
        return _about(request, found)
    panel = found.panels.filter(order=0).first() if request.POST.get("about") == "panel" else None
    try:
        notes.note_shot(found, by=request.user, text=request.POST.get("text", ""), panel=panel)
    except NoteRefused as problem:
        return _refused(request, str(problem))
    return _about(request, found, status=201)


def _about(request: ProjectRequest, shot: Shot, status: int = 200) -> HttpResponse:
    context = {
        "shot": shot,
        "placed": queries.notes_about(shot),
        "may_note": policies.can_note(request.role),
        "may_make": policies.can_make_takes(request.role) and not shot.removed,
    }
    return render(request, "review/_shot_notes.html", context, status=status)


def _script(request: ProjectRequest, number: int) -> ScriptRevision:
    rows = ScriptRevision.objects.select_related("script__project")
    return get_object_or_404(rows, script__project=request.project, number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_note)
def script_notes(request: ProjectRequest, number: int) -> HttpResponse:
    """GET: what was said of lines of the script, with the field to say more; `?show=` some of it, without the field. POST: one note more."""
    found = _script(request, number)
    if request.method in ("GET", "HEAD"):
        if "show" in request.GET:
            return _in_script(request, found)
        team = Membership.objects.filter(project=request.project).exclude(role=Role.CLIENT).select_related("person").order_by("person__name")
        return render(request, "review/_script_notes.html", {**_lines(request, found), "team": team})
    form = LineForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.problem())
    told = form.cleaned_data
    try:
        notes.note_line(found, by=request.user, text=told["text"], line=told["line"] - 1, assigned=told["assigned"])
    except NoteRefused as problem:
        return _refused(request, str(problem))
    return _in_script(request, found, status=201)


def _lines(request: ProjectRequest, found: ScriptRevision) -> dict[str, Any]:
    show = request.GET.get("show", "all")
    show = show if show in queries.SHOW else "all"
    placed = queries.notes_in(found, viewer=request.user, show=show)
    return {
        "script": found,
        "placed": placed,
        "marks": queries.line_marks(placed),
        "show": show,
        "shows": [(key, gettext(words)) for key, words in SHOWS],
        "open_count": sum(one.note.is_open for one in placed),
        "may_note": policies.can_note(request.role),
    }


def _in_script(request: ProjectRequest, found: ScriptRevision, status: int = 200) -> HttpResponse:
    return render(request, "review/_line_notes.html", _lines(request, found), status=status)


def _one(request: ProjectRequest, note: Note) -> HttpResponse:
    """The notes that the page shows: of the shot, of the script or of the revision which it names, for a note may be carried from another one."""
    text = request.POST.get("script", "")
    if text.isascii() and text.isdecimal() and len(text) < 9:
        return _in_script(request, _script(request, int(text)))
    about = request.POST.get("shot", "")
    if about.isascii() and about.isdecimal() and len(about) < 18:
        return _about(request, _shot(request, int(about)))
    shown = request.POST.get("revision", "")
    if shown.isascii() and shown.isdecimal() and len(shown) < 9:
        return _answered(request, _revision(request, int(shown)))
    if note.cut_revision is None:
        raise Http404(gettext("This note is on no cut."))
    return _answered(request, note.cut_revision)


@require_POST
@project_view(policies.can_view, write=policies.can_approve)
def verdicts(request: ProjectRequest, number: int) -> HttpResponse:
    """A verdict as one of the team."""
    frozen, form = _revision(request, number), VerdictForm(request.POST)
    told = form.cleaned_data if form.is_valid() else None
    if told is None:
        return _refused(request, gettext("Choose a verdict, and sign it with your name. Nothing was recorded."))
    try:
        approving.give_verdict(frozen, told["verdict"], by=request.user, signed=told["signed"], words=told["words"])
    except VerdictRefused as problem:
        return _refused(request, str(problem))
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = reverse("review:revision", args=[request.project.slug, number])
    return answer
