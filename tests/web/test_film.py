"""A film by one command, on a real studio in a folder of its own."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from studio.web.children import dies_with_parent
from studio.web.commands import film
from studio.web.environment import ROOT, socket_folder
from tests.chaos.victim import clean_environment

SCREENPLAY = """INT. KITCHEN - NIGHT

MARTA sits at the table.

MARTA
Late.

EXT. HARBOUR - DAY

PAUL walks along the quay.
"""

pytestmark = pytest.mark.networks  # a whole film beside other tests may take longer than it waits


# Of some minutes, even on a fast machine: nobody waits for its end.
LONG = "\n\n".join(f"INT. ROOM {number} - NIGHT\n\nMARTA walks from wall to wall and looks out at the rain." for number in range(1, 150))


@pytest.fixture
def screenplay(tmp_path: Path) -> Path:
    path = tmp_path / "a-short-one.fountain"
    path.write_text(SCREENPLAY)
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file"),
        (b"", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"Dear all,\n\nplease find attached.\n", "no scene heading"),
    ],
)
def test_what_is_no_screenplay_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, words: str
) -> None:
    path = tmp_path / "x.fountain"
    if content is not None:
        path.write_bytes(content)
    assert film.main([str(path), "-o", str(tmp_path / "x.mp4"), "--data", str(tmp_path / "data")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_place_that_cannot_be_written_to_is_refused_before_anything_starts(screenplay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert film.main([str(screenplay), "-o", str(screenplay.parent), "--data", str(screenplay.parent / "data")]) == 2
    assert "is a folder" in capsys.readouterr().err
    assert film.main([str(screenplay), "-o", str(screenplay.parent / "no" / "x.mp4"), "--data", str(screenplay.parent / "data")]) == 2
    assert "There is no folder" in capsys.readouterr().err
    assert not (screenplay.parent / "data").exists()


@pytest.mark.parametrize("words", ["640", "0x0", "641x360", "wide", "99999x100"])
def test_a_size_that_cannot_be_is_refused(screenplay: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        film.main([str(screenplay), "--size", words])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(path.stem for path in (ROOT / "studio/web/commands").glob("[a-z]*.py")))
def test_a_command_is_there_before_the_settings_are(command: str) -> None:
    """What data folder it works on is known only when its arguments are read."""
    code = f"import studio.web.commands.{command}, django.conf; raise SystemExit(django.conf.settings.configured)"
    environment = clean_environment() | {"DJANGO_SETTINGS_MODULE": "studio.web.settings"}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment).returncode == 0, "it loaded them when it was imported"


class Command:
    """`./firstcut film` in a process of its own, with what it says."""

    def __init__(self, screenplay: Path, out: Path, data: Path) -> None:
        command = [sys.executable, "-m", "studio.web", "film", str(screenplay), "-o", str(out), "--data", str(data), "--size", "160x90"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=dies_with_parent()
        )
        self.said = ""
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.said += line
                self._news.notify_all()
        with self._news:
            self._news.notify_all()  # it says no more: nobody waits for what it did not say

    def hears(self, words: str, patience: float = 240) -> None:
        with self._news:
            assert self._news.wait_for(lambda: words in self.said or self.process.poll() is not None, patience), self.said
            assert words in self.said, self.said

    def ends(self, patience: float = 400) -> int:
        return self.process.wait(patience)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    shutil.rmtree(socket_folder((tmp_path / "data").resolve()), ignore_errors=True)


@pytest.mark.chaos
def test_one_film_is_stopped_and_another_that_leaned_on_its_studio_goes_on_to_the_end(screenplay: Path, data: Path) -> None:
    long = screenplay.with_name("a-long-one.fountain")
    long.write_text(LONG)
    first = Command(long, screenplay.with_name("first.mp4"), data)
    first.hears(" frames")
    out = screenplay.with_name("second.mp4")
    second = Command(screenplay, out, data)
    second.hears("Using the studio that runs")
    second.hears(" frames")
    first.process.send_signal(signal.SIGINT)
    assert first.ends() == 130
    first.hears("jobs cancelled")
    assert not screenplay.with_name("first.mp4").exists()
    assert second.ends() == 0, second.said
    second.hears("stays in the studio")
    with av.open(str(out)) as movie:
        frames = sum(1 for _ in movie.decode(video=0))
        assert (movie.streams.video[0].width, movie.streams.video[0].height) == (160, 90)
    assert f": {frames} frames" in second.said
    assert not list(out.parent.glob(".*.part"))
