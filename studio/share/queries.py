"""What a guest is shown, and what the team is told of its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext

from studio.jobs.models import State
from studio.media.models import Asset
from studio.projects.models import Project
from studio.review import queries as reviewing
from studio.review.models import Approval, Attachment, Note
from studio.review.placing import Placed
from studio.screening.queries import notes_on_reel
from studio.share.entry import Entry
from studio.share.freezing import reel_of_link
from studio.share.models import Guest, GuestNote, ShareLink, Watched
from studio.timeline.changes import Change, changes
from studio.timeline.models import CutRevision


@dataclass(frozen=True)
class File:
    """What came with a note, as a guest is shown it. `asset` is what leaves, None where nothing does: while it is being opened, if it could not be,
    and (`withheld`) where the link wants a watermark, which no picture of the studio's bears here."""

    sent: Attachment
    asset: str | None
    withheld: bool = False
    url: str = ""

    @property
    def failed(self) -> bool:
        return self.asset is None and not self.withheld and self.sent.job is not None and self.sent.job.state == State.FAILED


@dataclass
class Said:
    """A note or an answer as a guest sees it: by "You", by another guest's name, or by the studio."""

    note: Note
    who: str
    own: bool
    guest: bool = False
    """Another guest: their name is what they typed, be it the studio's."""
    place: Placed | None = None
    files: list[File] = field(default_factory=list)
    answers: list[Said] = field(default_factory=list)


def conversation(entry: Entry) -> list[Said]:
    """What this guest may read: what they wrote, here or before; what the team shows to clients on this revision, or on what the playlist shows;
    other guests of the link only if the link says so. Nothing internal is even looked up. Five queries, and one more for a playlist."""
    placed = _placed(entry.link)
    everything = [note.pk for one in placed for note in (one.note, *one.note.answers.all())]
    rows = GuestNote.objects.filter(note__in=everything).select_related("guest")
    by = {row.note_id: row.guest for row in rows}
    found = []
    for one in placed:
        said = _said(entry, one.note, by)
        if said is None or (one.carried and not said.own):
            continue
        said.place = one
        said.files = [_file(entry, sent, own=said.own) for sent in one.note.attachments.all()]
        said.answers = [answer for answer in (_said(entry, each, by) for each in one.note.answers.all()) if answer is not None]
        found.append(said)
    return found


def _placed(link: ShareLink) -> list[Placed]:
    """The notes on what a link shows that clients may see. On a playlist, those that were not made on it or on one of its revisions are `carried`."""
    if link.cut_revision is not None:
        return reviewing.notes_on(link.cut_revision, client=True)
    return notes_on_reel(link.project, reel_of_link(link), client=True)


def _said(entry: Entry, note: Note, by: dict[Any, Guest]) -> Said | None:
    writer, me = by.get(note.pk), entry.guest
    if writer is None:
        return Said(note, gettext("The studio"), own=False)
    if me is not None and (writer.pk == me.pk or writer.person_id == me.person_id):
        return Said(note, gettext("You"), own=True)
    if entry.link.guests_see_each_other and writer.link_id == entry.link.pk:
        return Said(note, writer.name, own=False, guest=True)
    return None


def _file(entry: Entry, sent: Attachment, *, own: bool) -> File:
    withheld = entry.link.watermark and not own and sent.medium != Attachment.Medium.SOUND
    asset = sent.renditions.get("rendition") if sent.medium == Attachment.Medium.FILM else sent.asset_id
    return File(sent, None if withheld else asset, withheld, entry.url("attachment", sent.pk))


def readable_file(entry: Entry, pk: int) -> Asset | None:
    """What of a file that came with a note leaves to this guest: of one that they may read, and nothing of any other."""
    found = next((file.asset for said in conversation(entry) for file in said.files if file.sent.pk == pk), None)
    return Asset.objects.filter(pk=found).first() if found else None


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
    if frozen is None:
        return []
    rows = Approval.objects.filter(person=guest.person, cut_revision__cut=frozen.cut_id, cut_revision__number__lte=frozen.number)
    found = []
    for row in rows.select_related("cut_revision__cut__project").order_by("-at"):
        here = row.cut_revision_id == frozen.pk
        found.append(Signed(row, here, () if here else tuple(changes(row.cut_revision, frozen))))
    return found


def newer_for(entry: Entry) -> CutRevision | None:
    """The newest later revision of the link's cut that whoever came was shown too, or could be; what was approved before is superseded by it."""
    frozen, link, guest = entry.link.cut_revision, entry.link, entry.guest
    if frozen is None:
        return None
    if entry.preview:  # as those see it whom the link is for
        return newer_shared(frozen, [one.email for one in link.recipients.all()], link.domains)
    return newer_shared(frozen, [guest.email] if guest is not None and guest.verified else [])


def newer_shared(frozen: CutRevision, emails: Sequence[str], domains: Sequence[str] = ()) -> CutRevision | None:
    """The newest later revision of the cut that was shared with one of these proved addresses, or with whoever holds a link.

    A revision was shared by a link that has begun and was not taken back, also one whose time is over; one that was taken back shared nothing, but
    for who signed by it. A link for other people's addresses is none of theirs, and is not hinted at."""
    shown = ShareLink.objects.filter(Q(not_before=None) | Q(not_before__lte=timezone.now()), cut_revision=OuterRef("pk"), revoked=None)
    named = [*domains, *(email.rpartition("@")[2] for email in emails)]
    theirs = Q(domains=[], recipients=None) | Q(recipients__email__in=emails) | Q(domains__overlap=named)
    signed = Approval.objects.filter(cut_revision=OuterRef("pk"), email__in=emails, verified__isnull=False, person__is_guest=True)
    later = CutRevision.objects.filter(cut=frozen.cut_id, number__gt=frozen.number)
    return later.filter(Exists(shown.filter(theirs)) | Exists(signed)).order_by("-number").first()


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
    rows = rows.filter(Q(not_before=None) | Q(not_before__lte=now))
    rows = rows.select_related("project", "cut_revision__cut", "reel").prefetch_related("recipients")
    signed: dict[int | None, Approval] = {}
    shown = [link.cut_revision_id for link in rows if link.cut_revision_id]
    for approval in Approval.objects.filter(email=email, verified__isnull=False, cut_revision__in=shown).order_by("at"):
        signed[approval.cut_revision_id] = approval
    return [
        Shared(link, link.expires > now, signed.get(link.cut_revision_id), newer_shared(link.cut_revision, [email]) if link.cut_revision else None)
        for link in rows.order_by("-made")
        if link.welcomes(email)
    ]


def links_of(project: Project) -> list[ShareLink]:
    """Every link of the film, newest first; two queries."""
    rows = ShareLink.objects.filter(project=project).select_related("cut_revision__cut", "reel", "made_by", "revoked_by")
    return list(rows.prefetch_related("recipients").annotate(came=Count("guests")).order_by("-made"))


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
    total = link.plan.total or 1
    guests = link.guests.select_related("person").annotate(written=Count("notes")).order_by("-came")
    rows = guests.prefetch_related(Prefetch("watched", queryset=Watched.objects.order_by("-until")))
    approvals: dict[Any, list[Approval]] = {}
    for approval in Approval.objects.filter(cut_revision=link.cut_revision_id).select_related("person").order_by("-at"):
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
