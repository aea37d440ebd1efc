"""Accounts: who one is, coming in, going out. Nobody signs up here; `start` is for who holds a one-time link."""

from allauth.account import views as allauth_views
from django.urls import path
from django.views.decorators.http import require_http_methods

from studio.accounts import views

known_methods = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("start/<str:token>/", views.start, name="start"),
    path("accounts/", views.account, name="account"),
    path("accounts/login/", known_methods(allauth_views.login), name="account_login"),
    path("accounts/logout/", known_methods(allauth_views.logout), name="account_logout"),
    path("accounts/password/", known_methods(allauth_views.password_change), name="account_change_password"),
    path("accounts/password/new/", known_methods(allauth_views.password_set), name="account_set_password"),
]
