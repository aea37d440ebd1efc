from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.jobs.kinds import Refused
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.script import queries
from studio.script.actions import Conflict, accept_draft, request_draft, revise_script, set_draft_aside
from studio.script.forms import DraftForm, ScriptForm
from studio.script.models import Draft, ScriptRevision
from studio.script.wording import guessed, word_changes

PROPOSALS = 6  # that a page shows


@require_safe
@project_view(policies.can_view)
def page(request: ProjectRequest) -> HttpResponse:
    """The screenplay and what was found in it; `?revision=3` shows an older text with what changed since."""
    newest = queries.newest_revision(request.project)
    asked = request.GET.get("revision", "")
    shown = queries.revision(request.project, int(asked)) if asked.isdecimal() and len(asked) < 9 else newest
    if asked and shown is None:
        raise Http404(gettext("There is no such revision of this script."))
    context = _context(request, newest=newest, shown=shown, text=shown.text if shown else "")
    return render(request, "script/page.html", context)


def _context(request: ProjectRequest, *, newest: ScriptRevision | None, **more: object) -> dict[str, object]:
    return {
        "revisions": queries.revisions(request.project)[:50],
        "scenes": queries.scenes_of(request.project),
        "may_write": policies.can_write_script(request.role),
        **_proposed(request),
        "draft_form": DraftForm() if policies.can_write_script(request.role) else None,
        **more,
        "newest": newest,
        "guesses": [guessed(note) for note in newest.notes] if newest else [],
    }


def _proposed(request: ProjectRequest) -> dict[str, object]:
    """What models propose, each with what it would change, and what they are writing."""
    newest = queries.newest_revision(request.project)
    standing = newest.text if newest else ""
    return {
        "newest": newest,
        "proposals": [(draft, word_changes(standing, draft.text) if standing else []) for draft in queries.proposals(request.project)[:PROPOSALS]],
        "drafting": queries.drafts_at_work(request.project),
        "may_write": policies.can_write_script(request.role),
        "may_cancel": policies.can_cancel_jobs(request.role),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_write_script)
def drafts(request: ProjectRequest) -> HttpResponse:
    """What models propose; a POST asks one for a draft."""
    if request.method != "POST":
        return render(request, "script/_drafts.html", _proposed(request))
    form = DraftForm(request.POST)
    if not form.is_valid():
        return render(request, "script/_draft_form.html", {"draft_form": form}, status=400)
    sent = form.cleaned_data
    try:
        request_draft(request.project, by=request.user, brief=sent["brief"], scenes=sent["scenes"], writer=sent["writer"], seed=sent["seed"] or 0)
    except Refused as problem:
        return render(request, "script/_draft_form.html", {"draft_form": form, "said": str(problem)}, status=409)
    answer = render(request, "script/_draft_form.html", {"draft_form": DraftForm(), "asked": True}, status=202)
    answer["HX-Trigger"] = "draft:asked"
    return answer


def _draft(request: ProjectRequest, pk: int) -> Draft:
    return get_object_or_404(Draft.objects.select_related("project"), pk=pk, project=request.project)


@require_POST
@project_view(policies.can_view, write=policies.can_write_script)
def acceptance(request: ProjectRequest, draft: int) -> HttpResponse:
    """Make a proposal the newest revision."""
    found, base = _draft(request, draft), request.POST.get("base", "")
    try:
        accept_draft(found, by=request.user, base=int(base) if base.isdecimal() and len(base) < 9 else -1)
    except Conflict as conflict:
        changes = word_changes(conflict.theirs.text, conflict.mine)
        context = _context(request, newest=conflict.theirs, shown=conflict.theirs, text=conflict.mine, conflict=conflict, changes=changes)
        return render(request, "script/page.html", context, status=409)
    return redirect("script:page", request.project.slug)


@require_POST
@project_view(policies.can_view, write=policies.can_write_script)
def removal(request: ProjectRequest, draft: int) -> HttpResponse:
    set_draft_aside(_draft(request, draft), by=request.user)
    return render(request, "script/_drafts.html", _proposed(request))


@require_POST
@project_view(policies.can_view, write=policies.can_write_script)
def revisions(request: ProjectRequest) -> HttpResponse:
    """Save a new revision. Whatever is wrong with it, the text comes back in the answer."""
    form = ScriptForm(request.POST, request.FILES)
    newest = queries.newest_revision(request.project)
    if not form.is_valid():
        written = request.POST.get("text", "")
        context = _context(
            request, newest=newest, shown=newest, text=written, problems=form.non_field_errors() or [gettext("The form was incomplete. Reload.")]
        )
        return render(request, "script/page.html", context, status=400)
    try:
        revise_script(request.project, by=request.user, text=form.cleaned_data["text"], base=form.cleaned_data["base"])
    except Conflict as conflict:
        changes = word_changes(conflict.theirs.text, conflict.mine)
        context = _context(request, newest=conflict.theirs, shown=conflict.theirs, text=conflict.mine, conflict=conflict, changes=changes)
        return render(request, "script/page.html", context, status=409)
    return redirect("script:page", request.project.slug)


@require_safe
@project_view(policies.can_view)
def comparison(request: ProjectRequest, one: int, other: int) -> HttpResponse:
    """What changed between two revisions, word by word."""
    left, right = queries.revision(request.project, one), queries.revision(request.project, other)
    if left is None or right is None:
        raise Http404(gettext("There is no such revision of this script."))
    context = {"left": left, "right": right, "changes": word_changes(left.text, right.text), "revisions": queries.revisions(request.project)[:50]}
    return render(request, "script/comparison.html", context)


@require_safe
@project_view(policies.can_view)
def fountain(request: ProjectRequest, number: int) -> HttpResponse:
    """A revision as a Fountain file, byte for byte as it was written."""
    found = queries.revision(request.project, number)
    if found is None:
        raise Http404(gettext("There is no such revision of this script."))
    answer = HttpResponse(found.text.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{request.project.slug}-r{number}.fountain"'
    return answer
