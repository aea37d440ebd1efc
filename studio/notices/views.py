from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.accounts.models import Person
from studio.notices import actions, queries
from studio.notices.actions import HookProblem
from studio.notices.forms import ChoiceForm, HookForm
from studio.notices.models import ByMail, Delivery, Hook, Topic
from studio.notices.rules import topics_for
from studio.notices.signing import WINDOW, unsubscribing
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view, sign_in_first
from studio.projects.models import Project

IN_PANEL = 20


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Everything a person was told, of all their films; `?before=` an event's id shows older ones."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    before = request.GET.get("before", "")
    found, older = queries.page_of(request.user, int(before) if before.isdecimal() and len(before) < 18 else None)
    if request.headers.get("HX-Request"):
        return render(request, "notices/_list.html", {"notices": found, "older": older})
    films = queries.films_of(request.user)
    context = {"notices": found, "older": older, "unread": queries.unread_count(request.user), "films": films}
    return render(request, "notices/page.html", context)


@require_safe
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the bell."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    return render(request, "notices/_bell_count.html", {"unread_notices": queries.unread_count(request.user)})


@require_safe
@never_cache
def panel(request: HttpRequest) -> HttpResponse:
    """The newest, for the panel under the bell."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    return _panel(request)


def _panel(request: HttpRequest) -> HttpResponse:
    context = {"notices": queries.notices_of(request.user)[:IN_PANEL], "unread": queries.unread_count(request.user)}
    return render(request, "notices/_panel.html", context)


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    actions.mark_read(request.user)
    if not request.headers.get("HX-Request"):
        return redirect("notices:page")
    answer = _panel(request)
    answer["HX-Trigger"] = "live:notice"  # the bell's number
    return answer


@require_safe
@never_cache
def one(request: HttpRequest, notice: int) -> HttpResponse:
    """To where a notice leads; it counts as read."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    found = get_object_or_404(queries.notices_of(request.user), pk=notice)
    if request.method == "GET":
        actions.mark_read(request.user, found.pk)
    return redirect(found.address)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view)
def choices(request: ProjectRequest) -> HttpResponse:
    """How this person is told of this film."""
    choice, topics = queries.choice_of(request.project, request.user), topics_for(request.role)
    initial = {"mail": choice.mail, "wanted": [topic for topic in topics if topic not in choice.muted]}
    form = ChoiceForm(request.POST or None, initial=initial, topics=topics)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["wanted"]
        muted = [topic for topic in Topic if (topic not in wanted if topic in topics else topic in choice.muted)]
        actions.choose(request.project, by=request.user, mail=form.cleaned_data["mail"], muted=muted)
        messages.success(request, gettext("Saved."))
        return redirect("notices:choices", request.project.slug)
    context = {
        "form": form,
        "mail_on": settings.EMAIL_ENABLED,
        "mails": queries.mails_of(request.project, request.user),
        "may_hook": policies.can_change_settings(request.role),
    }
    return render(request, "notices/choices.html", context, status=400 if request.method == "POST" else 200)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mail of one film to one person, without signing in: what the link shows is a button, and mail programs post to it by themselves
    (RFC 8058). It needs no CSRF token, because the link itself is the proof and can do nothing else."""
    found = unsubscribing(token)
    project = Project.objects.filter(pk=found[1]).first() if found else None
    person = Person.objects.filter(pk=found[0]).first() if found else None
    if project is None or person is None:
        return render(request, "notices/stop.html", {"gone": True}, status=404)
    if request.method == "POST":
        actions.choose(project, by=person, mail=ByMail.OFF, muted=queries.choice_of(project, person).muted)
    return render(request, "notices/stop.html", {"film": project.name, "done": request.method == "POST"})


def _hook(request: ProjectRequest, hook: int) -> Hook:
    return get_object_or_404(Hook.objects.select_related("project"), pk=hook, project=request.project)


def _hooks(request: ProjectRequest, form: HookForm, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "notices/hooks.html", {"hooks": queries.hooks_of(request.project), "form": form, "window": WINDOW, **more}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@project_view(policies.can_change_settings)
def hooks(request: ProjectRequest) -> HttpResponse:
    """The film's webhooks; adding one shows its secret, once."""
    form = HookForm(request.POST or None)
    if request.method != "POST":
        return _hooks(request, form)
    if not form.is_valid():
        return _hooks(request, form, 400)
    try:
        hook, secret = actions.add_hook(request.project, by=request.user, **form.cleaned_data)
    except HookProblem as problem:
        form.add_error("url", str(problem))  # what was typed stands in it still
        return _hooks(request, form, 422)
    return _hooks(request, HookForm(), 201, fresh=hook, secret=secret)


@require_safe
@project_view(policies.can_change_settings)
def hook_page(request: ProjectRequest, hook: int) -> HttpResponse:
    """One webhook and the calls that were made."""
    found = _hook(request, hook)
    deliveries = list(queries.deliveries_of(found))
    context = {"hook": found, "deliveries": deliveries, "waiting": any(queries.soon(one, found) for one in deliveries)}
    return render(request, "notices/_calls.html" if request.headers.get("HX-Request") else "notices/hook.html", context)


@require_POST
@project_view(policies.can_change_settings)
def test(request: ProjectRequest, hook: int) -> HttpResponse:
    """Call it now, to see whether it answers."""
    found = _hook(request, hook)
    actions.try_hook(found, by=request.user)
    messages.success(request, gettext("The test is under way. Its answer stands in the list as soon as there is one."))
    return redirect("notices:hook", request.project.slug, found.pk)


@require_POST
@project_view(policies.can_change_settings)
def again(request: ProjectRequest, hook: int, delivery: int) -> HttpResponse:
    """Send one delivery again."""
    found = _hook(request, hook)
    actions.send_again(get_object_or_404(Delivery, pk=delivery, hook=found))
    return redirect("notices:hook", request.project.slug, found.pk)


@require_POST
@project_view(policies.can_change_settings)
def switch(request: ProjectRequest, hook: int) -> HttpResponse:
    found = _hook(request, hook)
    actions.switch_hook(found, by=request.user, active=request.POST.get("active") == "1")
    return redirect("notices:hook", request.project.slug, found.pk)


@require_POST
@project_view(policies.can_change_settings)
def removal(request: ProjectRequest, hook: int) -> HttpResponse:
    actions.remove_hook(_hook(request, hook), by=request.user)
    return redirect("notices:hooks", request.project.slug)
