import pytest
from django.db import DatabaseError, connection, transaction

from studio.events.log import record
from studio.events.models import Event


@pytest.mark.django_db
def test_the_application_reads_and_adds_to_the_log_but_cannot_change_it() -> None:
    with transaction.atomic():
        event = record("lamp.lit")
    for statement in ("UPDATE events_event SET kind = 'x'", "DELETE FROM events_event", "TRUNCATE events_event"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Event.objects.get(pk=event.pk).kind == "lamp.lit"


@pytest.mark.django_db
def test_the_application_cannot_change_tables() -> None:
    with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event ADD COLUMN more text")
