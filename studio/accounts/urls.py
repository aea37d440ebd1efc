"""Accounts: who one is, coming in, going out. Nobody signs up here; `start` is for who holds a one-time link."""

from allauth.account import views as allauth_views
from django.urls import path

from studio.accounts import views

urlpatterns = [
    path("start/<str:token>/", views.start, name="start"),
    path("accounts/", views.account, name="account"),
    path("accounts/login/", allauth_views.login, name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/password/", allauth_views.password_change, name="account_change_password"),
    path("accounts/password/new/", allauth_views.password_set, name="account_set_password"),
]
