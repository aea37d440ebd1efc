"""What a client's link opens."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.media.serve import serve
from studio.review import approving
from studio.review import queries as reviewing
from studio.review.approving import VerdictRefused
from studio.review.forms import AnswerForm, NoteForm, VerdictForm
from studio.review.models import Verdict
from studio.review.notes import NoteRefused
from studio.share import codes, guests, marking, playing, queries
from studio.share.certificate import certificate_of
from studio.share.entry import LinkRequest, link_view, nothing_here, remember
from studio.share.forms import AddressForm, CodeForm, NameForm, PasswordForm
from studio.share.limits import from_here, may_try, settle, tried
from studio.share.models import ShareLink
from studio.share.statuses import statuses_for
from studio.timeline.models import CutRevision

MAX_WATCHED = 20_000  # bytes of one report
NAME = "\0"
"""Where the signer's name stands in a statement: it follows what they type."""
PREVIEWED = gettext_lazy("This is a preview: what you do here is not kept.")
SLOW = gettext_lazy("That was tried too often. Wait an hour, or ask who sent you the link.")


@require_safe
@link_view("link")
def page(request: LinkRequest) -> HttpResponse:
    """The film; or what must be done first: the password, a name, the proof of an address."""
    entry = request.entry
    if entry.guest is None and not entry.preview and entry.link.state == "used up":
        raise nothing_here()
    if entry.wants != "film":
        return _step(request, entry.wants)
    if entry.guest is not None:
        try:
            guests.take_view(entry.guest)
        except guests.LinkSpent:
            raise nothing_here() from None
    return render(request, "share/page.html", _film(request))


def _step(request: LinkRequest, step: str, status: int = 200, **more: Any) -> HttpResponse:
    entry = request.entry
    context: dict[str, Any] = {"entry": entry, "link": entry.link, "go": entry.url(step if step != "proof" else "code"), **more}
    if step == "proof":
        context |= _proof(request)
    elif step == "name":
        context.setdefault("form", NameForm())
    else:
        context.setdefault("wrong", entry.passed is False)
    return render(request, f"share/{step}.html", context, status=status)


PROOF = {
    "wrong": gettext_lazy("That is not the code, or it is older than ten minutes."),
    "slow": SLOW,
    "failed": gettext_lazy("The mail could not be sent. Try again later."),
    "address": gettext_lazy("That is no e-mail address."),
}


def _proof(request: LinkRequest) -> dict[str, Any]:
    """The two small forms that prove an address: where to send the code, and the code."""
    entry = request.entry
    return {
        "mail": codes.can_prove(),
        "open_code": codes.open_code(entry.guest) if entry.guest else None,
        "told": PROOF.get(request.GET.get("code", "")),
        "code_url": entry.url("code"),
        "proof_url": entry.url("proof"),
    }


def _film(request: LinkRequest) -> dict[str, Any]:
    entry = request.entry
    link = entry.link
    return {
        **_thread(request),
        **_proof(request),
        **statuses_for(entry),
        **(_verdict(request, link.cut_revision) if link.cut_revision is not None else {}),
        "frames": link.plan.total,
        "playable": playing.can_play(link),
        "playlist_url": entry.url("playlist"),
        "watched_url": entry.url("watched") if entry.guest else "",
        "parts": list(link.reel.items.values_list("at", "frames")) if link.reel is not None else [],
        "clip_urls": [entry.url("clip", number) for number in playing.clip_numbers(link)],
        "movie_urls": [(export, entry.url("movie", export.number)) for export in playing.movies(link)],
    }


def _verdict(request: LinkRequest, frozen: CutRevision) -> dict[str, Any]:
    """What is signed of a revision, and what was. Nothing of it is asked of a playlist."""
    entry = request.entry
    name, email = (entry.guest.name, entry.guest.email) if entry.guest else (gettext("Your name"), gettext("your@address"))
    return {
        "frozen": frozen,
        "verdict_url": entry.url("verdict"),
        "signer": name,
        "statements": [(verdict, *approving.statement(frozen, verdict, name=NAME, email=email).rsplit(NAME, 1)) for verdict in Verdict.values],
        "proved": entry.proved or (entry.preview and codes.can_prove()),
        "signed": [(one, entry.url("certificate", one.approval.pk)) for one in queries.signed_by(entry)],
        "newer": queries.newer_for(entry),
    }


def _thread(request: LinkRequest) -> dict[str, Any]:
    entry = request.entry
    said = queries.conversation(entry)
    placed = [one.place for one in said if one.place is not None]
    return {
        "entry": entry,
        "link": entry.link,
        "project": entry.link.project,
        "said": [(one, entry.url("answers", one.note.pk)) for one in said],
        "marks": reviewing.marks(placed),
        "drawings": {str(one.note.pk): [row.shape for row in one.note.annotations.all()] for one in placed if one.note.annotations.all()},
        "notes_url": entry.url("notes"),
    }


@require_POST
@sensitive_post_parameters("password")
@link_view("link")
def password(request: LinkRequest) -> HttpResponse:
    """Exchange the password for the cookie that opens every address of the link. Right or wrong, the same is done and answered, so that the time
    it takes tells nothing; the page says which it was."""
    entry, link = request.entry, request.entry.link
    form = PasswordForm(request.POST)
    if not form.is_valid() or entry.preview or not link.password:
        return redirect(entry.url("page"))
    here = tried(request, "link_password", from_here(request, str(link.pk)))
    anywhere = tried(request, "link_password_anywhere", str(link.pk)) if here else None
    if anywhere is None:
        return _step(request, "password", 429, wrong=False, slow=SLOW)
    right = check_password(form.cleaned_data["password"], link.password)
    counter = "right_passwords" if right else "wrong_passwords"
    ShareLink.objects.filter(pk=link.pk).update(**{counter: F(counter) + 1})
    settle((here, anywhere), right=right)
    answer = redirect(entry.url("page"))
    remember(answer, link, passed=right, guest=entry.guest)
    return answer


@require_POST
@link_view("password")
def name(request: LinkRequest) -> HttpResponse:
    """Say who one is. It makes a guest of this browser; the same name in another browser is somebody else."""
    entry, form = request.entry, NameForm(request.POST)
    if entry.guest is not None or entry.preview:
        return redirect(entry.url("page"))
    if not form.is_valid():
        return _step(request, "name", 400, form=form)
    if not may_try(request, "link_name", str(entry.link.pk)):
        return _step(request, "name", 429, form=form, slow=SLOW)
    try:
        guest = guests.name_guest(entry.link, name=form.cleaned_data["name"])
        if entry.address:
            guests.settle(guest, entry.address)
    except guests.LinkSpent:
        raise nothing_here() from None
    answer = redirect(entry.url("page"))
    remember(answer, entry.link, passed=entry.passed, guest=guest)
    return answer


def _back(request: LinkRequest, told: str = "") -> HttpResponse:
    """To the page, where it asks for the proof; `told` says what it answers."""
    return redirect(f"{request.entry.url('page')}{'?code=' + told if told else ''}#sign")


@require_POST
@link_view("name")
def code(request: LinkRequest) -> HttpResponse:
    """Have six digits sent to an address."""
    entry, form = request.entry, AddressForm(request.POST)
    if entry.guest is None or not codes.can_prove():
        return _back(request)
    if not form.is_valid():
        return _back(request, "address")
    email = form.cleaned_data["email"]
    if not may_try(request, "link_code", f"{entry.link.pk}:{email}"):
        return _back(request, "slow")
    try:
        guests.send_code(entry.guest, email)
    except codes.MailFailed:
        return _back(request, "failed")
    return _back(request)


@require_POST
@link_view("name")
def proof(request: LinkRequest) -> HttpResponse:
    """The six digits that came by mail."""
    entry, form = request.entry, CodeForm(request.POST)
    if entry.guest is None:
        return _back(request)
    if not may_try(request, "link_proof", entry.guest.pk.hex):
        return _back(request, "slow")
    right = form.is_valid() and guests.prove(entry.guest, form.cleaned_data["code"])
    return _back(request, "" if right else "wrong")


@require_safe
@link_view("film")
def playlist(request: LinkRequest) -> JsonResponse:
    if not playing.can_play(request.entry.link):
        raise nothing_here()
    return JsonResponse(playing.playlist(request.entry))


@require_safe
@link_view("film")
def media(request: LinkRequest, sha256: str) -> HttpResponseBase:
    return playing.media(request, request.entry.link, sha256)


@require_safe
@link_view("film")
def segment(request: LinkRequest, sha256: str, start: int) -> HttpResponse:
    """Frames with this viewer's name in them; 202 with their place in the line while they are being made."""
    return marking.segment(request.entry, sha256, start)


@require_safe
@link_view("film")
def attachment(request: LinkRequest, attachment: int) -> HttpResponseBase:
    """A file that came with a note which this guest may read."""
    found = queries.readable_file(request.entry, attachment)
    if found is None:
        raise nothing_here()
    return serve(request, found)


@require_safe
@link_view("film")
def clip(request: LinkRequest, number: int) -> HttpResponseBase:
    return playing.clip_file(request.entry.link, number)


@require_safe
@link_view("film")
def movie(request: LinkRequest, number: int) -> HttpResponseBase:
    return playing.movie_file(request, request.entry.link, number)


def _refused(request: LinkRequest, problem: str, status: int = 422) -> HttpResponse:
    return render(request, "ui/_problem.html", {"problem": problem}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@link_view("film")
def notes(request: LinkRequest) -> HttpResponse:
    """GET: what this guest may read. POST: one note more."""
    entry = request.entry
    if request.method in ("GET", "HEAD"):
        return render(request, "share/_notes.html", _thread(request))
    if entry.guest is None:
        return _refused(request, str(PREVIEWED), 409)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.problem())
    if not may_try(request, "link_note", entry.guest.pk.hex):
        return _refused(request, gettext("Those were more notes than one can read in an hour. Yours stands in the field still; send it later."), 409)
    try:
        pictures = guests.keep_pictures(entry.guest, request.FILES.getlist("files"))
        told = {key: form.cleaned_data[key] for key in ("text", "first", "last", "shapes", "held")}
        guests.write(entry.guest, **told, pictures=pictures)
    except NoteRefused as problem:
        return _refused(request, str(problem))
    return render(request, "share/_notes.html", _thread(request), status=201)


@require_POST
@link_view("film")
def answers(request: LinkRequest, note: uuid.UUID) -> HttpResponse:
    entry = request.entry
    found = queries.readable_note(entry, note)
    if found is None:
        raise nothing_here()
    if entry.guest is None:
        return _refused(request, str(PREVIEWED), 409)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _refused(request, gettext("An answer says something, in up to 4,000 characters. It was not sent."))
    if not may_try(request, "link_note", entry.guest.pk.hex):
        return _refused(request, gettext("Those were more notes than one can read in an hour. Send your answer later."), 409)
    try:
        guests.answer(entry.guest, found, text=form.cleaned_data["text"])
    except NoteRefused as problem:
        return _refused(request, str(problem))
    return render(request, "share/_notes.html", _thread(request), status=201)


class Watching(BaseModel):
    """Ranges of frames that a player showed, both ends in them."""

    model_config = ConfigDict(extra="forbid")

    ranges: list[tuple[int, int]] = Field(max_length=50)


@require_POST
@link_view("film")
def watched(request: LinkRequest) -> HttpResponse:
    """What the player showed since its last report."""
    try:
        told = Watching.model_validate_json(request.body[:MAX_WATCHED])
    except (ValidationError, ValueError):
        return JsonResponse({"problem": "This is no report of a player."}, status=400)
    if request.entry.guest is not None:
        guests.watch(request.entry.guest, told.ranges)
    return HttpResponse(status=204)


@require_POST
@link_view("film")
def verdict(request: LinkRequest) -> HttpResponse:
    """Approve, approve with notes, or ask for changes, under a proved address."""
    entry, form = request.entry, VerdictForm(request.POST)
    if entry.guest is None:
        return _refused(request, str(PREVIEWED), 409)
    if not form.is_valid():
        return _refused(request, gettext("Choose a verdict, and sign it with your name. Nothing was recorded."))
    told = form.cleaned_data
    try:
        guests.judge(entry.guest, told["verdict"], signed=told["signed"], words=told["words"])
    except VerdictRefused as problem:
        return _refused(request, str(problem))
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return redirect(f"{entry.url('page')}#sign")


@require_safe
@link_view("film")
def certificate(request: LinkRequest, approval: uuid.UUID) -> HttpResponse:
    """What was signed, on paper: for who signed it."""
    found = next((one.approval for one in queries.signed_by(request.entry) if one.approval.pk == approval), None)
    if found is None:
        raise nothing_here()
    answer = HttpResponse(certificate_of(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="approval-r{found.cut_revision.number:03}-{str(found.pk)[:8]}.pdf"'
    return answer
