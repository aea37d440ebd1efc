"""The pages of one's own account, and the one that a one-time link opens."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from studio.accounts.actions import AddressTaken, LinkUsed, change_profile, use_link
from studio.accounts.forms import NewcomerForm, ProfileForm, ReturnForm
from studio.accounts.models import Person
from studio.accounts.queries import usable_link
from studio.accounts.signing_in import sign_in


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link only shows a form, so that a mail program's preview does not use it up; sending the form does."""
    link = usable_link(token)
    if link is None:
        return render(request, "accounts/link_gone.html", status=404)
    form = (NewcomerForm if link.person is None else ReturnForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = use_link(link, **form.cleaned_data)
        except LinkUsed:
            return render(request, "accounts/link_gone.html", status=404)
        except AddressTaken:
            form.add_error("email", gettext("There is an account under this address already. Sign in with it, or give another address."))
        else:
            sign_in(request, person)
            return redirect("/")
    status = 400 if request.method == "POST" else 200
    return render(request, "accounts/start.html", {"form": form, "link": link}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: HttpRequest) -> HttpResponse:
    person = cast(Person, request.user)
    form = ProfileForm(request.POST or None, initial={"name": person.name, "colour": person.colour, "language": person.language})
    if request.method == "POST":
        if form.is_valid():
            change_profile(person, **{"language": person.language, **form.cleaned_data})
            messages.success(request, gettext("Saved."))
            return redirect("account")
        return render(request, "accounts/account.html", {"form": form}, status=400)
    return render(request, "accounts/account.html", {"form": form})
