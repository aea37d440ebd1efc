"""Panels for pages of rooms below the storyboard, which may not know it: the world's cards, a shot without a take."""

from __future__ import annotations

from django import template

from studio.media.sources import asset_url
from studio.overview.portraits import portraits as pictures
from studio.projects.models import Project
from studio.shots.models import Shot
from studio.storyboard.models import Panel

register = template.Library()


@register.simple_tag
def portraits(project: Project) -> dict[str, str]:
    return pictures(project)


@register.simple_tag
def panel_picture(project: Project, shot: Shot) -> str:
    """The address of a shot's panel, or nothing while it is not drawn."""
    asset = Panel.objects.filter(shot=shot, order=0).values_list("drawing__asset", flat=True).first()
    return asset_url(project, asset) if asset else ""
