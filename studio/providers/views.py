from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generation.facts import EngineInfo
from studio.projects.access import operator_view
from studio.providers import actions, queries
from studio.providers.forms import EndpointForm, initial, kinds, settings_groups, settings_sent, typed
from studio.providers.models import Endpoint


@require_safe
@operator_view
def page(request: HttpRequest) -> HttpResponse:
    """Every machine that works for us, and the kinds there can be."""
    return render(request, "providers/page.html", {"endpoints": queries.endpoints(), "kinds": kinds()})


@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
@operator_view
def addition(request: HttpRequest) -> HttpResponse:
    """The form of a new machine of one kind (`?kind=openai`), begun from a shape that many have (`&shape=…`), and adding it."""
    facts = _kind(request.POST.get("kind") or request.GET.get("kind") or next((facts.name for facts in kinds()), ""))
    if facts is None:
        raise Http404(gettext("There is no such kind of machine."))
    if request.method != "POST":
        shape = request.GET.get("shape") or next(iter(facts.presets), "")
        return render(request, "providers/endpoint.html", {**_drawn(facts, EndpointForm(), dict(facts.presets.get(shape, {}))), "shape": shape})
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            row = actions.add_endpoint(typed(facts, form, request.POST, keep_key=False, kept={}), by=request.user)
        except actions.Wrong as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, gettext("“%(name)s” was added. A worker is looking whether it answers.") % {"name": row.name})
            return redirect("providers:endpoint", row.pk)
    return render(request, "providers/endpoint.html", _drawn(facts, form, {}), status=400)


def _kind(name: str) -> EngineInfo | None:
    return next((facts for facts in kinds() if facts.name == name), None)


def _drawn(facts: EngineInfo, form: EndpointForm, values: dict[str, Any], *, row: Endpoint | None = None) -> dict[str, Any]:
    """What the form shows: what is kept, or, where it was refused, what was typed (but never a key)."""
    if form.is_bound:
        with suppress(actions.Wrong):
            values = settings_sent(facts, form.data, row.settings if row is not None else {})
    known = row.check_data.get("models", []) if row is not None and isinstance(row.check_data, dict) else []
    return {
        "facts": facts,
        "form": form,
        "groups": settings_groups(facts, values, [str(name) for name in known]),
        "raw": json.dumps(values, ensure_ascii=False, indent=2) if facts.settings is None and values else "",
        "endpoint": row,
    }


@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
@operator_view
def endpoint(request: HttpRequest, endpoint: int) -> HttpResponse:
    """One machine: what is set, and changing it."""
    row = get_object_or_404(Endpoint.objects.select_related("by"), pk=endpoint)
    facts = _kind(row.kind)
    if facts is None:
        raise Http404(gettext("No engine here speaks to this kind of machine any more."))
    if request.method != "POST":
        return render(request, "providers/endpoint.html", _drawn(facts, EndpointForm(initial=initial(row)), row.settings, row=row))
    form, base = EndpointForm(request.POST), request.POST.get("revision", "")
    if form.is_valid():
        try:
            revision = int(base) if base.isdecimal() and len(base) < 9 else 0
            actions.change_endpoint(row, typed(facts, form, request.POST, keep_key=True, kept=row.settings), by=request.user, revision=revision)
        except actions.Wrong as problem:
            form.add_error(None, str(problem))
        except actions.Conflict as problem:
            row.refresh_from_db()
            fresh = EndpointForm(initial=initial(row))
            context = {**_drawn(facts, fresh, row.settings, row=row), "conflict": str(problem)}
            return render(request, "providers/endpoint.html", context, status=409)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("providers:endpoint", row.pk)
    return render(request, "providers/endpoint.html", _drawn(facts, form, row.settings, row=row), status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@operator_view
def check(request: HttpRequest, endpoint: int) -> HttpResponse:
    """What the last look at it came to; a POST has a worker look again."""
    row = get_object_or_404(Endpoint, pk=endpoint)
    if request.method == "POST":
        actions.ask_check(row)
    return render(request, "providers/_check.html", {"endpoint": row})


@require_POST
@operator_view
def enabling(request: HttpRequest, endpoint: int) -> HttpResponse:
    actions.switch_endpoint(get_object_or_404(Endpoint, pk=endpoint), by=request.user, enabled=True)
    return redirect("providers:page")


@require_POST
@operator_view
def disabling(request: HttpRequest, endpoint: int) -> HttpResponse:
    actions.switch_endpoint(get_object_or_404(Endpoint, pk=endpoint), by=request.user, enabled=False)
    return redirect("providers:page")


@require_POST
@operator_view
def removal(request: HttpRequest, endpoint: int) -> HttpResponse:
    row = get_object_or_404(Endpoint, pk=endpoint)
    actions.remove_endpoint(row, by=request.user)
    messages.success(request, gettext("“%(name)s” and its key were removed.") % {"name": row.name})
    return redirect("providers:page")
