"""What the application's database role may do: everything but change what is written once."""

from django.conf import settings
from django.db import connection, transaction

from studio.web.environment import APP_ROLE


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
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}")
