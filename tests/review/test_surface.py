"""<drawing-surface> in a real browser: drawn on by pointer, pen, finger and keyboard; what it says while and after; what it shows of others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from studio.review.shapes import as_data, parse, parse_drawing
from tests.browser.player.site import Site

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
LISTEN = """() => {
  window.said = [];
  for (const name of ["stroke", "shape", "shapes", "drawing"])
    document.addEventListener(name, (event) => said.push({ name, at: event.timeStamp, detail: structuredClone(event.detail) }));
  window.surface = document.querySelector("drawing-surface");
  document.querySelector("#draw").addEventListener("click", () => surface.begin());
}"""
BOX = {"v": 1, "kind": "box", "colour": "teal", "width": 0.02, "from": [0.2, 0.2], "to": [0.8, 0.8]}


class Surface:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.locator("drawing-surface canvas")

    def place(self, x: float, y: float) -> tuple[float, float]:
        box = self.canvas.bounding_box()
        assert box
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def drag(self, *places: tuple[float, float]) -> None:
        self.page.mouse.move(*self.place(*places[0]))
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.place(*place))
        self.page.mouse.up()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def said(self, name: str) -> list[Any]:
        return [each["detail"] for each in self.page.evaluate("said") if each["name"] == name]

    @property
    def shapes(self) -> list[dict[str, Any]]:
        shapes: list[dict[str, Any]] = self.page.evaluate("surface.shapes")
        return shapes

    def colour_at(self, x: float, y: float) -> list[int]:
        """Red, green, blue and cover of a pixel of the canvas, after what is being painted is painted."""
        colour: list[int] = self.page.evaluate(
            """([x, y]) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
              const canvas = surface.canvas;
              done([...canvas.getContext("2d").getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data]);
            })))""",
            [x, y],
        )
        return colour

    def wipe(self) -> None:
        self.page.evaluate("said.length = 0")


def opened(page: Page, web: Site) -> Surface:
    page.goto(f"{web.url}/drawing/")
    expect(page.locator("drawing-surface canvas")).to_be_visible()
    page.evaluate("customElements.whenDefined('drawing-surface')")
    page.evaluate(LISTEN)
    return Surface(page)


@pytest.fixture
def surface(tab: Page, web: Site) -> Surface:
    surface = opened(tab, web)
    tab.locator("#draw").click()
    surface.wipe()
    return surface


@pytest.fixture
def touch(surface: Surface) -> Iterator[CDPSession]:
    """Fingers and pens are spoken to the browser itself; Playwright has only a mouse."""
    session = surface.page.context.new_cdp_session(surface.page)
    yield session
    session.detach()


def wave(count: int = 40) -> list[tuple[float, float]]:
    return [(0.1 + 0.015 * n, 0.5 + 0.2 * math.sin(n / 5)) for n in range(count)]


def test_each_tool_draws_its_shape_and_what_is_said_can_be_kept(surface: Surface) -> None:
    surface.drag(*wave())
    for number, tool in enumerate(("Arrow", "Box", "Ellipse")):
        surface.press(tool)
        surface.drag((0.2, 0.2 + number * 0.1), (0.3, 0.3), (0.6, 0.6 + number * 0.1))
    told = [detail["shape"] for detail in surface.said("shape")]
    assert [shape["kind"] for shape in told] == ["pen", "arrow", "box", "ellipse"]
    assert told == surface.shapes == surface.said("shapes")[-1]["shapes"]
    assert [as_data(shape) for shape in parse_drawing(told)] == told, "kept as it was drawn, to the digit"
    points = told[0]["points"]
    assert points[0] == pytest.approx([0.1, 0.5, 0.5], abs=0.002)
    assert points[-1] == pytest.approx([*wave()[-1], 0.5], abs=0.005)
    assert told[2]["from"] == pytest.approx([0.2, 0.3], abs=0.002)
    assert told[2]["to"] == pytest.approx([0.6, 0.7], abs=0.002)
    assert surface.colour_at(0.2, 0.45)[3] == 255


def test_a_slip_of_the_hand_is_no_box_and_a_tap_of_the_pen_is_a_dot(surface: Surface) -> None:
    surface.drag((0.5, 0.5), (0.5005, 0.5))
    surface.press("Box")
    surface.drag((0.2, 0.2), (0.2005, 0.2))
    [dot] = surface.said("shape")
    assert len(dot["shape"]["points"]) == 1
    assert surface.said("stroke")[-1] == {"id": surface.said("stroke")[-1]["id"], "start": 0, "shape": None}, "others are told that it is gone"
    assert surface.colour_at(0.5, 0.5)[3] == 255


def test_colours_and_widths_are_of_the_next_shape(surface: Surface) -> None:
    surface.press("Violet")
    surface.press("Thick")
    surface.drag((0.2, 0.2), (0.3, 0.3), (0.4, 0.3))
    surface.press("Thin")
    surface.drag((0.2, 0.6), (0.3, 0.7), (0.4, 0.7))
    assert [(shape["colour"], shape["width"]) for shape in surface.shapes] == [("violet", 0.012), ("violet", 0.003)]
    expect(surface.page.get_by_role("button", name="Violet")).to_have_attribute("aria-pressed", "true")
    expect(surface.page.get_by_role("button", name="Thick")).to_have_attribute("aria-pressed", "false")


def test_undo_redo_erase_and_clear(surface: Surface) -> None:
    page = surface.page
    surface.press("Box")
    surface.drag((0.1, 0.1), (0.2, 0.2), (0.4, 0.4))
    surface.drag((0.3, 0.3), (0.5, 0.5), (0.8, 0.8))
    both = surface.shapes
    page.keyboard.press("Control+z")
    assert surface.shapes == both[:1]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert surface.shapes == []
    expect(page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+y")
    assert surface.shapes == both
    surface.press("Erase one")
    surface.drag((0.6, 0.6), (0.6, 0.6))
    assert surface.shapes == both, "inside a box is not on it"
    surface.drag((0.15, 0.4), (0.15, 0.4))
    assert surface.shapes == both[1:]
    surface.press("Clear the drawing")
    assert surface.shapes == []
    surface.press("Undo")
    surface.press("Undo")
    assert surface.shapes == both
    assert surface.said("shapes")[-1]["shapes"] == both
    surface.drag((0.3, 0.4), (0.3, 0.4))
    assert surface.shapes == both[:1], "where they cross, the upper one"


def test_words_stand_where_they_were_written(surface: Surface) -> None:
    page = surface.page
    surface.press("Text")
    page.mouse.click(*surface.place(0.3, 0.4))
    field = page.get_by_role("textbox", name="Words on the frame")
    expect(field).to_be_focused()
    field.press_sequentially("Too dark")
    field.press("Shift+Enter")
    field.press_sequentially("here")
    field.press("Enter")
    expect(field).to_have_count(0)
    page.mouse.click(*surface.place(0.9, 0.8))
    field.press_sequentially("dropped")
    field.press("Escape")
    page.mouse.click(*surface.place(0.6, 0.1))
    field.press_sequentially("kept by going on")
    page.mouse.click(*surface.place(0.1, 0.9))
    surface.press("Pen")
    first, second = surface.shapes
    assert (first["text"], first["at"], first["size"]) == ("Too dark\nhere", pytest.approx([0.3, 0.4], abs=0.002), 0.045)
    assert second["text"] == "kept by going on"
    assert [as_data(parse(shape)) for shape in (first, second)] == [first, second]
    assert surface.said("drawing") == [], "Escape in the field did not end the drawing"
    expect(surface.canvas).to_have_attribute("aria-label", "Drawn on the frame: “Too dark\nhere”, “kept by going on”")
    surface.press("Erase one")
    surface.drag((0.31, 0.42), (0.31, 0.42))
    assert surface.shapes == [second]


def test_strokes_are_told_as_they_grow_and_put_together_again(surface: Surface) -> None:
    surface.drag(*[(0.05 + 0.85 * n / 400, 0.5 + 0.3 * math.sin(n / 20)) for n in range(400)])
    [finished] = surface.said("shape")
    told = surface.page.evaluate("said.filter(({ name }) => name === 'stroke').map(({ at, detail }) => ({ at, ...detail }))")
    assert {news["id"] for news in told} == {finished["id"]}
    assert len(told) >= 2
    assert all(after["at"] - before["at"] > 1000 / 30 - 2 for before, after in pairwise(told)), "at most thirty a second"
    for news in told:
        parse(news["shape"])
    assert sum(len(news["shape"]["points"]) for news in told) <= len(finished["shape"]["points"]), "each point is told once"
    joined = surface.page.evaluate(
        """(told) => import("/static/js/lib/drawing-pencil.js").then(({ joined }) => told.reduce((known, news) => joined(known, news), undefined))""",
        told,
    )
    assert joined["points"] == finished["shape"]["points"][: len(joined["points"])]
    assert len(joined["points"]) > 50


def test_a_stroke_that_never_ends_keeps_to_the_limit(surface: Surface) -> None:
    surface.page.evaluate(
        """() => import("/static/js/lib/drawing-pencil.js").then(({ Pencil }) => {
          const pencil = new Pencil("1", "pen", "rose", 0.006, 16 / 9, [0, 0, 0.5]);
          window.news = [];
          for (let n = 0; n < 9000; n++) { pencil.add([Math.abs((n / 500) % 2 - 1), (n / 9000), 0.5]); if (n % 100 === 0) news.push(pencil.news()); }
          window.long = pencil.finished;
        })"""
    )
    long = parse(surface.page.evaluate("long"))
    assert 1000 <= len(long.points) <= 2000  # type: ignore[union-attr]
    assert surface.page.evaluate("news.filter((one) => one && one.start === 0).length") >= 2, "thinned, it is told anew from the beginning"


def test_what_others_draw_grows_and_goes(surface: Surface) -> None:
    page = surface.page
    part = {"v": 1, "kind": "pen", "colour": "cyan", "width": 0.03}
    page.evaluate("(news) => surface.draw('theirs', news)", {"start": 0, "shape": {**part, "points": [[0.2, 0.5, 0.5], [0.4, 0.5, 0.5]]}})
    assert surface.colour_at(0.3, 0.5) == [0x86, 0xCB, 0xE0, 255]
    assert surface.colour_at(0.6, 0.5)[3] == 0
    page.evaluate("(news) => surface.draw('theirs', news)", {"start": 2, "shape": {**part, "points": [[0.7, 0.5, 0.5]]}})
    assert surface.colour_at(0.3, 0.5)[3] == surface.colour_at(0.6, 0.5)[3] == 255
    assert surface.shapes == [], "it is not ours"
    page.evaluate("surface.draw('theirs', null)")
    assert surface.colour_at(0.3, 0.5)[3] == 0


def test_neighbouring_frames_show_at_a_quarter(surface: Surface) -> None:
    page = surface.page
    page.evaluate("(shape) => surface.showGhost([shape, shape])", BOX)
    assert surface.colour_at(0.2, 0.5)[3] == pytest.approx(64, abs=1), "both together, not one through the other"
    page.evaluate("(shape) => surface.show([shape])", {**BOX, "from": [0.4, 0.4], "to": [0.6, 0.6]})
    assert surface.colour_at(0.4, 0.5)[3] == 255
    assert surface.colour_at(0.2, 0.5)[3] == pytest.approx(64, abs=1)
    page.evaluate("surface.showGhost([])")
    assert surface.colour_at(0.2, 0.5)[3] == 0
    assert surface.said("shapes") == [], "what is shown was not drawn"
    page.keyboard.press("Control+z")
    assert len(surface.shapes) == 1


def test_without_drawing_it_lets_everything_through(tab: Page, web: Site) -> None:
    surface = opened(tab, web)
    tab.evaluate("document.querySelector('.frame').addEventListener('click', () => { window.clicked = (window.clicked ?? 0) + 1; })")
    surface.drag((0.2, 0.2), (0.5, 0.5))
    assert surface.shapes == []
    assert tab.evaluate("clicked") == 1
    tab.keyboard.press("t")
    expect(tab.get_by_role("toolbar", name="Drawing")).to_have_count(0)
    tab.evaluate("surface.begin()")
    surface.drag((0.2, 0.2), (0.5, 0.5))
    assert tab.evaluate("clicked") == 1, "a player would pause at every stroke"
    tab.evaluate("surface.end()")
    assert [detail["drawing"] for detail in surface.said("drawing")] == [True, False]
    assert len(surface.shapes) == 1


def test_escape_gives_up_the_shape_first_and_then_ends(surface: Surface) -> None:
    page = surface.page
    page.mouse.move(*surface.place(0.2, 0.2))
    page.mouse.down()
    page.mouse.move(*surface.place(0.5, 0.5))
    page.keyboard.press("Escape")
    page.mouse.move(*surface.place(0.7, 0.5))
    page.mouse.up()
    assert surface.said("shape") == []
    assert surface.said("drawing") == []
    page.keyboard.press("Escape")
    assert surface.said("drawing") == [{"drawing": False}]
    expect(page.get_by_role("toolbar", name="Drawing")).to_have_count(0)


def test_a_pen_presses_and_its_other_end_erases(surface: Surface, touch: CDPSession) -> None:
    def pen(kind: str, x: float, y: float, force: float, button: str = "left", buttons: int = 1) -> None:
        at = dict(zip(("x", "y"), surface.place(x, y), strict=True))
        send = {"type": kind, **at, "pointerType": "pen", "force": force, "button": button, "buttons": buttons, "clickCount": 1}
        touch.send("Input.dispatchMouseEvent", send)

    pen("mousePressed", 0.2, 0.5, 0.1)
    for n in range(1, 20):
        pen("mouseMoved", 0.2 + n * 0.02, 0.5, 0.1 + n * 0.04)
    pen("mouseReleased", 0.6, 0.5, 0)
    [drawn] = surface.said("shape")
    pressures = [point[2] for point in drawn["shape"]["points"][1:-1]]
    assert pressures == sorted(pressures)
    assert pressures[0] < 0.2 < 0.8 < pressures[-1]
    thick = surface.page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done([0.25, 0.55].map((x) => {
          const { width, height } = surface.canvas;
          const column = surface.canvas.getContext("2d").getImageData(Math.round(x * width), 0, 1, height).data;
          return column.filter((value, n) => n % 4 === 3 && value === 255).length;
        })))))"""
    )
    assert thick[1] > 1.5 * thick[0]


def test_a_finger_draws_and_the_page_stays(surface: Surface, touch: CDPSession) -> None:
    page = surface.page
    page.set_viewport_size({"width": 1280, "height": 500})

    def swipe(x: float, first: float, last: float) -> None:
        def point(y: float) -> list[dict[str, float]]:
            return [dict(zip(("x", "y"), (surface.place(x, 0)[0], y), strict=True))]

        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": point(first)})
        for n in range(1, 11):
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": point(first + (last - first) * n / 10)})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    scroller = "document.scrollingElement.scrollTop + [...document.querySelectorAll('*')].reduce((sum, one) => sum + one.scrollTop, 0)"
    swipe(0.5, 400, 200)
    [drawn] = surface.said("shape")
    assert len(drawn["shape"]["points"]) > 5
    assert {point[2] for point in drawn["shape"]["points"]} == {0.5}, "a finger has no pressure"
    assert page.evaluate(scroller) == 0
    page.evaluate("surface.end()")
    swipe(0.5, 400, 200)
    page.wait_for_function(f"{scroller} > 50")
    assert len(surface.said("shape")) == 1


def test_by_keyboard_alone(tab: Page, web: Site) -> None:
    surface = opened(tab, web)
    tab.locator("#draw").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Pen", exact=True)).to_be_focused()
    for _ in range(2):
        tab.keyboard.press("ArrowRight")
    expect(tab.get_by_role("button", name="Box", exact=True)).to_be_focused()
    tab.keyboard.press("Space")
    tab.keyboard.press("End")
    expect(tab.get_by_role("button", name="Done")).to_be_focused()
    tab.keyboard.press("ArrowRight")
    expect(tab.get_by_role("button", name="Pen", exact=True)).to_be_focused()
    tab.keyboard.press("Shift+Tab")
    expect(surface.canvas).to_be_focused()
    assert surface.colour_at(0.5, 0.5)[3] == 255, "the cross"
    tab.keyboard.press("Enter")
    for _ in range(3):
        tab.keyboard.press("Shift+ArrowRight")
        tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    [box] = surface.shapes
    assert box["kind"] == "box"
    assert (box["from"], box["to"]) == ([0.5, 0.5], pytest.approx([0.5 + 0.15 * 9 / 16, 0.53], abs=1e-4))
    tab.keyboard.press("t")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("textbox", name="Words on the frame")).to_be_focused()
    tab.keyboard.type("by keys")
    tab.keyboard.press("Enter")
    expect(surface.canvas).to_be_focused()
    tab.keyboard.press("x")
    tab.keyboard.press("Enter")
    assert surface.shapes == [box]
    tab.keyboard.press("Escape")
    expect(tab.locator("#draw")).to_be_focused()


def test_letters_typed_elsewhere_choose_no_tool(surface: Surface) -> None:
    note = surface.page.get_by_role("textbox", name="Note")
    note.click()
    surface.page.keyboard.type("patex")
    surface.page.keyboard.press("Control+z")
    assert surface.page.evaluate("surface.tool") == "pen"
    surface.drag((0.2, 0.2), (0.3, 0.3))
    expect(surface.canvas).not_to_be_focused()  # else the space bar would set the cross instead of playing
    surface.page.keyboard.press("a")
    assert surface.page.evaluate("surface.tool") == "arrow", "whoever draws has left the field"


def test_it_is_as_sharp_as_the_screen_and_lies_on_the_picture(browser: Any, web: Site) -> None:
    context = browser.new_context(viewport={"width": 900, "height": 700}, device_scale_factor=2)
    page = context.new_page()
    surface = opened(page, web)
    page.evaluate("surface.begin()")
    assert page.evaluate("[surface.canvas.width, surface.canvas.height]") == page.evaluate("[2 * surface.clientWidth, 2 * surface.clientHeight]")
    page.evaluate("document.querySelector('.frame').style.aspectRatio = '4 / 3'")  # a picture of 16:9 in a squarer box has bars above and below
    surface.press("Box")
    surface.drag((0.2, 0.125), (0.5, 0.5), (0.8, 0.875))
    [box] = surface.shapes
    assert (box["from"], box["to"]) == (pytest.approx([0.2, 0.0], abs=0.003), pytest.approx([0.8, 1.0], abs=0.003))
    assert surface.colour_at(0.2, 0.5)[3] == 255
    context.close()


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_tool_bar_fits_and_has_names(browser: Any, web: Site, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)  # axe writes styles of its own
    page = context.new_page()
    surface = opened(page, web)
    page.evaluate("surface.begin()")
    expect(page.get_by_role("toolbar", name="Drawing")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    surface.press("Text")
    page.mouse.click(*surface.place(0.5, 0.5))
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { preload: false }).then((told) => told.violations.map(({ id, nodes }) => [id, nodes[0].html]))")
    assert found == []
    context.close()


def test_taken_out_of_the_page_it_leaves_nothing(surface: Surface) -> None:
    page = surface.page
    page.evaluate("surface.remove()")
    expect(page.get_by_role("toolbar", name="Drawing")).to_have_count(0)
    page.keyboard.press("a")
    page.evaluate("document.querySelector('.frame').append(surface)")
    expect(page.get_by_role("toolbar", name="Drawing")).to_have_count(1)
    surface.drag((0.2, 0.2), (0.5, 0.5))
    assert len(surface.shapes) == 1
