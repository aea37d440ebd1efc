"""The one door into a project: every view of every room comes through `project_view`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext

from studio.projects.models import Membership, Project, role_words

Policy = Callable[[str], bool]
View = Callable[..., HttpResponseBase]


class ProjectRequest(HttpRequest):
    """A request inside a project: `project` and the person's `role` are settled."""

    project: Project
    role: str


def enter(person: Any, slug: str) -> tuple[Project, str]:
    """The project and this person's role in it. Raises `Http404` if they are no member: a stranger learns nothing."""
    membership = Membership.objects.select_related("project").filter(project__slug=slug, person_id=person.pk).first()
    if membership is None:
        raise Http404(gettext("There is no such project."))
    return membership.project, membership.role


def project_view(policy: Policy, *, write: Policy | None = None) -> Callable[[View], View]:
    """Guard a view of `/projects/<slug:project>/…`. `policy` says who may read, `write` who may use other methods than GET and HEAD
    (the same if not given). Anonymous people are sent to sign in, an htmx request by a header so that the page, not the
    fragment, moves; strangers get 404; too little right is 403. The view is called with `request.project` and `request.role` set and
    without the slug."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: ProjectRequest, project: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            request.project, request.role = enter(request.user, project)
            allowed = policy if request.method in ("GET", "HEAD", "OPTIONS") else (write or policy)
            if not allowed(request.role):
                raise PermissionDenied(
                    gettext("As %(role)s of this project you cannot do this. Ask its owner or producer.") % {"role": role_words(request.role)}
                )
            return view(request, *args, **kwargs)

        return guarded

    return guard


def sign_in_first(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Trigger"] = "session:expired"
        return answer
    return redirect_to_login(request.get_full_path() if request.method in ("GET", "HEAD") else _where_the_form_stood(request))


def _where_the_form_stood(request: HttpRequest) -> str:
    """The page a form was sent from: an address that only takes forms is nothing to come back to."""
    page = urlsplit(request.headers.get("Referer", ""))
    return page.path or "/" if page.netloc == request.get_host() else "/"


def operator_view(view: View) -> View:
    """Guard a view of the installation itself: anonymous people are sent to sign in, whoever is no operator is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not request.user.is_operator:
            raise PermissionDenied(gettext("This page is for whoever runs this installation. Ask one of its operators."))
        return view(request, *args, **kwargs)

    return guarded
