"""`./firstcut up`, or `./firstcut worker`, with one more kind of job in every worker:
python -m tests.chaos.house [what `up` takes, or `worker` and what it takes]."""

from __future__ import annotations

import sys
from dataclasses import replace

from studio.web.commands import worker
from studio.web.commands.up import Up, parser
from studio.web.supervisor import Part, Supervisor


class TrialSupervisor(Supervisor):
    def keep(self, part: Part) -> None:
        super().keep(replace(part, command=[*part.command, "-I", "tests.chaos.kinds"]) if "celery" in part.command else part)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["worker"]:
        worker.Supervisor = TrialSupervisor  # type: ignore[attr-defined]
        return worker.main(arguments[1:])
    up = Up(parser().parse_args(arguments))
    up.supervisor = TrialSupervisor(up.say)
    return up.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
