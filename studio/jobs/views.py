from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from studio.events.live import valkey
from studio.jobs import actions, queries
from studio.jobs.kinds import Refused
from studio.jobs.models import Job
from studio.ledger.queries import tight
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view

SHOWN = 60


@require_safe
@project_view(policies.can_view)
def tray(request: ProjectRequest) -> HttpResponse:
    """The count in the top bar; `?open` adds the list."""
    jobs = queries.tray_jobs(request.project)[:SHOWN] if "open" in request.GET else None
    nearly = tight(request.project) if jobs is not None else []
    context = {"tray": queries.tray(request.project), "jobs": jobs, "tight": nearly, "may_cancel": policies.can_cancel_jobs(request.role)}
    return render(request, "ui/_jobs.html", context)


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
    context = {"tray": queries.tray(request.project), "jobs": queries.tray_jobs(request.project)[:SHOWN], "may_cancel": True}
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
    return render(request, "ui/_job.html", {"job": found, "may_cancel": True})
