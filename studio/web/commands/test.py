"""Run the whole suite: every test on servers of its own, several at once, and beside them style, types, borders and migrations.

With arguments, only pytest, with these. What the tests need is installed first; nothing of it is optional.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from studio.web import seed
from studio.web.environment import ROOT
from studio.web.warm import numba_cache

CHECKS = (
    ("style", [sys.executable, "-m", "ruff", "check", "studio", "generation", "tests", "manage.py"]),
    ("types", [sys.executable, "-m", "mypy"]),
    ("borders", [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
)
TORCH = "torch==2.13.0"
NETWORKS = ["-m", "networks"]  # alone: a browser takes fright when an interface comes or goes, and a film beside others may take too long


def main(arguments: list[str]) -> int:
    if arguments in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if not (install_packages() and install_torch()):
        return 1
    install_programs()
    seed.build()  # once for all the servers the suite starts
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(numba_cache())}
    if arguments:
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment).returncode
    with ThreadPoolExecutor(1) as beside:  # tests wait for browsers and workers most of their time
        checks = [(name, beside.submit(check, command, environment)) for name, command in CHECKS]
        several = ["-n", str(at_once()), "--dist", "worksteal", "-m", "not networks"]
        ended = [subprocess.run([sys.executable, "-m", "pytest", *each], cwd=ROOT, env=environment).returncode for each in (several, NETWORKS)]
        failed = [name for name, done in checks if not passed(name, *done.result())]
    if failed:
        print(f"\nNot passed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed or any(ended) else 0


def at_once() -> int:
    """How many tests run at once, each lot with servers of its own: one for each core, as far as memory reaches."""
    return max(1, min(os.cpu_count() or 1, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // (3 * 2**30), 4))


def check(command: list[str], environment: dict[str, str]) -> tuple[subprocess.CompletedProcess[str], float]:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done, time.monotonic() - began


def passed(name: str, done: subprocess.CompletedProcess[str], seconds: float) -> bool:
    print(f"{name:<12}{'passed' if done.returncode == 0 else 'FAILED'} in {seconds:.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def install_packages() -> bool:
    lock = ROOT / "requirements-test.lock"
    return _once("test", lock.read_bytes(), lambda: _pip("install", "--require-hashes", "-r", str(lock)))


def install_torch() -> bool:
    """The neural engines' libraries, with our own pins as limits: tests of them fail without, so its absence ends the run."""
    wanted = ROOT / "requirements-torch.txt"

    def install() -> bool:
        limits = ROOT / ".venv" / "limits.txt"
        pins = [line.removesuffix("\\").strip() for line in (ROOT / "requirements.lock").read_text().splitlines() if line[:1].isalnum()]
        limits.write_text("\n".join(pins) + "\n")
        print("Installing torch and diffusers for the tests (once, some minutes) …", flush=True)
        # torch alone and exactly: asked for with a range and the rest, pip may choose a build with gigabytes of GPU libraries.
        return _pip("install", TORCH) and _pip("install", "-c", str(limits), "-r", str(wanted))

    return _once("torch", wanted.read_bytes(), install)


def _once(name: str, content: bytes, install: Callable[[], bool]) -> bool:
    stamp = ROOT / ".venv" / f"{name}.stamp"
    digest = hashlib.sha256(content).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return True
    if not install():
        print(f"firstcut: what the tests need ({name}) could not be installed; pip's words stand above.", file=sys.stderr)
        return False
    stamp.write_text(digest)
    return True


def _pip(*arguments: str) -> bool:
    return subprocess.run([sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"], cwd=ROOT).returncode == 0


def install_programs() -> None:
    """Chromium, ffmpeg, a font and EGL, where we may: else the tests that need them say that they did not run."""
    if shutil.which("bash"):
        subprocess.run([str(ROOT / "docker" / "install"), "test"], check=False)
