"""The borders between rooms hold, and a violation of each would be seen."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from studio.web.environment import ROOT

PLANTED = {
    "a room knows only the rooms before it in the work": ("studio/media/planted.py", "from studio.shots import models\n"),
    "generation is a library: no studio, no Django": ("generation/media/planted.py", "from django.conf import settings\n"),
    "studio knows of generation only what can be asked, except where work is done": ("studio/shots/planted.py", "import generation.runner\n"),
    "engines never import each other": ("generation/engines/planted.py", "from generation.engines import diffusion\n"),
}


def lint(folder: Path) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "pyproject.toml"], cwd=folder, capture_output=True, text=True
    )
    return " ".join(done.stdout.split())


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("borders")
    for package in ("studio", "generation"):
        shutil.copytree(ROOT / package, folder / package, ignore=lambda _, names: [n for n in names if n == "__pycache__"])
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_border_holds_and_a_planted_violation_of_each_is_seen(copy: Path) -> None:
    before = lint(copy)
    for path, line in PLANTED.values():
        (copy / path).write_text(line)
    after = lint(copy)
    for name in PLANTED:
        assert f"{name} KEPT" in before, before
        assert f"{name} BROKEN" in after, after
