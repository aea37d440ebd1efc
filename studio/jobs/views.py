from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from studio.events.live import valkey
from studio.jobs import actions, queries
from studio.jobs.farm import WISHES, change_share, forget_worker, wish_of
from studio.jobs.forms import ShareForm
from studio.jobs.kinds import Refused
from studio.jobs.models import Job, Share, Worker
from studio.jobs.starting import with_starts
from studio.ledger.queries import tight
from studio.projects import policies
from studio.projects.access import ProjectRequest, operator_view, project_view
from studio.projects.models import Project

SHOWN = 60


@require_safe
@project_view(policies.can_view)
def tray(request: ProjectRequest) -> HttpResponse:
    """The count in the top bar; `?open` adds the list."""
    jobs = _listed(request.project) if "open" in request.GET else None
    nearly = tight(request.project) if jobs is not None else []
    context = {"tray": queries.tray(request.project), "jobs": jobs, "tight": nearly, "may_cancel": policies.can_cancel_jobs(request.role)}
    return render(request, "ui/_jobs.html", context)


def _listed(project: Project) -> list[Job]:
    return with_starts(project, queries.tray_jobs(project)[:SHOWN])


@require_safe
@project_view(policies.can_view)
def preview(request: ProjectRequest, job: str) -> HttpResponseBase:
    """The newest preview picture of a running job; 204 when there is none."""
    found = get_object_or_404(Job, pk=job, project=request.project)
    picture = valkey().get(f"preview:{found.pk}")
    if not picture:
        return HttpResponse(status=204)
    answer = HttpResponse(picture, content_type="image/webp" if picture[:4] == b"RIFF" else "image/jpeg")
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@project_view(policies.can_view, write=policies.can_cancel_jobs)
def cancellation(request: ProjectRequest, job: str) -> HttpResponse:
    """Cancel one job."""
    found = actions.cancel_job(get_object_or_404(Job, pk=job, project=request.project), by=request.user)
    return render(request, "ui/_job.html", {"job": found, "may_cancel": True})


@require_POST
@project_view(policies.can_view, write=policies.can_cancel_jobs)
def cancellations(request: ProjectRequest) -> HttpResponse:
    """Cancel everything of the project that has not ended."""
    actions.cancel_all(request.project, by=request.user)
    context = {"tray": queries.tray(request.project), "jobs": _listed(request.project), "may_cancel": True}
    return render(request, "ui/_jobs.html", context)


@require_POST
@project_view(policies.can_view, write=policies.can_cancel_jobs)
def retry(request: ProjectRequest, job: str) -> HttpResponse:
    """Try a failed or cancelled job again."""
    found = get_object_or_404(Job, pk=job, project=request.project)
    try:
        found = actions.retry_job(found, by=request.user)
    except Refused as problem:
        return render(request, "ui/_problem.html", {"problem": str(problem)}, status=409)
    [found] = with_starts(request.project, [found])
    return render(request, "ui/_job.html", {"job": found, "may_cancel": True})


@require_safe
@operator_view
def farm(request: HttpRequest) -> HttpResponse:
    """The workers, what waits, who has what share, and what failed. `?part` is the changing part alone."""
    context = {
        "workers": queries.farm_workers(),
        "classes": queries.queue_classes(),
        "shares": queries.farm_shares(),
        "failures": queries.newest_failures(),
    }
    return render(request, "jobs/_farm.html" if "part" in request.GET else "jobs/farm.html", context)


@require_POST
@operator_view
def wish(request: HttpRequest, name: str) -> HttpResponse:
    """Drain a worker, retire it, or let it work again."""
    wanted = request.POST.get("wish", "")
    if wanted not in WISHES:
        return render(request, "ui/_problem.html", {"problem": gettext("A worker can be drained, retired, or let work again.")}, status=400)
    wish_of(get_object_or_404(Worker, pk=name), wanted, by=request.user)
    return redirect(f"{reverse('jobs:farm')}?part")


@require_POST
@operator_view
def forget(request: HttpRequest, name: str) -> HttpResponse:
    """Take a worker that is gone off the page."""
    forget_worker(get_object_or_404(Worker, pk=name), by=request.user)
    return redirect(f"{reverse('jobs:farm')}?part")


@require_POST
@operator_view
def share(request: HttpRequest, film: str) -> HttpResponse:
    """Change a project's weight, limit or reservation."""
    found = get_object_or_404(Share.objects.select_related("project"), pk=film)
    form = ShareForm(request.POST)
    if not form.is_valid():
        words = gettext("A weight is a number from 0.1 to 100; limit and reservation are whole numbers, or empty. Nothing was changed.")
        return render(request, "ui/_problem.html", {"problem": words}, status=400)
    sent = form.cleaned_data
    change_share(found, by=request.user, weight=sent["weight"], limit=sent["limit"], reserved=sent["reserved"] or 0)
    return redirect(f"{reverse('jobs:farm')}?part")
