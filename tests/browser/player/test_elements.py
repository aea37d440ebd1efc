"""The small elements: the film line, timecode, the socket, drafts, the palette."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.player.site import Site

pytestmark = pytest.mark.browser
FILM = [[n + 1, f"{n // 5 + 1}.{n % 5 + 1}", 24 + n, ["scripted", "boarded", "take"][n % 3], n == 4] for n in range(12)]


@pytest.fixture
def sockets(tab: Page) -> list[WebSocketRoute]:
    opened: list[WebSocketRoute] = []
    tab.route_web_socket("**/live", lambda socket: opened.append(socket))
    return opened


@pytest.fixture
def elements(tab: Page, web: Site, sockets: list[WebSocketRoute]) -> Page:
    web.answers["/film.json"] = {"revision": "1", "shots": FILM}
    web.answers["/search.json"] = {
        "found": [["shot", "3.3 Mara does not look up", "/pages/elements.html#shot-33"], ["character", "MARA", "/pages/elements.html#mara"]]
    }
    tab.goto(f"{web.url}/pages/elements.html")
    tab.evaluate("settled('filmLine')")
    tab.evaluate("settled('elements')")
    return tab


def test_timecode_against_known_values(elements: Page) -> None:
    known: list[tuple[int, int, int, bool, str]] = [
        (0, 30000, 1001, True, "00:00:00;00"),
        (1799, 30000, 1001, True, "00:00:59;29"),
        (1800, 30000, 1001, True, "00:01:00;02"),
        (17981, 30000, 1001, True, "00:09:59;29"),
        (17982, 30000, 1001, True, "00:10:00;00"),
        (107892, 30000, 1001, True, "01:00:00;00"),
        (1800, 30000, 1001, False, "00:01:00:00"),
        (3600, 60000, 1001, True, "00:01:00;04"),
        (215784, 60000, 1001, True, "01:00:00;00"),
        (86400, 24000, 1001, True, "01:00:00:00"),
        (1637, 24, 1, False, "00:01:08:05"),
        (49, 50, 1, False, "00:00:00:49"),
        (90000, 25, 1, False, "01:00:00:00"),
    ]
    for frame, num, den, drop, words in known:
        told = elements.evaluate(
            "async ([f, n, d, drop]) => (await import('/static/js/lib/timecode.js')).timecode(f, n, d, drop)", [frame, num, den, drop]
        )
        assert told == words
        back = elements.evaluate(
            "async ([w, n, d, drop]) => (await import('/static/js/lib/timecode.js')).parseTimecode(w, n, d, drop)", [words, num, den, drop]
        )
        assert back == frame
    skipped = elements.evaluate("async () => (await import('/static/js/lib/timecode.js')).parseTimecode('00:01:00;00', 30000, 1001, true)")
    assert skipped is None


def test_the_browser_ducks_as_the_export_does(elements: Page) -> None:
    from generation.media.mix import DUCK_DB, duck_envelope

    speech = [(0.1, 1.2), (3.0, 4.5), (5.0, 6.0), (20.0, 21.5), (29.0, 40.0)]
    for kind in ("music", "tone"):
        ours = elements.evaluate(
            "async ([s, t, d]) => (await import('/static/js/lib/ducking.js')).duckEnvelope(s, t, d)", [speech, 30.0, DUCK_DB[kind]]
        )
        theirs = duck_envelope(speech, 30.0, DUCK_DB[kind])
        assert [pytest.approx(point) for point in theirs] == [tuple(point) for point in ours]
        assert elements.evaluate("async (kind) => (await import('/static/js/lib/ducking.js')).DUCK_DB[kind]", kind) == DUCK_DB[kind]


def test_the_film_line_by_keys(elements: Page) -> None:
    line = elements.locator("film-line")
    line.focus()
    for key, words in (
        ("ArrowRight", "Shot 1.2, 25 frames, boarded, 2 of 12"),
        ("End", "Shot 3.2, 35 frames, take made, 12 of 12"),
        ("Home", "Shot 1.1"),
        ("PageDown", "11 of 12"),
        ("PageUp", "1 of 12"),
    ):
        elements.keyboard.press(key)
        expect(line.get_by_role("option")).to_contain_text(words)
    for _ in range(4):
        elements.keyboard.press("ArrowRight")
    expect(line.get_by_role("option")).to_contain_text("out of date")
    elements.evaluate("document.addEventListener('film:jump', (event) => { event.preventDefault(); window.jumped = event.detail; })")
    elements.keyboard.press("Enter")
    assert elements.evaluate("window.jumped") == {"shot": "5", "code": "1.5", "frame": 24 + 25 + 26 + 27}


def test_two_thousand_cells_draw_in_a_moment(elements: Page) -> None:
    spent = elements.evaluate(
        """() => { const line = document.querySelector('film-line');
        const cells = Array.from({length: 2000}, (_, n) => [n, String(n), 48, 'take', 0]);
        const began = performance.now(); line.show(cells); return performance.now() - began; }"""
    )
    assert spent < 60


def test_the_socket_tells_once_and_says_when_to_fetch_again(elements: Page, sockets: list[WebSocketRoute]) -> None:
    def heard(name: str) -> list[Any]:
        found: list[Any] = elements.evaluate("name => window.heard.filter((one) => one[0] === name)", name)
        return found

    socket = sockets[0]
    for _ in range(2):
        socket.send(json.dumps({"e": [7, "take.stored", "take", 5, 12]}))
    for done in range(1, 6):
        socket.send(json.dumps({"p": ["job-1", "shot", "12", done, 96, 31.5, 0]}))
    socket.send(json.dumps({"w": 1}))
    elements.evaluate("heardOf('live:presence')")
    elements.evaluate("heardOf('live:progress')")
    assert len(heard("live:event")) == 1 and len(heard("live:take.stored")) == 1 and len(heard("live:shot-12")) == 1
    assert 1 <= len(heard("live:progress")) <= 5 and heard("live:progress")[-1][1]["done"] == 5
    assert len(heard("live:presence")) == 1 and heard("live:back") == []
    socket.close(code=1001)
    elements.evaluate("heardOf('live:back')")
    assert len(sockets) == 2 and len(heard("live:back")) == 1


def test_unsaved_text_survives_a_reload(elements: Page) -> None:
    field = elements.get_by_label("Text")
    field.fill("Half a scene")
    elements.reload()
    expect(elements.get_by_label("Text")).to_have_value("Half a scene")
    elements.get_by_role("button", name="Throw it away").click()
    expect(elements.get_by_label("Text")).to_have_value("From the server")
    elements.reload()
    expect(elements.get_by_label("Text")).to_have_value("From the server")


def test_a_held_button_acts_only_when_held(elements: Page) -> None:
    elements.evaluate("document.getElementById('held').addEventListener('click', () => { window.deleted = true; })")
    button = elements.locator("#held")
    button.click()
    assert elements.evaluate("window.deleted ?? false") is False
    button.hover()
    elements.mouse.down()
    elements.evaluate("new Promise((done) => document.getElementById('held').addEventListener('click', done))")
    elements.mouse.up()
    assert elements.evaluate("window.deleted") is True


def test_the_palette_finds_and_goes(elements: Page) -> None:
    elements.keyboard.press("Control+k")
    box = elements.get_by_role("combobox")
    box.fill("mara")
    expect(elements.locator(".palette__item").first).to_contain_text("MARA")
    box.fill("33")
    expect(elements.locator(".palette__item").first).to_contain_text("3.3")
    elements.keyboard.press("Enter")
    elements.wait_for_url("**#shot-33")
    elements.evaluate("document.getElementById('act').addEventListener('click', () => { window.acted = true; })")
    elements.keyboard.press("Control+k")
    elements.get_by_role("combobox").fill("make the")
    elements.keyboard.press("Enter")
    assert elements.evaluate("window.acted") is True


def test_the_key_sheet(elements: Page) -> None:
    elements.keyboard.press("?")
    expect(elements.get_by_role("dialog")).to_contain_text("Find a page, shot, character or action")
    elements.keyboard.press("Escape")
    expect(elements.get_by_role("dialog")).to_be_hidden()
