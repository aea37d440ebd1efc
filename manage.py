#!/usr/bin/env python
"""Django's commands, on the studio's database.

The commands that change tables run under the role that owns them; all others run as the application does.
"""

import os
import sys

OWNER_COMMANDS = frozenset({"migrate", "prepare", "sqlmigrate", "showmigrations", "squashmigrations"})


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.web.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["FIRSTCUT_ROLE"] = "owner"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
