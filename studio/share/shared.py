"""A guest's portal: all that was shared with an address, for whoever proves that they read it. It says nothing of an address before that."""

from __future__ import annotations

import uuid

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from studio.share import codes, queries
from studio.share.entry import Portal, mine_token, portal, portal_cookie, private, remember_portal
from studio.share.forms import AddressForm, CodeForm
from studio.share.limits import may_try
from studio.share.models import ShareLink
from studio.share.views import PROOF


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What was shared with the address that was proved here; or the two small forms that prove one."""
    visit = portal(request)
    context = {
        "mail": codes.can_prove(),
        "code_url": reverse("share:shared-code"),
        "proof_url": reverse("share:shared-proof"),
        "told": PROOF.get(request.GET.get("code", "")),
        "email": visit.email,
    }
    if visit.email:
        context["films"] = [(one, reverse("share:page", args=[mine_token(one.link, visit.email)])) for one in queries.shared_with(visit.email)]
    else:
        context["open_code"] = codes.open_code(visit.browser) if visit.browser else None
    return private(render(request, "share/shared.html", context))  # type: ignore[return-value]


def _back(told: str = "") -> HttpResponse:
    return redirect(reverse("share:shared") + (f"?code={told}" if told else ""))


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Have six digits sent to an address. Nothing is sent where nothing was shared, and the answer is the same."""
    form, visit = AddressForm(request.POST), portal(request)
    if not codes.can_prove():
        return _back()
    if not form.is_valid():
        return _back("address")
    email = form.cleaned_data["email"]
    if not may_try(request, "link_code", f"shared:{email}"):
        return _back("slow")
    visit = Portal(visit.browser or uuid.uuid4().hex)
    known = ShareLink.objects.filter(Q(recipients__email=email) | Q(guests__email=email, guests__verified__isnull=False)).exists()
    try:
        codes.send_code(visit.browser, email, about=gettext("what was shared with you"), welcome=known)
        answer = _back()
    except codes.MailFailed:
        answer = _back("failed")
    remember_portal(answer, visit)
    return answer


@require_POST
def proof(request: HttpRequest) -> HttpResponse:
    """The six digits that came by mail."""
    form, visit = CodeForm(request.POST), portal(request)
    if not visit.browser:
        return _back("wrong")
    if not may_try(request, "link_proof", visit.browser):
        return _back("slow")
    email = codes.redeem(visit.browser, form.cleaned_data["code"]) if form.is_valid() else None
    if email is None:
        return _back("wrong")
    answer = _back()
    remember_portal(answer, Portal(uuid.uuid4().hex, email))
    return answer


@require_POST
def leaving(request: HttpRequest) -> HttpResponse:
    """Forget in this browser who proved what here."""
    answer = _back()
    answer.delete_cookie(portal_cookie())
    return answer
