"""What the application's database role may do: everything but change what is written once."""

from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction

from studio.web.environment import APP_ROLE, GPU_WORKER_ROLE, WORKER_ROLE

# A worker reads the rooms whose work it does …
WORKER_READS = ("delivery_", "events_", "jobs_", "ledger_", "material_", "media_", "script_", "shelf_", "shots_", "sound_",
    "storyboard_", "timeline_", "world_", "projects_project", "review_")  # fmt: skip
# … and writes what a job leaves behind. Nothing of accounts, sessions, memberships or invitations.
WORKER_WRITES = {
    "SELECT, INSERT": ("events_event", "ledger_entry", "jobs_attempt", "jobs_need", "media_holding", "media_rendition", "delivery_export",
        "material_piece", "material_piece_parents", "review_sheet", "script_draft", "shots_version", "sound_linetake", "sound_cuetake",
        "storyboard_drawing", "world_design"),
    "SELECT, INSERT, UPDATE": ("jobs_job", "jobs_share", "jobs_personshare", "ledger_balance", "media_asset", "shots_take", "shots_guide",
        "shelf_model"),
    "SELECT, UPDATE": ("review_attachment", "shots_shot", "sound_line", "sound_cue", "storyboard_panel", "world_character", "world_location"),
    "SELECT, INSERT, UPDATE, DELETE": ("jobs_worker", "shelf_host", "shelf_holding", "shelf_command"),
}  # fmt: skip
# Jobs of the queues "desk" and "work" call other machines, and "desk" looks whether they answer: those workers read where, with the sealed key, and
# write how it was. No job of the queue "gpu" calls anybody.
CALLER_MAY = (("SELECT", "providers_endpoint"), ("UPDATE (check_state, check_words, check_data, checked)", "providers_endpoint"))
# Whoever asked for a job, without the password's hash.
WORKER_KNOWS_OF_PEOPLE = "id, last_login, email, name, colour, language, is_active, is_guest, is_operator, joined"


def worker_grants(tables: Iterable[str], role: str = WORKER_ROLE) -> list[str]:
    """The statements that give a role of workers its least rights on these tables of the studio, and take all others away."""
    present = set(tables)
    said = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]
    said += [f"GRANT SELECT ON {table} TO {role}" for table in sorted(present) if table.startswith(WORKER_READS)]
    said += [f"GRANT {rights} ON {table} TO {role}" for rights, named in WORKER_WRITES.items() for table in sorted({*named} & present)]
    if role != GPU_WORKER_ROLE:
        said += [f"GRANT {rights} ON {table} TO {role}" for rights, table in CALLER_MAY if table in present]
    return [*said, f"GRANT SELECT ({WORKER_KNOWS_OF_PEOPLE}) ON accounts_person TO {role}"]


def grant_worker() -> None:
    """Give the roles of workers, where there are any, the least they need. Run as the owner of the tables, after every migration."""
    with transaction.atomic(), connection.cursor() as cursor:
        roles = [WORKER_ROLE, GPU_WORKER_ROLE]
        cursor.execute("SELECT current_user, ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname = ANY(%s) ORDER BY rolname)", [roles])
        user, there = cursor.fetchone()
        if user in (APP_ROLE, *roles):
            return
        for role in there:
            for statement in worker_grants(connection.introspection.table_names(cursor), role):
                cursor.execute(statement)


def grant() -> None:
    """Give the application its rights, in one transaction. Run as the owner of the tables, after every migration.

    A database with one role for everything (DATABASE_URL alone) keeps it: then the log is only as safe as that role,
    and `manage.py check --deploy` says so.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [APP_ROLE])
        user, exists = cursor.fetchone()
        if not exists or user == APP_ROLE:
            return
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        present = set(connection.introspection.table_names(cursor))
        for table in {*settings.APPEND_ONLY_TABLES} & present:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}")
        for table, columns in settings.WRITTEN_ONCE_TABLES.items():
            if table in present:
                cursor.execute(f"REVOKE UPDATE, TRUNCATE ON {table} FROM {APP_ROLE}")
                if columns:
                    cursor.execute(f"GRANT UPDATE ({columns}) ON {table} TO {APP_ROLE}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}")
