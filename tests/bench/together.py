"""Two hundred open pages on two web processes, in one review session: people come and go, four draw at once, notes are written; and a quarter of the
pages lose their connection in the middle. Says how late drawings and events arrive, and whether any note was missed by a page that came back.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.web.commands.up import listen
from tests.bench.fanout import Client, Heard, serve
from tests.bench.ground import ground, percentile, running
from tests.bench.lines import at_most

SOCKETS, PEOPLE, DRAWING, LOST = 200, 20, 4, 50
SECONDS, STROKES, NOTES = 20.0, 20, 2  # of each a second
DRAWN = re.compile(rb'"draw":\[[^{\]]*\{"id":"([0-9a-f-]{36})"')
TOLD = re.compile(rb'"e":\[(\d+),"note\.written"')


@dataclass
class Seen:
    """What all pages of the run heard."""

    sent: dict[bytes, int] = field(default_factory=dict)  # drawing → when it was sent, ns
    drawn: list[float] = field(default_factory=list)  # ms
    events: list[tuple[int, int, int]] = field(default_factory=list)  # page, event, when it was heard


class Page(Client):
    """A browser tab in a session: it says that it is there, draws if it is asked, and hears."""

    def __init__(self, request: bytes, seen: Seen, number: int, ready: asyncio.Future[None]) -> None:
        super().__init__(request, Heard(), ready)
        self.seen, self.number = seen, number

    def _frame(self) -> tuple[int, bytes] | None:
        frame = super()._frame()
        if frame is not None and frame[0] == 1:
            now = time.monotonic_ns()
            for name in DRAWN.findall(frame[1]):
                self.seen.drawn.append((now - self.seen.sent[name]) / 1e6)
            self.seen.events += [(self.number, int(event), now) for event in TOLD.findall(frame[1])]
        return frame

    def say(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        head = bytes([0x81, 0x80 | len(body)]) if len(body) < 126 else bytes([0x81, 0x80 | 126]) + len(body).to_bytes(2)
        if not self.transport.is_closing():
            self.transport.write(head + b"\0\0\0\0" + body)


@dataclass(frozen=True)
class Room:
    """What the pages need to know: where they connect, who they are, and which session they are in."""

    ports: tuple[int, int]
    path: str
    notes: str
    cookies: tuple[str, ...]
    session: str


async def opened(room: Room, seen: Seen, number: int) -> Page:
    port = room.ports[number % 2]
    lines = [
        f"GET {room.path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Origin: http://127.0.0.1:{port}", f"Cookie: {room.cookies[number % PEOPLE]}", "", "",
    ]  # fmt: skip
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    _, page = await loop.create_connection(lambda: Page("\r\n".join(lines).encode(), seen, number, ready), "127.0.0.1", port)
    await asyncio.wait_for(ready, 60)
    page.say({"in": [room.session, f"{number:016x}", 0]})
    return page


async def draws(page: Page, seen: Seen, until: float) -> None:
    """Short strokes, as a pen tells them while it moves."""
    points = [[0.1 + 0.01 * n, 0.5, 0.5] for n in range(6)]
    shape = {"v": 1, "kind": "pen", "colour": "cyan", "width": 0.006, "points": points}
    while time.monotonic() < until:
        name = str(uuid.uuid4())
        seen.sent[name.encode()] = time.monotonic_ns()
        page.say({"draw": {"id": name, "start": 0, "shape": shape, "frame": 3}})
        await asyncio.sleep(1 / STROKES)


async def moves(page: Page, until: float, rng: random.Random) -> None:
    """Somebody who is there, and now and then on another page."""
    while time.monotonic() < until:
        await asyncio.sleep(rng.uniform(4, 10))
        page.say({"here": [rng.choice(["review", "timeline", "storyboard"]), None]})


async def read_notes(room: Room, number: int) -> set[str]:
    """The notes as the page fetches them when it is back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", room.ports[number % 2])
    words = f"GET {room.notes} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {room.cookies[number % PEOPLE]}\r\nConnection: close\r\n\r\n"
    writer.write(words.encode())
    answer = await reader.read()
    writer.close()
    return set(re.findall(r'data-note="([0-9a-f-]{36})"', answer.decode(errors="replace")))


async def run(room: Room, writer: list[str]) -> tuple[Seen, dict[int, tuple[int, str]], int]:
    """All of it: what was heard, the notes that were written (event → when, which), and how many a page that was lost has missed."""
    seen, rng = Seen(), random.Random(4)
    pages = [await opened(room, seen, number) for number in range(SOCKETS)]
    await asyncio.sleep(2.0)  # what connecting has stirred up settles
    began = time.monotonic()
    until = began + SECONDS
    process = await asyncio.create_subprocess_exec(*writer, str(SECONDS), stdout=asyncio.subprocess.PIPE)
    tasks = [asyncio.create_task(draws(page, seen, until)) for page in pages[:DRAWING]]
    tasks += [asyncio.create_task(moves(page, until, rng)) for page in pages]
    await asyncio.sleep(SECONDS / 2)
    lost = pages[-LOST:]
    for page in lost:
        page.transport.abort()
    await asyncio.sleep(1.5)
    back = [await opened(room, seen, page.number) for page in lost]
    fetched = {page.number: await read_notes(room, page.number) for page in back}
    output = (await process.communicate())[0].decode()
    await asyncio.gather(*tasks)
    await asyncio.sleep(1.0)
    for page in [*pages, *back]:
        page.transport.close()
    written = {int(event): (int(at), note) for event, at, note in (line.split() for line in output.splitlines())}
    heard: dict[int, set[int]] = defaultdict(set)
    for number, event, _ in seen.events:
        heard[number].add(event)
    missed = sum(
        event not in heard[number] and note not in fetched.get(number, set()) for number in range(SOCKETS) for event, (_, note) in written.items()
    )
    return seen, written, missed


def write(project: str, seconds: float) -> None:
    """Runs in a process of its own: notes on the frozen cut, and a line for each: its event, when it was asked for, which note it is."""
    import django

    django.setup()
    from studio.accounts.models import Person
    from studio.events.models import Event
    from studio.review.notes import write_note
    from studio.timeline.models import CutRevision

    frozen = CutRevision.objects.select_related("cut__project").get(cut__project=uuid.UUID(project))
    by = Person.objects.get(email="bench0@example.com")
    began = time.monotonic()
    for number in range(int(seconds * NOTES)):
        time.sleep(max(0.0, began + number / NOTES - time.monotonic()))
        at = time.monotonic_ns()
        note = write_note(frozen, by=by, text=f"Note {number}.", first=number)
        event = Event.objects.filter(kind="note.written", subject_id=str(note.pk)).values_list("pk", flat=True)[0]
        print(event, at, note.pk, flush=True)


def people_of() -> tuple[str, str, tuple[str, ...], str]:
    """A film with a frozen cut and twenty members: its id, its slug, a cookie for each of them, and a session of the cut."""
    from django.conf import settings
    from django.test import Client as Browser

    from studio.accounts.actions import make_person
    from studio.projects.models import Membership
    from studio.screening.sessions import start_session
    from studio.timeline.freeze import freeze_cut
    from tests.films import film_of

    people = [make_person(email=f"bench{n}@example.com", name=f"Person {n}", by="bench") for n in range(PEOPLE)]
    film = film_of(people[0], "Bench")
    for person in people[1:]:
        Membership.objects.create(project=film.project, person=person, role="artist")
    session = start_session(film.project, freeze_cut(film.cut, by=people[0]), by=people[0])
    cookies = []
    for person in people:
        browser = Browser()
        browser.force_login(person)
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}")
    return str(film.project.pk), film.project.slug, tuple(cookies), str(session.pk)


def main() -> int:
    with ground() as data:
        project, slug, cookies, session = people_of()
        listening = [listen("127.0.0.1", 0) for _ in range(2)]
        ports = tuple(each.getsockname()[1] for each in listening)
        environment = {**os.environ, "FIRSTCUT_PART": "web", "FIRSTCUT_URL": f"http://127.0.0.1:{ports[0]}"}
        writer = [sys.executable, "-m", "tests.bench.together", "write", project]
        room = Room((ports[0], ports[1]), f"/projects/{slug}/live", f"/projects/{slug}/review/1/notes/", cookies, session)

        def web(number: int) -> Any:
            own = {**environment, "FIRSTCUT_URL": f"http://127.0.0.1:{ports[number]}"}
            return serve("studio", listening[number].fileno(), Path(data) / f"web{number}.log", own)

        with running(lambda: web(0), lambda: web(1)):
            for each in listening:
                each.close()
            seen, written, missed = asyncio.run(run(room, writer))
    late = [(at - written[event][0]) / 1e6 for _, event, at in seen.events if event in written]
    whole = missed == 0 and len(written) == int(SECONDS * NOTES)
    told = f"{SOCKETS} pages on two web processes, {len(written)} notes written, {LOST} pages lost and back, {missed} missed"
    print(at_most(f"{told}; events p50 {percentile(late, 50):.0f} ms, p95", percentile(late, 95), 250.0, "ms", whole))
    name = f"drawing together, {DRAWING} at {STROKES} a second, {len(seen.drawn):,} deliveries; p50 {percentile(seen.drawn, 50):.0f} ms, p95"
    print(at_most(name, percentile(seen.drawn, 95), 250.0, "ms"))
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(sys.argv[2], float(sys.argv[3]))
    else:
        sys.exit(main())
