"""What a guest is shown, and what the team is told of its links."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext

from studio.projects.models import Project
from studio.review import queries as reviewing
from studio.review.models import Approval, Note
from studio.review.placing import Placed
from studio.share.entry import Entry
from studio.share.models import Guest, GuestNote, ShareLink, Watched
from studio.timeline.changes import Change, changes
from studio.timeline.models import CutRevision


@dataclass
class Said:
    """A note or an answer as a guest sees it: by "You", by another guest's name, or by the studio."""

    note: Note
    who: str
    own: bool
    guest: bool = False
    """Another guest: their name is what they typed, be it the studio's."""
    place: Placed | None = None
    answers: list[Said] = field(default_factory=list)


def conversation(entry: Entry) -> list[Said]:
    """What this guest may read: what they wrote, here or before; what the team shows to clients on this revision; other guests of the link only
    if the link says so. Nothing internal is even looked up. Five queries."""
    placed = reviewing.notes_on(entry.link.cut_revision, client=True)
    everything = [note.pk for one in placed for note in (one.note, *one.note.answers.all())]
    rows = GuestNote.objects.filter(note__in=everything).select_related("guest")
    by = {row.note_id: row.guest for row in rows}
    found = []
    for one in placed:
        said = _said(entry, one.note, by)
        if said is None or (one.carried and not said.own):
            continue
        said.place = one
        said.answers = [answer for answer in (_said(entry, each, by) for each in one.note.answers.all()) if answer is not None]
        found.append(said)
    return found


def _said(entry: Entry, note: Note, by: dict[Any, Guest]) -> Said | None:
    writer, me = by.get(note.pk), entry.guest
    if writer is None:
        return Said(note, gettext("The studio"), own=False)
    if me is not None and (writer.pk == me.pk or writer.person_id == me.person_id):
        return Said(note, gettext("You"), own=True)
    if entry.link.guests_see_each_other and writer.link_id == entry.link.pk:
        return Said(note, writer.name, own=False, guest=True)
    return None


def readable_note(entry: Entry, pk: Any) -> Note | None:
    """A note that this guest sees and may answer."""
    return next((said.note for said in conversation(entry) if said.note.pk == pk), None)


@dataclass(frozen=True)
class Signed:
    """A verdict this guest gave: on the revision of this link, or on an earlier one of the same cut, with what has changed from that to this."""

    approval: Approval
    here: bool
    changed: tuple[Change, ...] = ()


def signed_by(entry: Entry) -> list[Signed]:
    """The guest's verdicts on this cut, the last first. Only who has proved an address has any."""
    guest = entry.guest
    if guest is None or guest.verified is None:
        return []
    frozen = entry.link.cut_revision
    rows = Approval.objects.filter(person=guest.person, cut_revision__cut=frozen.cut_id, cut_revision__number__lte=frozen.number)
    found = []
    for row in rows.select_related("cut_revision__cut__project").order_by("-at"):
        here = row.cut_revision_id == frozen.pk
        found.append(Signed(row, here, () if here else tuple(changes(row.cut_revision, frozen))))
    return found


def newer_shared(frozen: CutRevision) -> CutRevision | None:
    """The newest revision of the cut that was shared after this one, by a link that has begun; what was approved before is superseded by it."""
    begun = Q(share_links__not_before=None) | Q(share_links__not_before__lte=timezone.now())
    rows = CutRevision.objects.filter(begun, cut=frozen.cut_id, number__gt=frozen.number, share_links__isnull=False)
    return rows.order_by("-number").first()


@dataclass(frozen=True)
class Shared:
    """One link as the portal lists it: whether it opens now, the last verdict this address signed on its revision, and what was shared since."""

    link: ShareLink
    is_open: bool
    verdict: Approval | None
    newer: CutRevision | None


def shared_with(email: str) -> list[Shared]:
    """Links that name this address, or through which it was proved, newest first; not those that were taken back, nor those yet to begin."""
    now = timezone.now()
    named = Q(recipients__email=email) | Q(guests__email=email, guests__verified__isnull=False)
    rows = ShareLink.objects.filter(pk__in=ShareLink.objects.filter(named).values("pk"), revoked=None)
    rows = rows.filter(Q(not_before=None) | Q(not_before__lte=now)).select_related("project", "cut_revision__cut").prefetch_related("recipients")
    signed: dict[int, Approval] = {}
    shown = [link.cut_revision_id for link in rows]
    for approval in Approval.objects.filter(email=email, verified__isnull=False, cut_revision__in=shown).order_by("at"):
        signed[approval.cut_revision_id] = approval
    return [
        Shared(link, link.expires > now, signed.get(link.cut_revision_id), newer_shared(link.cut_revision))
        for link in rows.order_by("-made")
        if link.welcomes(email)
    ]


def links_of(project: Project) -> list[ShareLink]:
    """Every link of the film, newest first; two queries."""
    rows = ShareLink.objects.filter(project=project).select_related("cut_revision__cut", "made_by", "revoked_by").prefetch_related("recipients")
    return list(rows.annotate(came=Count("guests")).order_by("-made"))


@dataclass
class Visit:
    """One guest of a link as the team sees them."""

    guest: Guest
    seen: list[Watched]
    part: float
    """Of the film, how much they have watched, from 0 to 1."""
    notes: int
    verdicts: list[Approval]
    """The one that counts, which is the last."""
    frames: int
    """Of the whole film."""

    @property
    def lengths(self) -> list[tuple[int, int]]:
        """(first, how many) of each range they watched."""
        return [(row.first, row.last + 1 - row.first) for row in self.seen]


def visits(link: ShareLink) -> list[Visit]:
    """Who came by a link, when, what they watched, wrote and signed; the last who came first."""
    total = sum(clip["source_out"] - clip["source_in"] for clip in link.cut_revision.data["clips"]) or 1
    guests = link.guests.select_related("person").annotate(written=Count("notes")).order_by("-came")
    rows = guests.prefetch_related(Prefetch("watched", queryset=Watched.objects.order_by("-until")))
    approvals: dict[Any, list[Approval]] = {}
    for approval in Approval.objects.filter(cut_revision=link.cut_revision).select_related("person").order_by("-at"):
        approvals.setdefault(approval.person_id, []).append(approval)
    found = []
    for guest in rows:
        seen = list(guest.watched.all())
        given = approvals.get(guest.person_id, [])[:1] if guest.verified else []
        found.append(Visit(guest, seen, _covered(seen) / total, guest.written, given, total))
    return found


def _covered(seen: list[Watched]) -> int:
    """Frames in any of these ranges."""
    covered, end = 0, -1
    for row in sorted(seen, key=lambda row: row.first):
        covered += max(0, row.last - max(row.first - 1, end))
        end = max(end, row.last)
    return covered
