from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from studio.delivery import actions, queries
from studio.delivery.models import Export
from studio.jobs.kinds import Refused
from studio.media.serve import serve
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view


def _context(request: ProjectRequest) -> dict[str, object]:
    return {
        "ready": queries.readiness(request.project),
        "exports": queries.exports_of(request.project),
        "jobs": queries.export_jobs(request.project),
        "may_export": policies.can_export(request.role),
        "may_cancel": policies.can_cancel_jobs(request.role),
    }


@require_safe
@project_view(policies.can_view)
def page(request: ProjectRequest) -> HttpResponse:
    """What is missing before delivery, what is being rendered, and what can be downloaded."""
    return render(request, "delivery/_exports.html" if request.headers.get("HX-Request") else "delivery/page.html", _context(request))


@require_POST
@project_view(policies.can_view, write=policies.can_export)
def exports(request: ProjectRequest) -> HttpResponse:
    """Freeze the cut and render it."""
    try:
        actions.request_export(request.project, by=request.user)
    except Refused as problem:
        return render(request, "ui/_problem.html", {"problem": str(problem)}, status=409)
    return render(request, "delivery/_exports.html", _context(request), status=202)


@require_safe
@project_view(policies.can_view)
def download(request: ProjectRequest, export: int) -> HttpResponseBase:
    found = get_object_or_404(Export.objects.select_related("asset"), pk=export, project=request.project)
    return serve(request, found.asset, download_as=found.name)
