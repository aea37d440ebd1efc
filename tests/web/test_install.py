"""What a bare Debian machine is given, by the real script over an apt-get that only writes down what it was asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from studio.web.environment import ROOT

SCRIPT = ROOT / "docker" / "install"
BARE = ("bash", "grep", "id", "ffmpeg", "fc-match", "fc-list")
APT = """#!/bin/bash
echo "$*" >> "${0%/*}/asked"
if [ "$1" = install ]; then printf '#!/bin/bash\\n' > "${0%/*}/chromium"; /bin/chmod +x "${0%/*}/chromium"; fi
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs, without a browser."""
    for name in BARE:
        found = shutil.which(name)
        assert found, f"{name} is needed by the tests"
        (tmp_path / name).symlink_to(found)
    (tmp_path / "python3").symlink_to(Path(sys.base_prefix, "bin", "python3"))  # what stands in the path may be a script that finds one
    apt = tmp_path / "apt-get"
    apt.write_text(APT)
    apt.chmod(0o755)
    return tmp_path


def install(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(machine)}
    return subprocess.run([str(SCRIPT), *arguments], env=environment, capture_output=True, text=True, check=False)


def asked(machine: Path) -> list[str]:
    told = machine / "asked"
    return told.read_text().splitlines() if told.exists() else []


def test_only_what_is_lacking_is_said(machine: Path) -> None:
    assert install(machine, "--missing", "test").stdout.split() == ["chromium"]
    assert install(machine, "--missing").stdout == "", "a worker needs no browser"
    assert asked(machine) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs")
def test_it_is_installed_once(machine: Path) -> None:
    assert install(machine, "test").returncode == 0
    assert asked(machine) == ["update -qq", "install -y -qq --no-install-recommends chromium"]
    again = install(machine, "test")
    assert (again.returncode, again.stdout, len(asked(machine))) == (0, "", 2)


def test_who_may_not_install_is_told_what_to_say(machine: Path) -> None:
    (machine / "id").unlink()
    (machine / "id").write_text("#!/bin/bash\necho 1000\n")
    (machine / "id").chmod(0o755)
    said = install(machine, "test")
    assert said.returncode == 1 and "sudo apt install chromium" in said.stderr and asked(machine) == []


def test_a_word_it_does_not_know_is_refused(machine: Path) -> None:
    assert install(machine, "everything").returncode == 2
