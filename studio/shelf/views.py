from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from studio.projects.access import operator_view
from studio.shelf import actions, queries
from studio.shelf.forms import AddForm, CommandForm
from studio.shelf.models import Model, Source


@require_safe
@operator_view
def page(request: HttpRequest) -> HttpResponse:
    """What is on the shelf and where, what could be, and the form that adds."""
    return render(request, "shelf/page.html", _page(AddForm()))


def _page(form: AddForm) -> dict[str, Any]:
    return {**_shelf(), "form": form, "suggestions": queries.suggestions(), "unlisted": queries.unlisted(), "sources": Source}


def _shelf() -> dict[str, Any]:
    models = queries.shelf()
    return {
        "models": models,
        "hosts": queries.live_hosts(),
        "hub": settings.FIRSTCUT_HUB,
        "hub_off": queries.hub_is_off(),
        "busy": any(each.unsettled for each in models),
        "total": sum(each.row.size for each in models if each.held),
    }


@require_POST
@operator_view
def additions(request: HttpRequest) -> HttpResponse:
    """Add a model. One that is there is wanted again."""
    form = AddForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            row = actions.add_model(values["what"], source=values["source"], revision=values["revision"], by=request.user)
        except actions.Refused as problem:
            form.add_error("what", str(problem))
        else:
            if row.source == Source.HUB:
                said = gettext("%(model)s is on the shelf. Workers fetch it now.")
            else:
                said = gettext("%(model)s is on the shelf. Workers look for it now.")
            messages.success(request, said % {"model": row.name})
            return redirect("shelf:page")
    return render(request, "shelf/page.html", _page(form), status=400)


def _changed(request: HttpRequest, model: int, change: Callable[[str], object]) -> HttpResponse:
    """The shelf after a change, or as it is with the reason why not."""
    name = get_object_or_404(Model, pk=model).name
    try:
        change(name)
    except actions.Refused as problem:
        return render(request, "shelf/_shelf.html", {**_shelf(), "problem": str(problem)}, status=409)
    return render(request, "shelf/_shelf.html", _shelf())


@require_POST
@operator_view
def pause(request: HttpRequest, model: int) -> HttpResponse:
    return _changed(request, model, lambda name: actions.pause_model(name, by=request.user))


@require_POST
@operator_view
def resumption(request: HttpRequest, model: int) -> HttpResponse:
    """Go on with what was paused; try again what failed."""
    return _changed(request, model, lambda name: actions.resume_model(name, by=request.user))


@require_POST
@operator_view
def removal(request: HttpRequest, model: int) -> HttpResponse:
    return _changed(request, model, lambda name: actions.remove_model(name, by=request.user))


@require_POST
@operator_view
def commands(request: HttpRequest, model: int) -> HttpResponse:
    """Have one worker warm or unload the model."""
    form = CommandForm(request.POST)
    if not form.is_valid():
        get_object_or_404(Model, pk=model)
        return render(request, "shelf/_shelf.html", {**_shelf(), "problem": gettext("Say which worker is to warm or unload it.")}, status=400)
    values = form.cleaned_data
    return _changed(request, model, lambda name: actions.command_worker(name, values["worker"], values["what"], by=request.user))
