"""Props: enough of them, well made, found by the words people write."""

import numpy as np
import pytest

from generation.previs import shapes
from generation.previs.props import HOLDABLE, PROPS, is_stand_in, make_prop, prop_for, prop_light
from generation.previs.scene import Material, Mesh


def build(word: str, **look: object) -> tuple[Mesh, list[Material]]:
    materials: list[Material] = []
    meshes = make_prop(word, (0.0, 0.0, 0.0), 0.0, materials, **look)  # type: ignore[arg-type]
    assert len(meshes) == 1
    return meshes[0], materials


def test_there_are_at_least_sixty_models_and_some_fit_a_hand() -> None:
    assert len(PROPS) >= 60
    assert {"kettle", "cup", "letter", "keys", "book", "lantern"} <= HOLDABLE


@pytest.mark.parametrize("name", sorted(PROPS))
def test_every_model_is_sound(name: str) -> None:
    mesh, materials = build(name)
    assert 12 <= len(mesh.triangles) <= 2000
    assert np.isfinite(mesh.positions).all() and np.isfinite(mesh.normals).all()
    assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-4)
    assert mesh.triangles.min() >= 0 and mesh.triangles.max() < len(mesh.positions)
    assert mesh.materials.min() >= 0 and mesh.materials.max() < len(materials)
    assert [str(array.dtype) for array in (mesh.positions, mesh.triangles, mesh.materials)] == ["float32", "int32", "int32"]


@pytest.mark.parametrize("name", sorted(PROPS))
def test_faces_turn_the_way_their_normals_point(name: str) -> None:
    mesh, _ = build(name)
    corner = mesh.positions.astype(float)[mesh.triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    agree = np.einsum("ij,ij->i", face, mesh.normals[mesh.triangles].sum(axis=1)) > -1e-6
    assert agree.mean() > 0.995


def test_solid_primitives_enclose_their_volume() -> None:
    def volume(mesh: Mesh) -> float:
        a, b, c = np.moveaxis(mesh.positions.astype(float)[mesh.triangles], 1, 0)
        return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)

    assert volume(shapes.rounded_box((1, 2, 3), 0, 0)) == pytest.approx(6.0, rel=1e-4)
    assert volume(shapes.rounded_box((1, 2, 3), 0, 0.02)) == pytest.approx(6.0, rel=0.01)
    assert volume(shapes.cylinder(0.5, 1, 0, segments=32)) == pytest.approx(np.pi / 4, rel=0.03)
    assert volume(shapes.ellipsoid((1, 2, 3), 0, segments=32, rings=17)) == pytest.approx(8 * np.pi, rel=0.03)
    assert volume(shapes.prism([(0, 0), (2, 0), (2, 1), (1, 0.3), (0, 1)], 1, 0)) == pytest.approx(1.3, rel=1e-4)


@pytest.mark.parametrize(
    ("word", "model"),
    [
        ("kettles", "kettle"),
        ("the kitchen knives", "knife"),
        ("coat hook", "coat rack"),
        ("loaves", "bread"),
        ("an old armchair", "armchair"),
        ("Telephone", "phone"),
        ("writing desk", "desk"),
        ("couch", "sofa"),
        ("street lamps", "streetlamp"),
        ("glasses", "glass"),
    ],
)
def test_words_find_their_model(word: str, model: str) -> None:
    assert prop_for(word) == model


def test_an_unknown_word_is_a_plain_block() -> None:
    assert prop_for("harpsichord") is None and is_stand_in("harpsichord")
    mesh, _ = build("harpsichord")
    assert len(mesh.triangles) == 44


def test_position_yaw_scale_and_colour_are_obeyed_and_seeds_repeat() -> None:
    materials: list[Material] = []
    here = make_prop("chair", (0.0, 0.0, 0.0), 0.0, materials)[0]
    there = make_prop("chair", (3.0, 1.0, 0.5), np.pi / 2, materials, scale=2.0)[0]
    expected = here.positions.astype(float) * 2.0
    assert np.allclose(there.positions, np.column_stack([3.0 - expected[:, 1], 1.0 + expected[:, 0], 0.5 + expected[:, 2]]), atol=1e-4)
    count = len(materials)
    make_prop("chair", (0.0, 0.0, 0.0), 0.0, materials)
    assert len(materials) == count
    assert build("bookcase", seed=4)[0].positions.tobytes() == build("bookcase", seed=4)[0].positions.tobytes()
    assert build("sofa", colour="#ff0000")[1] != build("sofa", colour="#0000ff")[1]


def test_lamps_give_light_where_they_stand() -> None:
    light = prop_light("lamp", (1.0, 2.0, 0.76), 0.0)
    assert light is not None and light.kind == "point" and light.position == pytest.approx((1.0, 2.0, 1.16))
    assert prop_light("chair", (0, 0, 0), 0.0) is None
