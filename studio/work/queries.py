"""Boards of work: by status, by person, by scene. What a board costs the database does not grow with the film."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from studio.accounts.models import Person
from studio.projects.days import day
from studio.projects.models import Membership, Project, Role
from studio.script.models import Scene
from studio.shots.models import Shot, ShotLine
from studio.storyboard.models import Panel
from studio.work.beginning import begin_work
from studio.work.models import Automation, Standing, Status

WAYS = (("status", gettext_noop("By status")), ("person", gettext_noop("By person")), ("scene", gettext_noop("By scene")))
ONLY = (("", gettext_noop("All")), ("mine", gettext_noop("Mine")), ("overdue", gettext_noop("Overdue")))
FIRST_COLUMNS, FIRST_CARDS, MORE_CARDS = 8, 20, 60
MOST_ASKED = 60
"""Cards that can be asked for by their shots at once."""
COLUMN = {"status": "at", "person": "standing__assigned_id", "scene": "scene_id"}
ORDER = ("scene__order", "scene_id", "position", "pk")


@dataclass(frozen=True)
class View:
    """What a board shows: how it is divided and what it leaves out."""

    by: str = "status"
    only: str = ""
    scene: int | None = None

    @classmethod
    def of(cls, asked: Any) -> View:
        """From a query string; what makes no sense there is left out."""
        by, only, scene = asked.get("by", ""), asked.get("only", ""), asked.get("scene", "")
        number = int(scene) if scene.isascii() and scene.isdecimal() and len(scene) < 16 else None
        return cls(by if by in COLUMN else "status", only if only in ("mine", "overdue") else "", number)

    def query(self, **other: Any) -> str:
        """As a query string, with some of it changed; without what is as ever."""
        both = {"by": self.by, "only": self.only, "scene": self.scene, **other}
        told = {name: value for name, value in both.items() if value and (name, value) != ("by", "status")}
        return "?" + "&".join(f"{name}={value}" for name, value in told.items())


@dataclass
class Card:
    """One shot on a board. Its panel is what the storyboard draws."""

    shot: Shot
    panel: Panel | None
    status: Status
    assigned: Person | None
    due: date | None
    revision: int
    column: str

    @property
    def overdue(self) -> bool:
        return self.due is not None and not self.status.done and self.due < timezone.localdate()

    @property
    def plan(self) -> str:
        """Whose it is and by when, as the button says it that changes it."""
        said = [gettext("for %(name)s") % {"name": self.assigned} if self.assigned else gettext("nobody yet")]
        if self.due is not None:
            said += [gettext("due %(day)s") % {"day": day(self.due)}, *([gettext("overdue")] if self.overdue else [])]
        return gettext("%(code)s: %(plan)s. Change") % {"code": self.shot.code, "plan": ", ".join(said)}

    @property
    def sort(self) -> str:
        """Its place in the film, as numbers that compare one after another."""
        return f"{self.shot.scene.order}:{self.shot.scene_id}:{self.shot.position}:{self.shot.pk}"


@dataclass
class Column:
    key: str
    name: str
    count: int = 0
    done: int = 0
    status: Status | None = None
    person: Person | None = None
    scene: Scene | None = None
    cards: list[Card] | None = None  # None: to be asked for when it comes into view
    last: int | None = None  # the shot behind which more stand


@dataclass
class Board:
    columns: list[Column]
    total: int
    done: int
    statuses: list[Status] = field(default_factory=list)


def statuses_of(project: Project) -> list[Status]:
    """A film that has none yet is given its first ones."""
    rows = Status.objects.filter(project=project)
    return list(rows) or ([*rows.all()] if begin_work(project) else [])


def team_of(project: Project) -> list[Person]:
    rows = Membership.objects.filter(project=project).exclude(role=Role.CLIENT).select_related("person").order_by("person__name", "person_id")
    return [row.person for row in rows]


def board(project: Project, view: View, viewer: Any) -> Board:
    """The columns with how many shots each has; the first of them with their first cards."""
    statuses = statuses_of(project)
    shots = _shots(project, view, viewer, statuses)
    counted = list(shots.order_by().values(column=F(COLUMN[view.by])).annotate(n=Count("pk"), ended=Count("pk", filter=Q(finished=True))))
    counts = {row["column"]: (row["n"], row["ended"]) for row in counted}
    columns = _columns(project, view, viewer, statuses, counts)
    for column, key in columns:
        column.count, column.done = counts.get(key, (0, 0))
    _fill(project, shots, view, columns[:FIRST_COLUMNS], statuses)
    return Board([column for column, _ in columns], sum(n for n, _ in counts.values()), sum(done for _, done in counts.values()), statuses)


def column_of(project: Project, view: View, viewer: Any, key: str, after: Shot | None = None) -> Column | None:
    """One column with its first cards, or those behind a shot. None if the board has no such column."""
    statuses = statuses_of(project)
    shots = _shots(project, view, viewer, statuses)
    columns = _columns(project, view, viewer, statuses, {_value(view, key): (1, 0)})
    found = next(((column, value) for column, value in columns if column.key == key), None)
    if found is None:
        return None
    column, value = found
    here = shots.filter(**{COLUMN[view.by]: value}) if value is not None else shots.filter(**{f"{COLUMN[view.by]}__isnull": True})
    told = here.aggregate(n=Count("pk"), ended=Count("pk", filter=Q(finished=True)))
    column.count, column.done = told["n"], told["ended"]
    size = MORE_CARDS if after is not None else FIRST_CARDS
    if after is not None:
        here = here.filter(_behind(after))
    wanted = list(here.order_by(*ORDER).values_list("pk", flat=True)[: size + 1])
    column.cards = cards_of(project, wanted[:size], view, statuses)
    column.last = wanted[size - 1] if len(wanted) > size else None
    return column


def counts_of(project: Project, view: View, viewer: Any) -> dict[str, int]:
    """How many shots each column has that has any, by its key."""
    shots = _shots(project, view, viewer, statuses_of(project))
    rows = shots.order_by().values(column=F(COLUMN[view.by])).annotate(n=Count("pk"))
    return {_key(row["column"]): row["n"] for row in rows}


def shown_of(project: Project, view: View, viewer: Any, asked: Iterable[int]) -> list[Card]:
    """Of these shots the cards that the board shows."""
    statuses = statuses_of(project)
    wanted = _shots(project, view, viewer, statuses).filter(pk__in=list(asked)[:MOST_ASKED]).values_list("pk", flat=True)
    return cards_of(project, list(wanted), view, statuses)


def cards_of(project: Project, pks: Sequence[int], view: View, statuses: Sequence[Status]) -> list[Card]:
    """Cards of shots in the film's order; as many queries for one as for all."""
    start = next(status for status in statuses if status.starts)
    known = {status.pk: status for status in statuses}
    lines = ShotLine.objects.filter(line__removed=False).select_related("line__character").order_by("start", "pk")
    panels = Panel.objects.filter(order=0).select_related("drawing")
    shots = Shot.objects.filter(pk__in=pks).select_related("scene", "version__take", "standing__assigned")
    shots = shots.prefetch_related(Prefetch("panels", panels, to_attr="first_panels"), Prefetch("shot_lines", lines)).order_by(*ORDER)
    return [_card(shot, view, known, start) for shot in shots]


def _card(shot: Shot, view: View, known: dict[int, Status], start: Status) -> Card:
    row: Standing | None = getattr(shot, "standing", None)
    panels: list[Panel] = shot.first_panels  # type: ignore[attr-defined]
    status = known[row.status_id] if row else start
    value = {"status": status.pk, "person": row.assigned_id if row else None, "scene": shot.scene_id}[view.by]
    panel = panels[0] if panels else None
    if panel is not None:
        panel.shot = shot
    return Card(shot, panel, status, row.assigned if row else None, row.due if row else None, row.revision if row else 0, _key(value))


def _shots(project: Project, view: View, viewer: Any, statuses: Sequence[Status]) -> QuerySet[Shot]:
    """The shots a board shows, each with its status `at` and whether that is `finished`."""
    start = next(status for status in statuses if status.starts)
    shots: Any = Shot.objects.in_film(project).annotate(
        at=Coalesce("standing__status_id", Value(start.pk)), finished=Coalesce("standing__status__done", Value(start.done))
    )
    if view.only == "mine":
        shots = shots.filter(standing__assigned=viewer)
    elif view.only == "overdue":
        shots = shots.filter(standing__due__lt=timezone.localdate(), finished=False)
    return shots.filter(scene=view.scene) if view.scene is not None and view.by != "scene" else shots  # type: ignore[no-any-return]


def _columns(project: Project, view: View, viewer: Any, statuses: Sequence[Status], counts: dict[Any, Any]) -> list[tuple[Column, Any]]:
    """The columns in order, each with the value it stands for. People who left and still have shots have a column too."""
    if view.by == "status":
        return [(Column(str(status.pk), status.words, status=status), status.pk) for status in statuses]
    if view.by == "scene":
        scenes = Scene.objects.filter(project=project, pk__in=[key for key in counts if key is not None]).order_by("order", "pk")
        return [(Column(str(scene.pk), f"{scene.number} {scene.heading}", scene=scene), scene.pk) for scene in scenes]
    if view.only == "mine":
        return [(Column(str(viewer.pk), viewer.name, person=viewer), viewer.pk)]
    team = team_of(project)
    gone = Person.objects.filter(pk__in=[key for key in counts if key is not None]).exclude(pk__in=[one.pk for one in team]).order_by("name")
    people = [*team, *gone.filter(pk__in=Standing.objects.filter(shot__project=project).values("assigned"))]
    return [(Column("none", gettext("Nobody yet")), None), *((Column(str(one.pk), str(one), person=one), one.pk) for one in people)]


def _fill(project: Project, shots: QuerySet[Shot], view: View, columns: Sequence[tuple[Column, Any]], statuses: Sequence[Status]) -> None:
    """The first cards of each of these columns: two queries and those of `cards_of`, however many."""
    values = [value for _, value in columns]
    here = Q(column__in=[value for value in values if value is not None]) | (Q(column=None) if None in values else Q(pk=None))
    place = Window(RowNumber(), partition_by=[F("column")], order_by=list(ORDER))
    numbered: Any = shots.order_by().annotate(column=F(COLUMN[view.by])).filter(here).annotate(place=place)
    found = list(numbered.filter(place__lte=FIRST_CARDS).values_list("pk", flat=True))
    cards = cards_of(project, found, view, statuses)
    for column, _ in columns:
        column.cards = [card for card in cards if card.column == column.key]
        column.last = column.cards[-1].shot.pk if column.cards and column.count > len(column.cards) else None


def _behind(shot: Shot) -> Q:
    order = shot.scene.order
    later = Q(scene__order__gt=order) | Q(scene__order=order, scene_id__gt=shot.scene_id)
    same = Q(scene_id=shot.scene_id)
    return later | (same & Q(position__gt=shot.position)) | (same & Q(position=shot.position, pk__gt=shot.pk))


def _key(value: Any) -> str:
    return "none" if value is None else str(value)


def _value(view: View, key: str) -> Any:
    if view.by == "person":
        try:
            return uuid.UUID(key)
        except ValueError:
            return None
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else None


@dataclass(frozen=True)
class Used:
    """A status and what hangs on it."""

    status: Status
    shots: int
    rules: int

    @property
    def free(self) -> bool:
        return not (self.shots or self.rules or self.status.starts)

    @property
    def words(self) -> str:
        """What it is used by."""
        said = []
        if self.shots:
            said.append(ngettext("%(count)d shot", "%(count)d shots", self.shots) % {"count": self.shots})
        if self.rules:
            said.append(ngettext("%(count)d automation", "%(count)d automations", self.rules) % {"count": self.rules})
        return gettext(" and ").join(said) or gettext("new shots start there")


def used_statuses(project: Project) -> list[Used]:
    """Three queries. Shots set aside count too: they come back where they stood."""
    statuses = statuses_of(project)
    shots = dict(Standing.objects.filter(shot__project=project).values_list("status").annotate(n=Count("pk")))
    bare = Shot.objects.filter(project=project, standing=None).count()
    rules: dict[int, int] = {}
    for pair in Automation.objects.filter(project=project).values_list("status", "to_status"):
        for pk in {pk for pk in pair if pk is not None}:
            rules[pk] = rules.get(pk, 0) + 1
    return [Used(one, shots.get(one.pk, 0) + (bare if one.starts else 0), rules.get(one.pk, 0)) for one in statuses]


@dataclass(frozen=True)
class Mine:
    """How many shots of a film are given to somebody and not done, and how many of those are overdue."""

    open: int
    overdue: int


def work_of(project: Project, person: Any) -> Mine:
    """One query."""
    rows = Standing.objects.filter(shot__project=project, shot__removed=False, assigned=person, status__done=False)
    told = rows.aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(due__lt=timezone.localdate())))
    return Mine(told["open"], told["overdue"])


def automations_of(project: Project) -> QuerySet[Automation]:
    return Automation.objects.filter(project=project).select_related("status", "to_status", "to_person")


def seen_by_clients(project: Project, shots: Iterable[int]) -> dict[int, Status]:
    """Of these shots the status that a client may see; those whose status is the team's own are not in it."""
    start = begin_work(project)
    rows = Standing.objects.filter(shot__project=project, shot__in=list(shots), status__client_sees=True).select_related("status")
    found = {row.shot_id: row.status for row in rows}
    if start.client_sees:
        bare = Shot.objects.filter(project=project, pk__in=list(shots), standing=None).values_list("pk", flat=True)
        found |= dict.fromkeys(bare, start)
    return found
