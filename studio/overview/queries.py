"""Looking across rooms: the film line, who is here, what waits for somebody, and finding anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from studio.accounts.models import Person
from studio.jobs.models import OPEN, Job
from studio.media.sources import asset_url
from studio.projects import policies
from studio.projects.models import Project
from studio.projects.presence import who_is_here
from studio.shots.models import Shot
from studio.storyboard.models import Panel
from studio.work.queries import work_of
from studio.world.models import Character, Location


def film_line(project: Project) -> list[list[Any]]:
    """[shot id, code, frames, stage, stale] in the film's order; two slim queries, for 2,000 shots about 100 KiB of JSON."""
    drawn = set(Panel.objects.filter(shot__project=project).exclude(drawing=None).values_list("shot_id", flat=True))
    values = Shot.objects.in_film(project).values_list("pk", "code", "frames", "take_count", "stale")
    return [
        [pk, code, frames, "take" if takes else "boarded" if pk in drawn else "scripted", int(bool(stale))]
        for pk, code, frames, takes, stale in values
    ]


_FILM_LINE = """
SELECT md5(string_agg(concat_ws(' ', shot.id, shot.code, shot.frames, shot.take_count > 0, shot.stale <> '', drawn.is, scene.order), '|'
    ORDER BY scene.order, scene.id, shot.position, shot.id))
FROM shots_shot AS shot JOIN script_scene AS scene ON scene.id = shot.scene_id
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM storyboard_panel WHERE shot_id = shot.id AND drawing_id IS NOT NULL) AS is) AS drawn
WHERE shot.project_id = %s AND NOT shot.removed
"""


def film_line_revision(project: Project) -> str:
    """Changes exactly when what the film line shows does; the database takes it from the rows themselves, a few milliseconds for
    2,000 shots."""
    with connection.cursor() as cursor:
        cursor.execute(_FILM_LINE, [project.pk])
        row = cursor.fetchone()
    return row[0] or "empty" if row else "empty"


@dataclass(frozen=True)
class Present:
    """Somebody who has the project open, and where they are in it."""

    person: Person
    where: str
    url: str


HERE = gettext_noop("here")
PAGES = {
    "overview": gettext_noop("in overview"),
    "script": gettext_noop("in script"),
    "world": gettext_noop("in world"),
    "storyboard": gettext_noop("in storyboard"),
    "timeline": gettext_noop("in timeline"),
    "shot": gettext_noop("in shot"),
    "review": gettext_noop("in review"),
    "work": gettext_noop("in work"),
    "sessions": gettext_noop("in sessions"),
    "deliver": gettext_noop("in deliver"),
    "settings": gettext_noop("in settings"),
    "activity": gettext_noop("in activity"),
}
"""Where somebody is, by the first part of the page's address, as its socket says it (`realtime.consumers.PAGES`)."""


def presence(project: Project, *, without: Any = None) -> list[Present]:
    """Who is here now, with links to where they are; two queries."""
    here = [one for one in who_is_here(str(project.pk)) if without is None or one.person != str(without.pk)]
    people = {str(person.pk): person for person in Person.objects.filter(pk__in=[one.person for one in here], memberships__project=project)}
    codes = dict(Shot.objects.filter(project=project, pk__in=[one.shot for one in here if one.shot]).values_list("pk", "code"))
    found = []
    for one in here:
        if one.person not in people:
            continue
        if one.shot in codes:
            where = gettext("on shot %(code)s") % {"code": codes[one.shot]}
            found.append(Present(people[one.person], where, reverse("shots:page", args=[project.slug, one.shot])))
        else:
            found.append(Present(people[one.person], gettext(PAGES.get(one.page, HERE)), ""))
    return found


def search_index(project: Project) -> list[list[str]]:
    """[kind, words, address] of everything one can jump to; the page filters as one types."""
    found: list[list[str]] = []
    for pk, code, action in (
        Shot.objects.in_film(project).values_list("pk", "code", "action")
    ):
        found.append(["shot", f"{code} {action[:80]}", reverse("shots:page", args=[project.slug, pk])])
    world = reverse("world:page", args=[project.slug])
    found += [["character", name, world] for name in Character.objects.filter(project=project, removed=False).values_list("name", flat=True)]
    found += [["place", name, world] for name in Location.objects.filter(project=project, removed=False).values_list("name", flat=True)]
    return found


@dataclass(frozen=True)
class Waiting:
    """What somebody should look at next."""

    words: str
    url: str
    icon: str


def waiting_for(project: Project, role: str, person: Any = None) -> list[Waiting]:
    """What this film waits for, as far as this role can do something about it; of the work, what is `person`'s."""
    slug = project.slug
    todo: list[Waiting] = []
    shots = Shot.objects.filter(project=project, removed=False)
    total = shots.count()
    if not total and policies.can_write_script(role):
        return [Waiting(gettext("Write or drop the screenplay"), reverse("script:page", args=[slug]), "script")]
    if person is not None and (mine := work_of(project, person)).open:
        words = ngettext("%(count)d shot given to you", "%(count)d shots given to you", mine.open) % {"count": mine.open}
        if mine.overdue:
            words = gettext("%(given)s, %(count)d overdue") % {"given": words, "count": mine.overdue}
        url = f"{reverse('work:board', args=[slug])}?only=mine"
        todo.append(Waiting(words, url, "work"))
    failed = Job.objects.filter(project=project, state="failed").count()
    if failed and policies.can_cancel_jobs(role):
        words = ngettext("%(count)d job failed", "%(count)d jobs failed", failed) % {"count": failed}
        todo.append(Waiting(words, reverse("overview:project", args=[slug]), "failed"))
    stale = shots.exclude(stale="").count()
    if stale:
        words = ngettext("%(count)d shot changed since the take was made", "%(count)d shots changed since the take was made", stale)
        todo.append(Waiting(words % {"count": stale}, reverse("storyboard:wall", args=[slug]), "stale"))
    bare = shots.filter(take_count=0).count()
    if bare and not Job.objects.filter(project=project, kind="shot", state__in=OPEN).exists() and policies.can_make_takes(role):
        words = ngettext("%(count)d shot has no take yet", "%(count)d shots have no take yet", bare)
        todo.append(Waiting(words % {"count": bare}, reverse("storyboard:wall", args=[slug]), "film"))
    return todo


def anything_made(projects: list[Project]) -> bool:
    """Whether workers have anything to do for one of these films."""
    return Job.objects.filter(project__in=projects, state__in=OPEN).exists()


@dataclass(frozen=True)
class FilmCard:
    """One film on the home page."""

    project: Project
    shots: int
    done: int
    frames: int
    poster: str

    @property
    def seconds(self) -> float:
        return self.project.seconds(self.frames)


def film_cards(projects: list[Project]) -> list[FilmCard]:
    """Cards for the home page: two queries, however many films. The poster is a panel, one near to people before any other."""
    found = Shot.objects.filter(project__in=projects, removed=False).values("project_id")
    sums = {row["project_id"]: row for row in found.annotate(n=Count("pk"), done=Count("pk", filter=Q(take_count__gt=0)), frames=Sum("frames"))}
    panels = Panel.objects.filter(shot__project__in=projects, shot__removed=False).exclude(drawing=None)
    pictures = dict(
        panels.annotate(far=~Q(shot__size__in=("two-shot", "medium", "medium close-up")))
        .order_by("shot__project", "far", "shot__scene__order", "shot__position")
        .distinct("shot__project")
        .values_list("shot__project", "drawing__asset")
    )
    cards = []
    for project in projects:
        row = sums.get(project.pk, {"n": 0, "done": 0, "frames": 0})
        picture = pictures.get(project.pk)
        cards.append(FilmCard(project, row["n"], row["done"], row["frames"] or 0, asset_url(project, picture) if picture else ""))
    return cards
