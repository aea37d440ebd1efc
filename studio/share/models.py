"""Links for clients, and what their guests did. Frames are whole frames of the frozen cut, counted from 0; a range has its last frame in it."""

from __future__ import annotations

import hashlib
import uuid
from functools import cached_property
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop

from studio.projects.models import Project
from studio.review.models import Note
from studio.screening.models import Shown, of_one_thing
from studio.timeline.models import CutRevision
from studio.timeline.plan import CutPlan, frozen_plan, plan_of


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class SharedReel(models.Model):
    """What a playlist showed when it was shared, for ever: `data` is what it plays, in the form of a cut revision's, `hash` its SHA-256, `name` the
    playlist's then. The application's database role may add and delete such a row, and changes nothing of it but who made it (see settings)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shared_reels")
    name = models.CharField(max_length=120)
    data = models.JSONField()
    hash = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @cached_property
    def plan(self) -> CutPlan:
        return plan_of(self.data)


class SharedItem(Shown):
    """One take or revision of it, at its frames `at` to `at` + `frames`: neither can be deleted while this is there, and notes find it by this.
    Written once, as the whole."""

    reel = models.ForeignKey(SharedReel, on_delete=models.CASCADE, related_name="items")
    number = models.IntegerField()
    at = models.IntegerField()
    frames = models.IntegerField()

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            of_one_thing("shared_item_is_one_thing"),
            models.UniqueConstraint(fields=["reel", "number"], name="shared_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.take or self.cut_revision} in {self.reel_id}"


class Links(models.QuerySet["ShareLink"]):
    def now_open(self) -> Self:
        """Those that let anybody in now: begun, not over, not revoked. A spent view limit keeps out only who comes anew."""
        now = timezone.now()
        return self.filter(models.Q(not_before=None) | models.Q(not_before__lte=now), revoked=None, expires__gt=now)


class ShareLink(models.Model):
    """One way to one frozen revision, or to a playlist as it was. The token's 256 bits are kept as their SHA-256 alone, the password as Django's
    hasher leaves it.

    What a link allows is settled when it is made: only its name, expiry and recipients change later. A link that names recipients or domains is
    `restricted`: nothing is seen through it before the address was proved. `views` counts guests' sittings (see `guests.take_view`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="share_links")
    cut_revision = models.ForeignKey(CutRevision, null=True, on_delete=models.RESTRICT, related_name="share_links")
    reel = models.ForeignKey(SharedReel, null=True, on_delete=models.RESTRICT, related_name="share_links")
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=160, blank=True)
    not_before = models.DateTimeField(null=True)
    expires = models.DateTimeField()
    view_limit = models.IntegerField(null=True)
    views = models.IntegerField(default=0)
    wrong_passwords = models.IntegerField(default=0)
    right_passwords = models.IntegerField(default=0)
    may_note = models.BooleanField(default=True)
    may_draw = models.BooleanField(default=True)
    may_approve = models.BooleanField(default=True)
    may_take_proxy = models.BooleanField(default=False)
    may_take_master = models.BooleanField(default=False)
    domains = ArrayField(models.CharField(max_length=253), default=list)
    guests_see_each_other = models.BooleanField(default=False)
    watermark = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField(default=timezone.now)
    revoked = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = Links.as_manager()

    class Meta:
        ordering = ("-made",)
        constraints = [
            models.CheckConstraint(condition=models.Q(view_limit__isnull=True) | models.Q(view_limit__gte=1), name="link_limit_positive"),
            models.CheckConstraint(
                condition=models.Q(view_limit__isnull=True) | models.Q(views__lte=models.F("view_limit")), name="link_views_within_limit"
            ),
            models.CheckConstraint(
                condition=models.Q(cut_revision__isnull=False, reel__isnull=True)
                | models.Q(cut_revision__isnull=True, reel__isnull=False, may_approve=False),
                name="link_to_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def plan(self) -> CutPlan:
        """What it plays, whatever has become of the cut or the playlist since."""
        if self.reel is not None:
            return self.reel.plan
        assert self.cut_revision is not None
        return frozen_plan(self.cut_revision)

    @property
    def hash(self) -> str:
        """The fingerprint of what it plays."""
        frozen = self.cut_revision or self.reel
        assert frozen is not None
        return frozen.hash

    @property
    def state(self) -> str:
        now = timezone.now()
        if self.revoked:
            return gettext_noop("revoked")
        if self.expires <= now:
            return gettext_noop("expired")
        if self.not_before and self.not_before > now:
            return gettext_noop("not yet open")
        return gettext_noop("used up") if self.view_limit is not None and self.views >= self.view_limit else gettext_noop("open")

    @property
    def restricted(self) -> bool:
        return bool(self.domains) or bool(self.recipients.all())

    def welcomes(self, email: str) -> bool:
        """Whether this address is one of those the link is for; any is, where it names none."""
        if not self.restricted:
            return True
        domain = email.rpartition("@")[2]
        return domain in self.domains or any(one.email == email for one in self.recipients.all())


class Recipient(models.Model):
    """Somebody a link is for, by address (lower case)."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="recipients")
    email = models.EmailField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "email"], name="recipient_once")]
        ordering = ("email",)

    def __str__(self) -> str:
        return self.email


class Guest(models.Model):
    """One browser that came by a link, known again by its signed cookie; whoever types the same name elsewhere is another guest.

    `email` is what was claimed until `verified` says when it was proved. From then on `person` is the one of that address, in whatever browser.
    `viewed` is when the sitting began that was last counted against the link's limit.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="guests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="guest_visits")
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    verified = models.DateTimeField(null=True)
    came = models.DateTimeField(default=timezone.now)
    viewed = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Code(models.Model):
    """Six digits sent to an address, kept as a keyed hash; good once, for ten minutes and five tries, for one guest or for one browser at the portal
    (`browser` is its random name)."""

    guest = models.ForeignKey(Guest, null=True, on_delete=models.CASCADE, related_name="codes")
    browser = models.CharField(max_length=32, blank=True, default="")
    email = models.EmailField()
    digits_hash = models.CharField(max_length=64)
    made = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    tries = models.IntegerField(default=0)
    used = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(guest__isnull=False, browser="") | (models.Q(guest__isnull=True) & ~models.Q(browser="")), name="code_held_by_one"
            ),
        ]
        indexes = [models.Index(fields=["browser"], name="code_by_browser", condition=~models.Q(browser=""))]

    def __str__(self) -> str:
        return f"code for {self.email}"


class GuestNote(models.Model):
    """That a note or an answer was written through a link, and by which guest."""

    note = models.OneToOneField(Note, on_delete=models.CASCADE, related_name="from_guest")
    guest = models.ForeignKey(Guest, on_delete=models.CASCADE, related_name="notes")

    def __str__(self) -> str:
        return f"note of {self.guest}"


class Watched(models.Model):
    """Frames `first` to `last` that a guest's player has shown, from when to when. Ranges of one sitting that touch are one row."""

    guest = models.ForeignKey(Guest, on_delete=models.CASCADE, related_name="watched")
    first = models.IntegerField()
    last = models.IntegerField()
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-until",)
        constraints = [models.CheckConstraint(condition=models.Q(first__gte=0, last__gte=models.F("first")), name="watched_frames")]
        indexes = [models.Index(fields=["guest", "first"], name="watched_by_guest")]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"
