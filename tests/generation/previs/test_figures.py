"""What a character looks like follows from the words, and the body from the design."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from generation.contract import BadRequest, FigureParams
from generation.previs.figures.casting import figure_from
from generation.previs.figures.design import design_figure
from generation.previs.figures.gestures import GESTURES
from generation.previs.figures.hair import HATS
from generation.previs.figures.skeleton import C, J, rest_pose, set_channels
from generation.previs.figures.words import GARMENTS, HAIR_COLOURS
from tests.generation.previs import acting

ORIGIN = np.zeros(3)


def designed(text: str, name: str = "ALEX", index: int = 0, notes: str = "", others: tuple[str, ...] = ()) -> dict:  # type: ignore[type-arg]
    return design_figure(FigureParams(name=name, texts=(text,), notes=notes, index=index, others=others), 1)[0]


def test_the_words_of_the_script_are_worn() -> None:
    mara = designed("MARA QUILL (70s), an old woman in a yellow oilskin, her long white hair loose.", "MARA QUILL")
    assert (mara["age"], mara["gender"]) == ("old", "female")
    assert mara["outer"] == {"kind": "oilskin", "colour": "e0b02c"}
    assert mara["hair"] == {"style": "long", "colour": "e6e2da"}
    smith = designed("A stout bearded man with round glasses, a green apron and a flat cap.", "SMITH")
    assert (smith["build"], smith["beard"], smith["glasses"], smith["hat"]["kind"]) == ("stout", "full", "round", "flat cap")
    assert {"kind": "apron", "colour": "4b7a4c"} in smith["extras"]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("PIA, 7", "child"),
        ("a girl of 15", "teen"),
        ("young woman", "young"),
        ("a man in his forties", "adult"),
        ("an elderly man", "old"),
        ("his old coat, 40", "adult"),
        ("PIA, sixty-one, in a blue cap", "old"),
        ("a man of forty-two.", "adult"),
        ("PIA (nine)", "child"),
        ("PIA has waited ten, eleven years.", "adult"),
    ],
)
def test_ages(text: str, age: str) -> None:
    assert designed(text, "PIA")["age"] == age


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("a heavy man", "stout"),
        ("PIA, big and loud,", "broad"),
        ("a thin old woman", "slim"),
        ("PIA carries a heavy suitcase and a thin book to the big house", "average"),
    ],
)
def test_what_somebody_carries_is_not_how_they_are_built(text: str, build: str) -> None:
    assert designed(text, "PIA")["build"] == build


def test_words_about_somebody_else_are_left_to_them() -> None:
    text = "ANNA, in a green dress, helps TOM, a bald man in a black coat."
    anna, tom = designed(text, "ANNA", others=("ANNA", "TOM")), designed(text, "TOM", 1, others=("ANNA", "TOM"))
    assert anna["legs"]["kind"] == "dress" and anna["hair"]["style"] != "bald"
    assert tom["hair"]["style"] == "bald" and tom["outer"] == {"kind": "coat", "colour": "24242a"}


def test_who_is_met_in_a_sentence_lends_nobody_a_gender() -> None:
    doug = designed("DOUG (50), large, in a brown suit, tiptoes past her with a covered plate.", "DOUG")
    assert (doug["gender"], doug["build"]) == ("male", "broad")
    assert designed("KORR sprints out of the dark after him. She takes her coat.", "KORR")["gender"] == "female"


def test_braids_have_the_colour_they_are_given() -> None:
    lin = designed("LITTLE LIN (7), a girl with red braids and a green dress, carries a lantern.", "LITTLE LIN")
    assert lin["hair"]["style"] == "braids" and lin["hair"]["colour"] == HAIR_COLOURS["red"]


def test_a_persons_own_notes_win() -> None:
    assert designed("in a red coat", notes="wears a blue coat")["outer"]["colour"] == "355f95"


def test_a_silent_script_still_gives_a_cast_one_can_tell_apart() -> None:
    names = ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX")
    cast = [design_figure(FigureParams(name=n, others=names, index=i), 1)[0] for i, n in enumerate(names)]
    assert len({d["colour"] for d in cast}) == len(cast)
    assert len({(d["outer"]["kind"], d["hair"]["style"], d["build"], d["legs"]["kind"]) for d in cast}) >= 5
    voices = [(d["voice"]["pitch"], d["voice"]["variant"], d["voice"]["rate"]) for d in cast]
    assert len(set(voices)) == len(cast)


def test_designs_are_plain_and_repeatable() -> None:
    for name, design in acting.designs().items():
        assert json.loads(json.dumps(design)) == design
        assert design == designed(acting.TEXTS[name], name, list(acting.TEXTS).index(name), others=tuple(acting.TEXTS))
        voice = design["voice"]
        assert 0 <= voice["pitch"] <= 99 and 120 <= voice["rate"] <= 190 and 0.85 <= voice["timbre"] <= 1.2


def test_odd_names_and_no_words_are_dressed_too() -> None:
    for name in ("<script>", "Ω", "R2-D2", "MAN #1", "…"):
        figure = figure_from(name, design_figure(FigureParams(name=name), 1)[0])
        assert figure.triangles > 1000


def test_a_design_that_cannot_be_read_says_so() -> None:
    with pytest.raises(BadRequest, match="MARA"):
        figure_from("MARA", {**acting.designs()["MARA"], "build": "enormous"})
    with pytest.raises(BadRequest, match="newer"):
        figure_from("MARA", {"schema": 99})


@pytest.mark.parametrize("garment", sorted({(slot, kind) for slot, kind in GARMENTS.values()}))
def test_every_garment_makes_a_sound_body(garment: tuple[str, str]) -> None:
    slot, kind = garment
    design = json.loads(json.dumps(acting.designs()["TOBIAS"]))
    if slot == "extra":
        design["extras"] = [{"kind": kind, "colour": "a8402f"}]
    else:
        design[slot]["kind"] = kind
        if kind in ("dress", "gown"):
            design["top"]["kind"], design["outer"]["kind"] = "dress", "none"
    figure = figure_from("TOBIAS", design)
    mesh = figure.mesh(figure.solve(rest_pose(), ORIGIN, 0.0), 5, 3)
    assert np.isfinite(mesh.positions).all() and np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
    assert mesh.triangles.min() >= 0 and mesh.triangles.max() < len(mesh.positions)
    assert mesh.materials.min() >= 3 and mesh.materials.max() < 3 + len(figure.materials)
    assert len(mesh.triangles) < 5200


@pytest.mark.parametrize("style", ["bald", "short", "parted", "quiff", "bob", "long", "bun", "ponytail", "braids", "curly"])
@pytest.mark.parametrize("hat", ["none", "cap", "crown", "headscarf"])
def test_hair_under_hats(style: str, hat: str) -> None:
    design = {**acting.designs()["NELL"], "hair": {"style": style, "colour": "553722"}, "hat": {"kind": hat, "colour": "355f95"}}
    assert figure_from("NELL", design).triangles < 5200


def test_every_hat_word_has_a_shape() -> None:
    assert {kind for slot, kind in GARMENTS.values() if slot == "hat"} <= {*HATS, "crown", "headscarf", "hood"}


def test_heights_are_those_of_the_design() -> None:
    for name, design in acting.designs().items():
        figure = figure_from(name, {**design, "hat": {"kind": "none", "colour": "000000"}, "hair": {"style": "bald", "colour": "000000"}})
        mesh = figure.mesh(figure.solve(rest_pose(), ORIGIN, 0.0), 1, 0)
        low, high = float(mesh.positions[:, 2].min()), float(mesh.positions[:, 2].max())
        assert -0.02 < low < 0.03
        assert high == pytest.approx(design["height"], rel=0.05)


def test_feet_stand_where_the_pose_says_and_bones_keep_their_length() -> None:
    figure = figure_from("MARA", acting.designs()["MARA"])
    pose = rest_pose()
    set_channels(pose, pelvis_z=0.7, foot_l_x=0.3, hand_r_x=0.8, hand_r_z=0.3)
    matrices = figure.solve(pose, np.array([1.0, 2.0, 0.0]), 0.7)

    def joint(name: str) -> Any:
        return matrices[J[name]][:, :3] @ figure.bones.at(name) + matrices[J[name]][:, 3]

    for a, b in (("thigh_l", "shin_l"), ("shin_l", "foot_l"), ("upper_r", "fore_r"), ("fore_r", "hand_r")):
        assert np.linalg.norm(joint(a) - joint(b)) == pytest.approx(np.linalg.norm(figure.bones.at(a) - figure.bones.at(b)), rel=1e-6)
    foot = joint("foot_l")
    ahead = (
        np.array([np.cos(0.7), np.sin(0.7)]) * 0.3 * figure.scale + np.array([-np.sin(0.7), np.cos(0.7)]) * float(pose[C["foot_l_y"]]) * figure.scale
    )
    assert np.allclose(foot[:2] - [1.0, 2.0], ahead, atol=0.01)


def test_every_gesture_is_seen() -> None:
    figure = figure_from("TOBIAS", acting.designs()["TOBIAS"])
    still = figure.mesh(figure.solve(rest_pose(), ORIGIN, 0.0), 1, 0).positions
    for name, gesture in GESTURES.items():
        if name == "still":
            continue
        farthest = 0.0
        for u in (0.2, 0.45, 0.6, 0.8):
            pose = rest_pose()
            gesture(pose, u, u * 2.0, 1.0, "r")
            farthest = max(farthest, float(np.abs(figure.mesh(figure.solve(pose, ORIGIN, 0.0), 1, 0).positions - still).max()))
        assert farthest > 0.006, name


@pytest.mark.parametrize("word", ["dog", "cat", "horse", "fox"])
def test_animals(word: str) -> None:
    design, notes = design_figure(FigureParams(name=f"THE {word.upper()}", texts=(f"a small {word}",)), 1)
    figure = figure_from(design["name"], design)
    mesh = figure.mesh(figure.solve(rest_pose(), ORIGIN, 0.3), 1, 0)
    assert design["kind"] == "animal" and notes and np.isfinite(mesh.positions).all()
    assert -0.05 < mesh.positions[:, 2].min() < 0.05
    assert figure.eyes(figure.solve(rest_pose(), ORIGIN, 0.0))[2] > 0.1


def test_a_beard_says_nothing_of_how_long_the_hair_is() -> None:
    omar = designed("OMAR (60), a fishmonger with a long white curly beard.", "OMAR")
    assert omar["beard"] == "long"
    assert omar["hair"]["style"] not in ("long", "curly")
