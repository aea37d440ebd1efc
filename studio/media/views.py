from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from studio.media.models import Holding
from studio.media.serve import serve
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view


@require_safe
@project_view(policies.can_view)
def asset(request: ProjectRequest, sha256: str) -> HttpResponseBase:
    """A file the project holds; any other hash is 404, whether the file exists or not."""
    held = Holding.objects.select_related("asset").filter(project=request.project, asset_id=sha256).first()
    if held is None:
        raise Http404(gettext("This project has no such file."))
    return serve(request, held.asset)
