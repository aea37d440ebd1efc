"""What is added to a playlist, and what a session is of."""

from __future__ import annotations

from django import forms
from django.shortcuts import get_object_or_404

from studio.projects.models import Project
from studio.screening.models import Playlist
from studio.shots.models import Take
from studio.timeline.models import CutRevision


class ItemForm(forms.Form):
    """`what` is `take-<id>` or `revision-<id>`, as the lists of the page offer them."""

    what = forms.RegexField(r"\A(take|revision)-[1-9][0-9]{0,17}\Z")

    def found(self, project: Project) -> Take | CutRevision:
        """Raises `Http404` for what is not this film's."""
        kind, _, key = self.cleaned_data["what"].partition("-")
        if kind == "take":
            return get_object_or_404(Take.objects.select_related("shot__project"), pk=int(key), shot__project=project)
        return get_object_or_404(CutRevision.objects.select_related("cut__project"), pk=int(key), cut__project=project)


class SessionForm(forms.Form):
    """Of a playlist by its id, or of a frozen revision by its number."""

    playlist = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    revision = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def found(self, project: Project) -> Playlist | CutRevision | None:
        """None if neither was named; raises `Http404` for what is not this film's."""
        if playlist := self.cleaned_data.get("playlist"):
            return get_object_or_404(Playlist.objects.select_related("project"), pk=playlist, project=project)
        if number := self.cleaned_data.get("revision"):
            rows = CutRevision.objects.select_related("cut__project").filter(cut__project=project, number=number)
            return get_object_or_404(rows.order_by("cut_id")[:1])
        return None
