from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.accounts.actions import AddressTaken, make_person
from studio.accounts.forms import NewcomerForm
from studio.accounts.signing_in import sign_in
from studio.projects import actions, policies, queries
from studio.projects.access import ProjectRequest, project_view
from studio.projects.actions import ProjectProblem
from studio.projects.forms import INVITABLE, DeleteForm, DetailsForm, InvitationForm, ProjectForm, RoleForm
from studio.projects.models import Invitation, Membership, Project, role_words


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Start a production."""
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        project = actions.start_project(
            name=values["name"], logline=values["logline"], by=request.user, rate=values["rate"], width=values["width"], height=values["height"]
        )
        return redirect("script:page", project.slug)
    return render(request, "projects/new.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@project_view(policies.can_view)
def settings_page(request: ProjectRequest) -> HttpResponse:
    return render(request, "projects/settings.html", _settings(request, details=_details_of(request.project)))


def _details_of(project: Project) -> DetailsForm:
    return DetailsForm(initial={"name": project.name, "logline": project.logline, "on_memory": project.on_memory})


def _settings(request: ProjectRequest, **more: object) -> dict[str, object]:
    return {
        "members": queries.members_of(request.project),
        "invitations": queries.open_invitations(request.project) if policies.can_invite(request.role) else [],
        "invite": InvitationForm(),
        "roles": INVITABLE,
        "may_invite": policies.can_invite(request.role),
        "may_change": policies.can_change_settings(request.role),
        "may_delete": policies.can_delete_project(request.role),
        "delete": DeleteForm(expected=request.project.name),
        **more,
    }


@require_POST
@project_view(policies.can_view, write=policies.can_change_settings)
def details(request: ProjectRequest) -> HttpResponse:
    form = DetailsForm(request.POST)
    if not form.is_valid():
        return render(request, "projects/settings.html", _settings(request, details=form), status=400)
    actions.change_project(request.project, by=request.user, **form.cleaned_data)
    messages.success(request, gettext("Saved."))
    return redirect("projects:settings", request.project.slug)


@require_POST
@project_view(policies.can_view, write=policies.can_invite)
def invitations(request: ProjectRequest) -> HttpResponse:
    """Make an invitation; its link is shown once, and mailed if an address is given and mail is set up."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return render(request, "projects/_invitations.html", _settings(request, invite=form), status=400)
    invitation, token = actions.invite(request.project, by=request.user, **form.cleaned_data)
    link = settings.FIRSTCUT_URL.rstrip("/") + reverse("projects:join", args=[token])
    mailed = bool(invitation.email and settings.EMAIL_ENABLED)
    if mailed:
        names = {"name": str(request.user), "film": request.project.name, "role": role_words(invitation.role)}
        words = gettext("%(name)s invites you to work on “%(film)s” as %(role)s:") % names
        send_mail(gettext("Invitation to %(film)s") % names, f"{words}\n\n{link}\n", None, [invitation.email], fail_silently=True)
    return render(request, "projects/_invitations.html", _settings(request, fresh=invitation, link=link, mailed=mailed))


@require_POST
@project_view(policies.can_view, write=policies.can_invite)
def revocation(request: ProjectRequest, invitation: int) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=invitation, project=request.project)
    actions.revoke_invitation(found, by=request.user)
    return render(request, "projects/_invitations.html", _settings(request))


@require_POST
@project_view(policies.can_view, write=policies.can_invite)
def role(request: ProjectRequest, member: int) -> HttpResponse:
    """Give a member another role."""
    found = get_object_or_404(Membership.objects.select_related("person", "project"), pk=member, project=request.project)
    form = RoleForm(request.POST)
    try:
        if not form.is_valid():
            raise ProjectProblem(gettext("Choose one of the roles in the list."))
        actions.change_role(found, by=request.user, role=form.cleaned_data["role"])
    except ProjectProblem as problem:
        return render(request, "ui/_problem.html", {"problem": str(problem)}, status=409)
    return render(request, "projects/_members.html", _settings(request))


@require_POST
@project_view(policies.can_view, write=policies.can_invite)
def removal(request: ProjectRequest, member: int) -> HttpResponse:
    """Take a member out; their sockets close and their media is refused at once."""
    found = get_object_or_404(Membership.objects.select_related("person", "project"), pk=member, project=request.project)
    try:
        actions.remove_member(found, by=request.user)
    except ProjectProblem as problem:
        return render(request, "ui/_problem.html", {"problem": str(problem)}, status=409)
    return render(request, "projects/_members.html", _settings(request))


@require_POST
@project_view(policies.can_view, write=policies.can_delete_project)
def deletion(request: ProjectRequest) -> HttpResponse:
    """Delete the production, once its name was typed."""
    form = DeleteForm(request.POST, expected=request.project.name)
    if not form.is_valid():
        return render(request, "projects/settings.html", _settings(request, details=_details_of(request.project), delete=form), status=400)
    try:
        actions.delete_project(request.project, by=request.user)
    except (ProtectedError, RestrictedError):
        messages.error(request, gettext("This film has verdicts, and they are kept for ever with the cut they are of. Nothing was changed."))
        return render(request, "projects/settings.html", _settings(request, details=_details_of(request.project), delete=form), status=409)
    messages.success(request, gettext("“%(film)s” was deleted.") % {"film": request.project.name})
    return redirect("overview:home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation's link opens. Opening it shows who invites to what; sending the form joins, so that a mail program's preview
    does not use it up."""
    invitation = actions.find_invitation(token)
    if invitation is None:
        return render(request, "projects/invitation_gone.html", status=404)
    known = request.user.is_authenticated
    form = NewcomerForm(request.POST or None, initial={"email": invitation.email}) if not known else None
    status = 200
    if request.method == "POST":
        try:
            return _join(request, invitation, form)
        except AddressTaken:
            assert form is not None
            form.add_error("email", gettext("There is an account under this address already. Sign in with it, then open the invitation again."))
        except ProjectProblem as problem:
            messages.error(request, str(problem))
        status = 400
    return render(request, "projects/join.html", {"invitation": invitation, "form": form}, status=status)


def _join(request: HttpRequest, invitation: Invitation, form: NewcomerForm | None) -> HttpResponse:
    if form is None:
        actions.accept_invitation(invitation, person=request.user)
    elif form.is_valid():
        with transaction.atomic():
            person = make_person(**form.cleaned_data, by="invitation")
            actions.accept_invitation(invitation, person=person)
        sign_in(request, person)
    else:
        return render(request, "projects/join.html", {"invitation": invitation, "form": form}, status=400)
    if not policies.can_view(invitation.role):
        words = gettext("You are a client of “%(film)s”. Nothing is shared with you yet; what is will stand here.")
        messages.info(request, words % {"film": invitation.project.name})
        return redirect("overview:home")
    return redirect("overview:project", invitation.project.slug)
