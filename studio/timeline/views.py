from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.shots.queries import film_length
from studio.timeline import actions, queries
from studio.timeline.actions import EditConflict, EditRefused
from studio.timeline.models import Clip, Operation

MAX_BODY = 20_000


class Edit(BaseModel):
    """One edit as the page sends it. `base` is the cut's revision it was made on."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(pattern="^(trim|move|remove|restore|level|undo|redo)$")
    base: int = Field(ge=0, lt=2**31)
    clip: uuid.UUID | None = None
    source_in: int | None = Field(None, ge=0, lt=2**31)
    source_out: int | None = Field(None, ge=1, lt=2**31)
    after: uuid.UUID | None = None
    gain: float | None = Field(None, allow_inf_nan=False)


@require_safe
@project_view(policies.can_view)
def page(request: ProjectRequest) -> HttpResponse:
    """The player over the tracks. What they show comes as one playlist, so that the page itself costs the same for any film."""
    cut = actions.cut_of(request.project)
    context = {
        "cut": cut,
        "clip_count": queries.clip_count(cut),
        "length": film_length(request.project),
        "may_edit": policies.can_edit_cut(request.role),
        "may_make": policies.can_make_takes(request.role),
        "operations": cut.operations.select_related("by").order_by("-number")[:30],
    }
    return render(request, "timeline/page.html", context)


@require_safe
@project_view(policies.can_view)
def playlist(request: ProjectRequest) -> JsonResponse:
    return JsonResponse(queries.playlist(request.project))


@require_POST
@project_view(policies.can_view, write=policies.can_edit_cut)
def operations(request: ProjectRequest) -> JsonResponse:
    """Apply one edit; answers with the new playlist. 400: not an edit; 409: somebody was faster, with the cut as it stands; 422: refused."""
    try:
        edit = Edit.model_validate(json.loads(request.body[:MAX_BODY]))
    except (ValueError, ValidationError, RecursionError):
        return JsonResponse({"problem": gettext("This is not an edit Firstcut knows. Reload the page; nothing was changed.")}, status=400)
    try:
        operation = _apply(request, edit)
    except EditConflict as conflict:
        clips = [_clip(clip) for clip in conflict.clips]
        answer = {"problem": str(conflict), "theirs": clips, "playlist": queries.playlist(request.project)}
        return JsonResponse(answer, status=409)
    except EditRefused as problem:
        return JsonResponse({"problem": str(problem), "playlist": queries.playlist(request.project)}, status=422)
    done = {"operation": operation.number, "kind": operation.kind} if operation else {"operation": None, "kind": edit.kind}
    return JsonResponse({**done, "playlist": queries.playlist(request.project)})


def _apply(request: ProjectRequest, edit: Edit) -> Operation | None:
    cut, by = actions.cut_of(request.project), request.user
    if edit.kind in ("undo", "redo"):
        return actions.undo(cut, by=by) if edit.kind == "undo" else actions.redo(cut, by=by)
    if edit.clip is None:
        raise EditRefused(gettext("An edit names its clip."))
    if edit.kind == "trim":
        if edit.source_in is None or edit.source_out is None:
            raise EditRefused(gettext("A trim says where the clip begins and where it ends."))
        return actions.trim_clip(cut, edit.clip, by=by, base=edit.base, source_in=edit.source_in, source_out=edit.source_out)
    if edit.kind == "move":
        return actions.move_clip(cut, edit.clip, by=by, base=edit.base, after=edit.after)
    if edit.kind == "level":
        return actions.set_level(cut, edit.clip, by=by, base=edit.base, gain=edit.gain)
    change = actions.remove_clip if edit.kind == "remove" else actions.restore_clip
    return change(cut, edit.clip, by=by, base=edit.base)


def _clip(clip: Clip) -> dict[str, Any]:
    return {
        "key": str(clip.pk),
        "code": clip.shot.code,
        "in": clip.source_in,
        "out": clip.source_out,
        "removed": clip.removed,
        "ownSound": clip.own_sound,
        "revision": clip.revision,
    }
