"""A worker's session as it stands in the middle of writing something down: the project is locked, and then nothing more comes.

    python -m tests.chaos.holding → prints a line when it holds the lock, and waits to be killed
"""

from __future__ import annotations

import os
import threading


def main() -> None:
    os.environ.update(FIRSTCUT_PART="work", DJANGO_SETTINGS_MODULE="studio.web.settings")
    import django

    django.setup()
    from django.db import transaction

    from studio.events.log import hold
    from studio.projects.models import Project

    with transaction.atomic():
        hold(Project.objects.values_list("pk", flat=True)[0])
        print("held", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
