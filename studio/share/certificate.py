"""What was signed, on paper; and whether a paper, or a record, still says the truth.

The seal is HMAC-SHA256 under the installation's key over what the paper says: with it a certificate is known as one that this studio made, without
it the paper proves nothing by itself. What it certifies is in the database and the store, and `examine` works that out anew.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language, gettext, override
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from studio.events.models import Event
from studio.media.store import store
from studio.projects.days import moment
from studio.review.approving import statement
from studio.review.interchange import letters
from studio.review.models import Approval
from studio.timeline.freeze import content_hash

SIGN = "firstcut-approval"
MARK = re.compile(rb"firstcut-approval:([0-9a-f-]{36}):([0-9a-f]{64}):([0-9a-f]{64})")
LARGEST = 5_000_000  # bytes of a certificate


def seal(approval: Approval) -> str:
    told = "\n".join([str(approval.pk), approval.hash, approval.verdict, approval.name, approval.email, approval.at.isoformat(), approval.words])
    if approval.language != "en":
        told += f"\n{approval.language}"
    return salted_hmac("studio.share.certificate", told, algorithm="sha256").hexdigest()


def certificate_of(approval: Approval) -> bytes:
    """One page of A4, or more where the words are many, as PDF, in the language that was signed in; the same bytes every time, whoever reads it."""
    with override(approval.language):
        return _printed(approval)


def _printed(approval: Approval) -> bytes:
    letters.load()
    out = BytesIO()
    mark = f"{SIGN}:{approval.pk}:{approval.hash}:{seal(approval)}"
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=24 * mm,
        bottomMargin=20 * mm,
        invariant=1,
        title=gettext("Certificate of approval"),
        author="Firstcut",
        subject=mark,
    )
    plain = ParagraphStyle("plain", fontName=letters.PLAIN, fontSize=10, leading=15, spaceAfter=6)
    small = ParagraphStyle("small", parent=plain, fontSize=8, leading=12, textColor=HexColor("#555555"), spaceAfter=1)
    head = ParagraphStyle("head", parent=plain, fontName=letters.BOLD, fontSize=20, leading=26, spaceAfter=12)
    dense = ParagraphStyle("dense", parent=plain, wordWrap="CJK")

    def said(text: str) -> Paragraph:
        return Paragraph(letters.marked_up(text), dense if letters.is_dense(text) else plain)

    frozen = approval.cut_revision
    cut = {"cut": frozen.cut.name, "number": frozen.number, "when": _when(frozen.at)}
    rows = [
        (gettext("Film"), frozen.cut.project.name),
        (gettext("Cut"), gettext("%(cut)s, revision %(number)s, frozen %(when)s UTC") % cut),
        (gettext("Verdict"), approval.get_verdict_display()),
        (gettext("Signed by"), approval.name),
        (gettext("Address"), _address(approval)),
        (gettext("Signed"), f"{_when(approval.at)} UTC"),
        (gettext("Fingerprint (SHA-256)"), approval.hash),
        (gettext("Record"), str(approval.pk)),
    ]
    story: list[Flowable] = [Paragraph(letters.marked_up(gettext("Certificate of approval"), letters.BOLD), head)]
    for name, value in rows:
        story += [Paragraph(letters.marked_up(name), small), said(value)]
    story += [Paragraph(letters.marked_up(gettext("Statement, as it was shown before signing")), small), said(approval.statement)]
    if approval.words:
        story += [Paragraph(letters.marked_up(gettext("In the signer's words")), small), said(approval.words)]
    note = gettext(
        "The fingerprint is of the cut's rate, picture size, takes, their frames and its sounds. The studio that issued this works it out anew "
        "from its records and from the files themselves with: ./firstcut verify <this file>"
    )
    tight = ParagraphStyle("tight", parent=small, wordWrap="CJK") if letters.is_dense(note) else small
    sealed = gettext("Seal %(seal)s") % {"seal": seal(approval)}
    story += [Spacer(1, 8 * mm), Paragraph(letters.marked_up(note), tight), Paragraph(letters.marked_up(sealed), small)]
    document.build(story)
    return out.getvalue()


def _when(at: datetime) -> str:
    return f"{at:%d %B %Y %H:%M:%S}" if get_language() == "en" else moment(at, "H:i:s")


def _address(approval: Approval) -> str:
    if not approval.verified:
        return approval.email
    return gettext("%(email)s, proved %(when)s UTC") % {"email": approval.email, "when": _when(approval.verified)}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `good` False: it is not as it was signed."""

    good: bool
    words: str


class NoCertificate(Exception):
    """What was given names no approval here."""


def find(given: str, content: bytes = b"") -> tuple[Approval, list[Finding]]:
    """The approval of an id, or of a certificate's bytes, and what the certificate itself is worth. Raises `NoCertificate`."""
    if not content:
        return _approval(given), []
    mark = MARK.search(content[:LARGEST])
    if mark is None:
        raise NoCertificate("This file is no certificate of an approval by Firstcut.")
    key, digest, sealed = (part.decode() for part in mark.groups())
    approval = _approval(key)
    return approval, [
        Finding(digest == approval.hash, f"The certificate names the fingerprint {digest}."),
        Finding(constant_time_compare(sealed, seal(approval)), "The certificate bears this studio's seal on what the record says."),
        Finding(content == certificate_of(approval), "The certificate is, byte for byte, what this studio prints of the record."),
    ]


def _approval(key: str) -> Approval:
    try:
        found = Approval.objects.select_related("cut_revision__cut__project", "person").filter(pk=uuid.UUID(key)).first()
    except ValueError:
        raise NoCertificate(f"{key!r} is neither the id of an approval nor a file.") from None
    if found is None:
        raise NoCertificate(f"No approval {key} is recorded here.")
    return found


def examine(approval: Approval) -> Iterator[Finding]:
    """Work out anew what was signed: the frozen data, the record, the log, and the bytes of every take and sound."""
    frozen = approval.cut_revision
    now = content_hash(frozen.data)
    yield Finding(now == frozen.hash, f"Revision {frozen.number} has the fingerprint {now}, worked out anew from what was frozen.")
    yield Finding(now == approval.hash, f"The approval of {approval.at:%d %B %Y %H:%M} UTC by {approval.name} is of that fingerprint.")
    with override(approval.language):
        expected = statement(frozen, approval.verdict, name=approval.name, email=approval.email)
    yield Finding(approval.hash in approval.statement, f"The statement that was signed names it: {approval.statement}")
    if approval.statement != expected:
        yield Finding(True, f"(The film or the cut has another name now; today the statement would read: {expected})")
    logged = Event.objects.filter(kind="cut.judged", subject_id=str(approval.pk)).first()
    good = logged is not None and logged.data.get("hash") == approval.hash and logged.data.get("verdict") == approval.verdict
    yield Finding(good, f"The log holds it as event {logged.seq if logged else '—'} of the film; `./firstcut verify` checks the log's chain.")
    names = dict.fromkeys([clip["asset"] for clip in frozen.data["clips"]] + [sound["asset"] for sound in frozen.data["sounds"]])
    bad = [sha256 for sha256 in names if _digest(sha256) != sha256]
    for sha256 in bad:
        yield Finding(False, f"The file {sha256} is lost or altered.")
    yield Finding(not bad, f"{len(names) - len(bad)} of {len(names)} takes and sounds were read and have the bytes that were signed.")


def _digest(sha256: str) -> str:
    """The SHA-256 of the file's bytes as they lie in the store; empty if it is not there."""
    digest = hashlib.sha256()
    try:
        size = store().size(sha256)
        for piece in store().read(sha256, 0, size):
            digest.update(piece)
    except Exception as problem:
        if isinstance(problem, FileNotFoundError) or not store().has(sha256):
            return ""
        raise
    return digest.hexdigest()
