"""People, and the links that let one in once."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy

# Eight hues that stay apart on a dark page and for most colour-blind eyes; the stylesheet gives each its value.
COLOUR_CHOICES = (
    ("amber", gettext_lazy("Amber")),
    ("teal", gettext_lazy("Teal")),
    ("rose", gettext_lazy("Rose")),
    ("blue", gettext_lazy("Blue")),
    ("lime", gettext_lazy("Lime")),
    ("violet", gettext_lazy("Violet")),
    ("orange", gettext_lazy("Orange")),
    ("cyan", gettext_lazy("Cyan")),
)
COLOURS = tuple(name for name, _ in COLOUR_CHOICES)


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A new person. Without a password they come in by link until they choose one."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        person = self.model(email=email.strip().lower(), **fields)
        person.colour = fields.get("colour") or COLOURS[person.pk.int % len(COLOURS)]
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Someone who can be named: a member, an operator, or a guest who came by a client's link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    """Always lower case, so that one address is one person however it is typed."""
    name = models.CharField(max_length=80)
    colour = models.CharField(max_length=16, choices=[(c, c) for c in COLOURS], default=COLOURS[0])
    language = models.CharField(max_length=10, blank=True)
    """A code of `settings.STUDIO_LANGUAGES`; empty for what the browser asks for, and English in mail."""
    is_active = models.BooleanField(default=True)
    is_guest = models.BooleanField(default=False)
    is_operator = models.BooleanField(default=False)
    """May see the farm and every project's jobs, not the projects."""
    joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_is_lower_case")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email).replace("@", " ").split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class OneTimeLink(models.Model):
    """A way in, usable once. Only the hash of its token is kept: the database cannot let anyone in."""

    class Purpose(models.TextChoices):
        OWNER = "owner", "first owner"
        SIGN_IN = "sign-in", "sign in"

    token_hash = models.BinaryField(unique=True, max_length=32)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="links")
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} link until {self.expires:%d %b %H:%M}"

    @property
    def usable(self) -> bool:
        return self.used_at is None and self.expires > timezone.now()
