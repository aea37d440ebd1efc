"""Who does what to what, and where everybody is from shot to shot."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from generation.contract import SpokenLine, Word
from generation.previs.figures.gait import Steps
from generation.previs.staging.parsing import read_actions
from generation.previs.staging.verbs import VERBS
from tests.generation.previs.acting import FPS, facts, positions, staged

CAST = ("MARA QUILL", "TOBIAS", "NELL")
GENDERS = {"MARA QUILL": "female", "TOBIAS": "male", "NELL": "female"}


def read(text: str) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    return [(a.subjects, a.verb.name, a.targets) for a in read_actions(text, CAST, GENDERS, ("TOBIAS", "MARA QUILL"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "MARA lifts the kettle and pours two cups. Tobias watches.",
            [(("MARA QUILL",), "take", ()), (("MARA QUILL",), "pour", ()), (("TOBIAS",), "look", ())],
        ),
        ("Nell bursts in, dripping, and hands Mara the letter.", [(("NELL",), "enter", ()), (("NELL",), "give", ("MARA QUILL",))]),
        (
            "Mara and Tobias walk to the window. He points at the sea; she nods.",
            [(("MARA QUILL", "TOBIAS"), "walk", ()), (("TOBIAS",), "point", ()), (("MARA QUILL",), "nod", ())],
        ),
        ("The door opens. TOBIAS enters and shakes his head.", [((), "open", ()), (("TOBIAS",), "enter", ()), (("TOBIAS",), "shake_head", ())]),
        ("Mara, pouring the tea, looks up at him.", [(("MARA QUILL",), "pour", ()), (("MARA QUILL",), "look", ("TOBIAS",))]),
        ("Tobias turns to Nell and gives her the lantern.", [(("TOBIAS",), "turn", ("NELL",)), (("TOBIAS",), "give", ("NELL",))]),
        ("They hug.", [(("MARA QUILL", "TOBIAS"), "hug", ())]),
        ("Tobias enters, walks to the window and looks out.", [(("TOBIAS",), "enter", ()), (("TOBIAS",), "walk", ()), (("TOBIAS",), "look", ())]),
        ("Waves crash on the rocks. The lamp turns.", []),
        ("His hands, the steps, a drink, her walks.", []),
    ],
)
def test_sentences(text: str, expected: list[tuple[tuple[str, ...], str, tuple[str, ...]]]) -> None:
    assert read(text) == expected


def test_an_unknown_verb_becomes_a_small_gesture_and_is_noted() -> None:
    stage = staged(facts("Tobias vulcanises the cup."))
    assert any("vulcanises" in note for note in stage.notes)


ACTIONS = {
    "walk": "Tobias walks to the stove.", "run": "Tobias runs to the stove.", "enter": "Tobias enters.", "exit": "Tobias leaves.",
    "sit": "Tobias waves. Tobias sits down.", "kneel": "Tobias nods and kneels.", "crouch": "Tobias crouches.",
    "lie": "Tobias nods. Tobias lies down on the bed.", "fall": "Tobias falls.", "turn": "Tobias turns away.",
    "look": "Tobias looks at the stove.", "point": "Tobias points at the stove.", "take": "Tobias takes the cup.",
    "raise": "Tobias raises a lantern.",
    "put": "Tobias takes the cup and puts it on the table.", "give": "Tobias gives Mara a letter.", "open": "Tobias opens the door.",
    "knock": "Tobias knocks on the door.", "pour": "Tobias pours tea.", "drink": "Tobias drinks.", "eat": "Tobias eats bread.",
    "read": "Tobias reads a book.", "write": "Tobias writes a letter.", "phone": "Tobias phones.", "wave": "Tobias waves.",
    "hug": "Tobias hugs Mara.", "kiss": "Tobias kisses Mara.", "dance": "Tobias dances.", "climb": "Tobias climbs.", "jump": "Tobias jumps.",
    "throw": "Tobias throws a stone.", "push": "Tobias pushes.", "pull": "Tobias pulls a rope.", "cry": "Tobias cries.", "laugh": "Tobias laughs.",
    "smile": "Tobias smiles.", "nod": "Tobias nods.", "shake_head": "Tobias shakes his head.", "shrug": "Tobias shrugs.",
    "hide": "Tobias hides.", "hit": "Tobias hits Mara.", "sing": "Tobias sings.", "cook": "Tobias cooks.", "smoke": "Tobias smokes.",
    "think": "Tobias thinks.", "clean": "Tobias wipes the table.", "light": "Tobias lights the lamp.", "bow": "Tobias bows.",
    "pray": "Tobias prays.", "clap": "Tobias claps.", "salute": "Tobias salutes.",
}  # fmt: skip


def test_there_are_more_than_the_promised_verbs() -> None:
    assert len(ACTIONS) >= 25 and set(ACTIONS) <= set(VERBS)


@pytest.mark.parametrize("verb", sorted(ACTIONS))
def test_every_verb_is_seen(verb: str) -> None:
    acting, idle = staged(facts(ACTIONS[verb])), staged(facts("Rain."))
    moved = 0.0
    for t in np.arange(0.4, 6.0, 0.5):
        a, b = positions(acting, "TOBIAS", float(t)), positions(idle, "TOBIAS", float(t))
        moved = max(moved, float(np.abs(a - b).max()) if len(a) == len(b) and len(a) else 2.0)
    assert moved > (0.006 if verb in ("smile", "nod") else 0.05)


def test_the_same_request_is_the_same_stage() -> None:
    a, b = (staged(facts("Mara sits. Tobias enters and gives Mara a letter."), seconds=4.0) for _ in range(2))
    for t in (0.0, 1.3, 2.9, 3.9):
        for one, other in zip(a.moving(t), b.moving(t), strict=True):
            assert np.array_equal(one.positions, other.positions) and np.array_equal(one.materials, other.materials)
    assert a.axis == b.axis


def test_planted_feet_do_not_slide() -> None:
    steps = Steps([(0.0, 0.0), (1.5, 0.2), (2.0, 2.4)], 0.0, 1.0, 0.0, 1.25, 0.95, lambda x, y: 0.0)
    from generation.previs.figures.skeleton import C

    for side in "lr":
        spots: list[tuple[float, float, float]] = []
        for t in np.arange(0.0, steps.end, 1 / 96):
            pose, root = steps.pose(float(t)), steps.root(float(t))
            x, y, z = (float(pose[C[f"foot_{side}_x"] + i]) * 0.95 for i in range(3))
            spots.append((root.x + x * math.cos(root.yaw) - y * math.sin(root.yaw), root.y + x * math.sin(root.yaw) + y * math.cos(root.yaw), z))
        planted = [(a, b) for a, b in itertools.pairwise(spots) if a[2] < 1e-6 and b[2] < 1e-6]
        assert len(planted) > len(spots) * 0.4
        assert max(math.hypot(a[0] - b[0], a[1] - b[1]) for a, b in planted) < 1e-6
        assert max(s[2] for s in spots) > 0.05


def test_the_drawn_foot_stays_on_its_print() -> None:
    """The same through skeleton and skin: the sole of the standing leg lies still in the world."""
    stage = staged(facts("Tobias walks to the stove."))
    from generation.previs.figures.skeleton import J

    ankles: dict[str, list[np.ndarray]] = {"l": [], "r": []}
    figure = stage.figures["TOBIAS"]
    for i in range(6 * FPS):
        matrices, _ = stage.matrices("TOBIAS", i / FPS)
        for side in "lr":
            rest = figure.bones.at(f"foot_{side}")
            m = matrices[J[f"foot_{side}"]]
            ankles[side].append(m[:, :3] @ rest + m[:, 3])
    for a, b in zip(zip(ankles["l"], ankles["r"], strict=True), list(zip(ankles["l"], ankles["r"], strict=True))[1:], strict=False):
        slides = [float(np.linalg.norm(b[k][:2] - a[k][:2])) for k in (0, 1)]
        assert min(slides) < 0.035  # at least one foot stands


def test_mouths_move_inside_word_times_only_and_with_the_words() -> None:
    words = (Word(text="Close", start=0.5, end=0.9), Word(text="the", start=1.0, end=1.1), Word(text="window", start=1.6, end=2.2))
    line = SpokenLine(character="Mara", text="Close the window", start=12, seconds=2.4, words=words)
    performance = staged(facts(""), lines=(line,)).performance("MARA")
    from generation.previs.figures.skeleton import C

    opened = {round(t, 3): float(performance.pose(float(t))[0][C["mouth"]]) for t in np.arange(0, 6, 1 / 48)}
    for t, value in opened.items():
        inside = any(w.start <= t - 0.5 < w.end for w in words)
        assert inside or value == 0.0
    assert max(opened.values()) > 0.4
    hidden = line.model_copy(update={"off_screen": True})
    silent = staged(facts(""), lines=(hidden,)).performance("MARA")
    assert all(float(silent.pose(float(t))[0][C["mouth"]]) == 0.0 for t in np.arange(0, 4, 0.1))


def test_people_blink_and_breathe() -> None:
    from generation.previs.figures.skeleton import C

    performance = staged(facts(""), seconds=12).performance("TOBIAS")
    blinks = np.array([float(performance.pose(i / FPS)[0][C["blink"]]) for i in range(12 * FPS)])
    shut = (blinks[1:] > 0.8) & (blinks[:-1] <= 0.8)
    assert 2 <= int(shut.sum()) <= 10 and (blinks < 0.1).mean() > 0.7
    chest = [float(performance.pose(i / FPS)[0][C["chest_pitch"]]) for i in range(12 * FPS)]
    assert max(chest) - min(chest) > 0.015


def test_who_sits_stays_seated_in_the_next_beat() -> None:
    scene = facts("Tobias nods and sits down.", "Mara looks at the stove.", "Tobias stands up.")
    assert staged(scene, 0).performance("TOBIAS").posture(5.9)[0] == "sit"
    second = staged(scene, 1)
    assert all(second.performance("TOBIAS").posture(t)[0] == "sit" for t in (0.0, 3.0, 5.9))
    third = staged(scene, 2)
    assert third.performance("TOBIAS").posture(0.0)[0] == "sit" and third.performance("TOBIAS").posture(5.9)[0] == "stand"


def test_shots_begin_where_the_last_one_ended() -> None:
    scene = facts("Tobias walks to the stove.", "Mara takes the cup.", "She gives it to Tobias.", "Tobias leaves.", "Mara sits down.")
    scene = scene.model_copy(update={"beats": (*scene.beats[:4], scene.beats[4].model_copy(update={"characters": ("MARA",)}))})
    for beat in range(1, 5):
        before, after = staged(scene, beat - 1, 9.0), staged(scene, beat, 9.0)
        for name in ("MARA", "TOBIAS"):
            last, first = before.subject(name, 8.99), after.subject(name, 0.0)
            assert (last is None) == (first is None)
            if last and first and beat != 2:
                assert math.hypot(last.position[0] - first.position[0], last.position[1] - first.position[1]) < 0.35
    assert [h.word for h in staged(scene, 2).performance("MARA").held if h.start < 0 < h.end] == ["cup"]
    assert staged(scene, 4).subject("TOBIAS", 1.0) is None


def test_entrances_come_through_the_door() -> None:
    stage = staged(facts("TOBIAS enters."), seconds=8.0)
    door = stage.place.doors[0]
    assert stage.subject("TOBIAS", 0.0) is None
    assert max(stage.door(door.name, t) for t in np.arange(0, 8, 0.1)) > 0.9
    shown = next(t for t in np.arange(0, 8, 0.05) if stage.subject("TOBIAS", float(t)))
    first = stage.subject("TOBIAS", float(shown))
    assert first is not None
    assert math.hypot(first.position[0] - door.outside.position[0], first.position[1] - door.outside.position[1]) < 0.4


@pytest.mark.parametrize(
    "action",
    [
        "Tobias walks to Mara.",
        "Mara and Tobias walk to the stove.",
        "Tobias gives Mara a cup. Nell enters.",
        "Nell runs to Tobias. Mara sits down. Tobias sits down.",
        "They sit down.",
        "Everyone goes to the door.",
    ],
)
def test_figures_never_overlap(action: str) -> None:
    stage = staged(facts(action, cast=("MARA", "TOBIAS", "NELL")), seconds=7.0)
    for t in np.arange(0, 7, 0.2):
        seen = stage.visible(float(t))
        for i, a in enumerate(seen):
            for b in seen[i + 1 :]:
                assert math.hypot(a.eyes[0] - b.eyes[0], a.eyes[1] - b.eyes[1]) > 0.3, (t, a.name, b.name)


def test_walkers_go_round_the_furniture() -> None:
    stage = staged(facts("Tobias walks to the stove. Tobias walks to the bed. Tobias walks to the door."), seconds=14.0)
    for t in np.arange(0, 14, 0.1):
        here = stage.subject("TOBIAS", float(t))
        assert here is not None
        for box in stage.place.obstacles:
            if box.low[2] < 1.2 and box.high[2] > 0.3:
                inside = box.low[0] + 0.02 < here.position[0] < box.high[0] - 0.02 and box.low[1] + 0.02 < here.position[1] < box.high[1] - 0.02
                assert not inside, (t, box)


def test_partners_face_each_other_across_one_line() -> None:
    scene = facts("", "Tobias walks to the stove.", "", speakers=("MARA", "TOBIAS"))
    stage = staged(scene)
    a, b = stage.subject("MARA", 1.0), stage.subject("TOBIAS", 1.0)
    assert a and b
    gap = math.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1])
    assert 0.7 < gap < 2.6
    assert math.cos(a.facing - math.atan2(b.position[1] - a.position[1], b.position[0] - a.position[0])) > 0.7
    # The line goes where the people go, and whoever was left of the other stays left.
    sides = [staged(scene, i).side for i in range(3)]
    assert all(one[0] * two[0] + one[1] * two[1] > 0.2 for one, two in itertools.pairwise(sides))
    way = (stage.axis[1][0] - stage.axis[0][0], stage.axis[1][1] - stage.axis[0][1])
    assert abs(way[0] * stage.side[0] + way[1] * stage.side[1]) < 1e-6


def test_a_long_action_in_a_short_shot_still_ends_done() -> None:
    stage = staged(facts("Tobias walks to the stove, picks up the kettle, walks to Mara and gives her the kettle."), seconds=2.0)
    assert [h.word for h in stage.performance("MARA").held if h.start < 2.0 < h.end] == ["kettle"]


def test_parts_of_the_set_are_subjects_too() -> None:
    stage = staged(facts(""))
    stove = stage.subject("the stove", 0.0)
    assert stove is not None and not stove.figure and stove.height > 0.2
    assert stage.subject("a unicorn", 0.0) is None
