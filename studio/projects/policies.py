"""Who may do what in a project, once, in words.

owner everything · producer all but deleting the project · writer the script and the shot list · artist shots, sound and cut ·
reviewer views · client only what is shared with them · a stranger nothing, not even that the project exists.
"""

from __future__ import annotations

from studio.projects.models import Role

TEAM = frozenset({Role.OWNER, Role.PRODUCER, Role.WRITER, Role.ARTIST, Role.REVIEWER})
LEADS = frozenset({Role.OWNER, Role.PRODUCER})


def can_view(role: str) -> bool:
    return role in TEAM


def can_write_script(role: str) -> bool:
    return role in LEADS or role == Role.WRITER


def can_edit_shot_list(role: str) -> bool:
    return role in LEADS or role in (Role.WRITER, Role.ARTIST)


def can_edit_world(role: str) -> bool:
    return role in LEADS or role in (Role.WRITER, Role.ARTIST)


def can_make_takes(role: str) -> bool:
    """Takes, lines, music: whatever spends the workers' time."""
    return role in LEADS or role == Role.ARTIST


def can_record_consents(role: str) -> bool:
    """Say that somebody agreed to the use of their voice, or that they no longer do."""
    return role in LEADS


def can_edit_cut(role: str) -> bool:
    return role in LEADS or role == Role.ARTIST


def can_note(role: str) -> bool:
    """Write notes, draw, answer, resolve."""
    return role in TEAM


def can_submit_cut(role: str) -> bool:
    """Freeze the cut as it stands and put it up for review."""
    return role in LEADS or role == Role.ARTIST


def can_approve(role: str) -> bool:
    """Give a verdict as one of the team."""
    return role in LEADS or role == Role.REVIEWER


def can_make_playlists(role: str) -> bool:
    """Put takes and revisions in an order to be watched."""
    return role in LEADS or role in (Role.ARTIST, Role.REVIEWER)


def can_start_session(role: str) -> bool:
    """Call the team to watch together; end a session that somebody else presents."""
    return can_submit_cut(role)


def can_attend(role: str) -> bool:
    """Watch with the others, draw, and take over from a presenter who is gone."""
    return can_note(role)


def can_share(role: str) -> bool:
    """Make links for clients, and revoke them."""
    return role in LEADS


def can_export(role: str) -> bool:
    return role in LEADS or role == Role.ARTIST


def can_cancel_jobs(role: str) -> bool:
    return role in LEADS or role == Role.ARTIST


def can_invite(role: str) -> bool:
    return role in LEADS


def can_change_settings(role: str) -> bool:
    return role in LEADS


def can_set_budget(role: str) -> bool:
    return role in LEADS


def can_delete_project(role: str) -> bool:
    return role == Role.OWNER
