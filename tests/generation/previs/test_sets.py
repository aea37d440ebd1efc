"""Sets: every kind at every hour and in every weather, repeatable, walkable, and with what the words name."""

import json
import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from generation.contract import BadRequest, SceneFacts, SetParams
from generation.previs.props import Glow
from generation.previs.props.afloat import half_beam
from generation.previs.sets import build_place, design_set
from generation.previs.sets.floor import Floor
from generation.previs.sets.kinds import kind_for, unknown_things
from generation.previs.sets.lighting import Lamp, hour_of, light_place
from generation.previs.sets.plan import KINDS
from generation.previs.stage import Place

TIMES = ("day", "morning", "evening", "dusk", "dawn", "night")
WEATHERS = ("clear", "rain", "snow", "fog", "storm")
NAMES = sorted(KINDS)


@cache
def place(name: str, time: str = "day", weather: str = "clear", seed: int = 0) -> Place:
    return build_place(designed(name, seed), SceneFacts(interior=KINDS[name].interior, time=time, weather=weather))


@cache
def designed(name: str, seed: int = 0) -> dict[str, Any]:
    return design_set(SetParams(name=name, interior=KINDS[name].interior), seed)[0]


def with_text(text: str, name: str = "KITCHEN", interior: bool = True, notes: str = "") -> tuple[dict[str, Any], tuple[str, ...]]:
    return design_set(SetParams(name=name, interior=interior, texts=(text,), notes=notes), 3)


def test_there_are_twelve_rooms_and_twelve_exteriors() -> None:
    assert sum(kind.interior for kind in KINDS.values()) >= 12
    assert sum(not kind.interior for kind in KINDS.values()) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_meshes_are_sound_and_within_budget(name: str) -> None:
    scene = place(name).scene
    assert sum(len(mesh.triangles) for mesh in scene.still) < 16_000
    for mesh in scene.still:
        assert np.isfinite(mesh.positions).all()
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
        assert mesh.triangles.min() >= 0 and mesh.triangles.max() < len(mesh.positions)
        assert mesh.materials.max() < len(scene.materials) and mesh.object_id > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_hour_and_weather_has_one_sun_and_light_to_see_by(name: str) -> None:
    lamps = [Lamp(Glow((0, 0, 0)), (x, 1.0, 2.0), "lamp") for x in (-4.0, -1.0, 2.0, 5.0, 6.0, 7.0)]
    for time in TIMES:
        for weather in WEATHERS:
            facts = SceneFacts(interior=KINDS[name].interior, time=time, weather=weather)
            lights, air, grade = light_place(designed(name), facts, lamps, (0.0, -0.4, 0.0))
            assert [light.kind for light in lights if light.shadow].count("sun") == 1
            assert [light.kind for light in lights if light.shadow].count("spot") <= 1
            assert len(lights) <= 10
            numbers = [v for light in lights for v in (*light.position, *light.colour, *light.aim)]
            assert all(math.isfinite(v) for v in (*numbers, *air.fog, *air.ambient_up, *grade.gain))
            assert sum(air.ambient_up) + sum(sum(light.colour) for light in lights) > 1.0


@pytest.mark.parametrize(("time", "weather"), [("night", "rain"), ("dusk", "snow"), ("dawn", "fog")])
@pytest.mark.parametrize("name", NAMES)
def test_every_kind_builds_in_any_weather(name: str, time: str, weather: str) -> None:
    here = place(name, time, weather)
    assert all(np.isfinite(mesh.positions).all() for mesh in here.scene.still)
    assert here.scene.air.weather == ("clear" if here.interior else weather)


@pytest.mark.parametrize("name", NAMES)
def test_people_can_stand_sit_and_reach(name: str) -> None:
    here = place(name)
    low, high = here.bounds.low, here.bounds.high
    assert len(here.marks) >= 5
    for mark in here.marks:
        x, y, z = mark.position
        assert low[0] < x < high[0] and low[1] < y < high[1]
        assert z == pytest.approx(here.ground(x, y))
        assert not any(box.low[0] < x < box.high[0] and box.low[1] < y < box.high[1] for box in here.obstacles)
    first, second = here.marks[0].position, here.marks[1].position
    assert 0.9 <= math.dist(first, second) <= 1.6
    floor = Floor(here.bounds, here.obstacles, (first[0], first[1]))
    for seat in here.seats:
        spot = floor.near(seat.position[0], seat.position[1])
        assert spot is not None and math.dist(spot, seat.position[:2]) < 1.0
        assert 0.3 < seat.seat < 1.0
    for door in here.doors:
        spot = floor.near(door.inside.position[0], door.inside.position[1])
        assert spot is not None and math.dist(spot, door.inside.position[:2]) < 0.5, door.name
    for part in here.parts:
        if part.use:
            assert floor.clear(part.use.position[0], part.use.position[1]), part.name


@pytest.mark.parametrize("name", [name for name in NAMES if KINDS[name].interior])
def test_rooms_have_four_wild_walls_a_door_that_opens_and_a_free_middle(name: str) -> None:
    here = place(name)
    walls = {mesh.name for mesh in here.scene.still if mesh.wild and mesh.name.endswith(" wall")}
    assert walls == {"back wall", "front wall", "left wall", "right wall"}
    for mesh in here.scene.still:
        if mesh.wild:
            assert math.hypot(*mesh.wild[1]) == pytest.approx(1.0)
    door = here.doors[0]
    if door.mesh(0.0):
        assert not np.allclose(door.mesh(0.0)[0].positions, door.mesh(1.0)[0].positions)
        assert door.mesh(0.5)[0].materials.max() < len(here.scene.materials)
    if name != "car interior":  # one sits in a car
        assert not any(box.low[0] < 1.2 and box.high[0] > -1.2 and box.low[1] < 0.05 and box.high[1] > -1.2 for box in here.obstacles)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_words_and_seed_give_the_same_set(name: str) -> None:
    first, again = designed(name), design_set(SetParams(name=name, interior=KINDS[name].interior), 0)[0]
    assert json.dumps(first, sort_keys=True) == json.dumps(again, sort_keys=True)
    assert json.loads(json.dumps(first)) == first
    a, b = place(name), build_place(json.loads(json.dumps(again)), SceneFacts(interior=KINDS[name].interior))
    assert all(
        np.array_equal(m.positions, n.positions) and np.array_equal(m.materials, n.materials)
        for m, n in zip(a.scene.still, b.scene.still, strict=True)
    )
    assert a.scene.materials == b.scene.materials


def test_two_places_of_a_kind_differ() -> None:
    mara, otto = (design_set(SetParams(name=name, interior=True), 0)[0] for name in ("MARA'S KITCHEN", "OTTO'S KITCHEN"))
    assert mara["kind"] == otto["kind"] == "kitchen"
    assert mara["palette"] != otto["palette"]


def test_the_script_furnishes_the_room() -> None:
    design, notes = with_text("Mara winds the red typewriter on the table. A grandfather clock. The guitar leans by the umbrella.")
    models = {item["model"] for item in design["furniture"]}
    assert {"typewriter", "guitar", "umbrella", "clock"} <= models and not notes
    typewriter = next(item for item in design["furniture"] if item["model"] == "typewriter")
    assert typewriter["colour"] == "#a8402f" and typewriter["position"][2] > 0.3
    here = build_place(design, SceneFacts())
    assert any("typewriter" in part.words and part.use for part in here.parts)


def test_things_out_of_doors_are_placed_too() -> None:
    design, _ = with_text("She hides the bicycle behind the well. A tent and a ladder.", "MEADOW", False)
    assert {"bicycle", "well", "tent", "ladder"} <= {item["model"] for item in design["furniture"]}


def test_an_unknown_thing_becomes_a_block_with_a_note() -> None:
    design, notes = with_text("Mara plays the harpsichord. She thinks about the future.")
    assert notes == ("A harpsichord became a plain block in KITCHEN.",)
    here = build_place(design, SceneFacts())
    part = next(part for part in here.parts if part.name == "harpsichord")
    assert part.stand_in and here.notes == notes


def test_people_and_moods_are_not_things() -> None:
    _, notes = with_text("Mara takes his hand. Tobias looks at the horizon with the patience of a saint, then into the darkness of the night.")
    assert not notes


@pytest.mark.parametrize(
    "action",
    [
        "NORA (34, red scarf) pushes the door open and crosses to the counter.",
        "He pulls the door shut, throws the window wide open, sets the chair aside and holds the lamp high.",
        "They step from the cobbles onto the paving, and from the gravel onto the pebbles. A coin falls on the cobblestones.",
        "Oskar holds the door ajar. They sit on the sand apart, near a puddle in the open.",
    ],
)
def test_what_is_said_of_a_thing_or_lies_under_foot_is_no_thing(action: str) -> None:
    assert unknown_things((action,)) == []


def test_a_thing_is_known_by_its_own_word_whatever_is_said_after_it() -> None:
    assert unknown_things(("Mara pushes the harpsichord aside. Tom pulls the velvet theremin wide open.",)) == ["harpsichord", "theremin"]


def test_a_person_overrules_the_script() -> None:
    design, _ = with_text("The walls are white walls.", notes="blue walls")
    assert design["palette"]["wall"] == "#3f6285"
    design["furniture"] = [item for item in design["furniture"] if item["name"] != "table"]
    assert not any(part.name == "table" for part in build_place(design, SceneFacts()).parts)


@pytest.mark.parametrize(
    ("name", "interior", "kind"),
    [
        ("LIGHTHOUSE KITCHEN", True, "kitchen"),
        ("LIGHTHOUSE - LAMP ROOM", True, "lamp room"),
        ("LIGHTHOUSE", False, "coast"),
        ("MAIN STREET", False, "street"),
        ("OLD HARBOR", False, "harbour"),
        ("BEACH", False, "beach"),
        ("THE SEASHORE", False, "beach"),
        ("ISLAND BEACH", False, "beach"),
        ("SEASIDE", False, "beach"),
        ("THE SANDS", False, "beach"),
        ("CLIFFS ABOVE THE SEA", False, "coast"),
        ("ROCKS BY THE SEA", False, "coast"),
        ("BY THE SEA", False, "beach"),
        ("HOUSE OVERLOOKING THE SEA", False, "beach"),
        ("VILLAGE BY THE SEA", False, "square"),
        ("FLAT ABOVE THE SHOP", True, "living room"),
        ("HEADLAND", False, "coast"),
        ("SEA WALL", False, "harbour"),
        ("OPEN SEA", False, "open sea"),
        ("AT SEA", False, "open sea"),
        ("NORA'S ROWING BOAT", False, "open sea"),
        ("SHIP'S DECK", False, "open sea"),
        ("DECK OF THE FERRY", False, "open sea"),
        ("BOAT CABIN", False, "open sea"),
        ("BOAT CABIN", True, "ship cabin"),
        ("FERRY", True, "ship cabin"),
        ("BOAT DOCK", False, "harbour"),
        ("FERRY TERMINAL", False, "railway platform"),
        ("ZORBLAX", True, "room"),
        ("ZORBLAX", False, "street"),
        ("POLICE CAR", True, "car interior"),
    ],
)
def test_names_find_their_kind(name: str, interior: bool, kind: str) -> None:
    assert kind_for(name, (), interior).name == kind


def test_a_boat_in_the_action_is_a_thing_of_the_place() -> None:
    assert kind_for("ZORBLAX", ("A boat passes. Another ship follows the ferry.",), False).name == "street"
    assert kind_for("ZORBLAX", ("They are far from land, on the high seas.",), False).name == "open sea"


@pytest.mark.parametrize("seed", range(4))
def test_on_a_beach_nobody_stands_in_the_water(seed: int) -> None:
    here = place("beach", seed=seed)
    water = designed("beach", seed)["surfaces"]["water"]
    low, high = here.bounds.low, here.bounds.high
    assert min(here.ground(x, y) for x in np.linspace(low[0], high[0], 25) for y in np.linspace(low[1], high[1], 25)) > water + 0.05
    assert all(door.outside.position[2] > water + 0.05 for door in here.doors)
    assert here.ground(0.0, 12.0) < water, "before them the sand goes on below the sea"


def test_at_sea_everybody_and_everything_is_on_deck() -> None:
    here, design = place("open sea"), designed("open sea")
    assert design["surfaces"]["water"] < -0.5
    spots = [m.position for m in (*here.marks, *here.seats)] + [p.use.position for p in here.parts if p.use]
    spots += [mark.position for door in here.doors for mark in (door.inside, door.outside)]
    for x, y, z in spots:
        assert z == pytest.approx(0.0, abs=1e-6) and abs(y - 0.1) < half_beam(x) - 0.15
    near = [item for item in design["furniture"] if math.hypot(*item["position"][:2]) < 12 and item["model"] not in ("hull", "seagull")]
    assert near and all(abs(item["position"][1] - 0.1) < half_beam(item["position"][0]) for item in near)
    assert here.seats and len(here.doors) == 1


def test_at_sea_the_boat_of_the_script_is_the_one_under_foot() -> None:
    text = "The boat sails toward a low sun. Gulls circle. A tree, a car and a lighthouse. Nora leans on the railing by the mast, with a suitcase."
    design, notes = with_text(text, "OPEN SEA", False)
    models = [item["model"] for item in design["furniture"]]
    assert not {"boat", "tree", "car", "fence"} & set(models) and not notes
    assert models.count("lighthouse") == 1 and "suitcase" in models
    here = build_place(design, SceneFacts(interior=False))
    assert all(any(word in part.words for part in here.parts) for word in ("boat", "sail", "mast", "railing", "gulls", "sea", "wheelhouse"))
    assert all(part.use and part.use.position[1] > 1.5 for part in here.parts if "rail" in part.words), (
        "the rail people go to is the one before the sea"
    )


@pytest.mark.parametrize("name", ["beach", "open sea"])
def test_nothing_floats_at_the_water(name: str) -> None:
    """What is near reaches down to the ground, the deck or the water, or stands on another thing, or flies, or hangs from a mast."""
    here, design = place(name), designed(name)
    aloft = {"gull", "gulls", "sail", "mizzen sail", "mizzen mast", "lifebuoy", *(item["name"] for item in design["furniture"] if item.get("on"))}
    for mesh in here.scene.still:
        x, y, z = (float(v) for v in (*mesh.positions[:, :2].mean(axis=0), mesh.positions[:, 2].min()))
        if mesh.name not in aloft and math.hypot(x, y) < 30:
            assert z <= max(here.ground(x, y), design["surfaces"]["water"]) + 0.06, mesh.name


def test_a_beach_is_kept_free_of_houses_in_the_sea() -> None:
    design, _ = with_text("A church, a cottage and the pier. A lighthouse. He sits on a log.", "BEACH", False)
    models = {item["model"] for item in design["furniture"] if item["position"][1] > 5}
    assert not {"church tower", "cottage", "pier"} & models and "lighthouse" in models


def test_the_low_sun_stands_over_open_water() -> None:
    def sun(name: str, time: str) -> tuple[float, float, float]:
        return next(light.position for light in place(name, time).scene.lights if light.kind == "sun")

    assert sun("open sea", "dawn")[1] > 0.8 and sun("beach", "dusk")[1] > 0.8
    assert sun("open sea", "day")[1] < 0 and sun("park", "dusk")[1] < 0.0


def test_hours_are_read_as_written() -> None:
    assert [hour_of(t) for t in ("DAY", "LATER", "CONTINUOUS", "Late night", "SUNSET", "early morning", "LATE AFTERNOON")] == [
        "day", "day", "day", "night", "dusk", "morning", "evening",
    ]  # fmt: skip


def test_night_is_lit_and_day_is_brighter_outside() -> None:
    day, night = place("street").scene, place("street", "night").scene
    assert sum(day.air.ambient_up) > sum(night.air.ambient_up)
    assert any(light.kind == "spot" and light.shadow for light in night.lights)
    assert sum(light.kind == "point" for light in night.lights) > sum(light.kind == "point" for light in day.lights)
    assert any(material.emission > 1 for material in night.materials)


def test_an_unreadable_design_says_so() -> None:
    with pytest.raises(BadRequest, match="newer"):
        build_place({**designed("kitchen"), "schema": 99}, SceneFacts())
    with pytest.raises(BadRequest, match="lacks"):
        build_place({"schema": 1, "kind": "kitchen"}, SceneFacts())
    with pytest.raises(BadRequest, match="name"):
        design_set(SetParams(name=" ", interior=True), 0)
