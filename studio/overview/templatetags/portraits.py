"""Pictures of the people and places, for the world's cards, which are below the storyboard and may not know it."""

from __future__ import annotations

from django import template

from studio.overview.portraits import portraits as pictures
from studio.projects.models import Project

register = template.Library()


@register.simple_tag
def portraits(project: Project) -> dict[str, str]:
    return pictures(project)
