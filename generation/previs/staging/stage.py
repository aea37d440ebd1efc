"""A shot's action over time, ready for cameras and the renderer."""

from __future__ import annotations

import math

import numpy as np

from generation.contract import Beat, Rate, SceneFacts, SpokenLine
from generation.previs import shapes
from generation.previs.figures.figure import Figure
from generation.previs.figures.gait import Root, smooth
from generation.previs.figures.skeleton import J
from generation.previs.figures.solids import F64
from generation.previs.figures.speaking import stresses, words_over
from generation.previs.props import make_prop, prop_for
from generation.previs.scene import Material, Mesh, Vec
from generation.previs.stage import Place, Subject
from generation.previs.staging.director import Director, Scenes
from generation.previs.staging.performance import Look, Performance, Speech
from generation.previs.staging.riding import Ride, under

FIRST_ID = 10_000  # object ids of figures; held things follow at FIRST_PROP_ID
FIRST_PROP_ID = 11_000
EARLIER_SECONDS = 6.0  # the length earlier beats are played in; only their end matters


class ShotStage:
    """Implements `generation.previs.stage.Stage`; `moving` draws everything that moves. Same arguments, same picture."""

    def __init__(self, place: Place, figures: dict[str, Figure], director: Director, record: Scenes, axis: tuple[Vec, Vec], side: Vec) -> None:
        self.place, self.axis, self.side = place, axis, side
        self.figures = figures
        self.notes = tuple(dict.fromkeys(record.notes))
        self._record, self._cast = record, director.cast
        self._find = director.find
        self._solved: dict[tuple[str, float], tuple[F64, Root]] = {}
        self._materials = place.scene.materials
        self._first: dict[str, int] = {}
        self._doors_before = {name: before for name, _, _, before, _ in reversed(record.doors)}
        self._doors_after = dict(director.world.doors)
        self._taken = frozenset(director.world.taken)
        self._going = [(m, when) for word, when in record.taken for m in place.scene.still if m.name == word]
        self._props: dict[str, Mesh] = {}
        # All materials are known before the first frame: the renderer keeps work as long as they do not change.
        for name in self._cast:
            self._materials_of(name, figures[name].materials)
            for thing in record.performances[name].held:
                self._prop(thing.word)
        for word, *_ in record.loose:
            self._prop(word)
        if any(isinstance(part, Ride) for one in record.performances.values() for part in one.segments):
            self._prop("bicycle")

    def performance(self, name: str) -> Performance:
        return self._record.performances[name]

    def matrices(self, name: str, seconds: float) -> tuple[F64, Root]:
        """Joint matrices (J, 3, 4) of a figure in the world, and where it stands."""
        key = (name, round(seconds, 6))
        if key not in self._solved:
            if len(self._solved) > 64:
                self._solved.clear()
            pose, root, reach = self._record.performances[name].pose(seconds)
            self._solved[key] = (self.figures[name].solve(pose, root.point, root.yaw, reach), root)
        return self._solved[key]

    def _named(self, name: str) -> str:
        wanted = name.casefold()
        return next((n for n in self._cast if n.casefold() == wanted), "") or next(
            (n for n in self._cast if wanted and wanted in n.casefold().split()), ""
        )

    def subject(self, name: str, seconds: float) -> Subject | None:
        cast = self._named(name)
        if cast:
            return self._figure(cast, seconds) if self._record.performances[cast].visible(seconds) else None
        bare = name.casefold().removeprefix("the ").removeprefix("a ")
        meant = prop_for(bare) or bare
        for thing in self._things(seconds):
            if thing[0] in (bare, meant):
                x, y, z = thing[1]
                return Subject(thing[0], (x, y, z), 0.2, 0.0, (x, y, z + 0.1), 0.25, False)
        if bare in ("hand", "hands", "fingers", "fist"):
            return self._hands(seconds)
        part = self._find.part(name)
        if part is None:
            return None
        box = part.box
        height, width = box.high[2] - box.low[2], max(box.high[0] - box.low[0], box.high[1] - box.low[1])
        facing = part.use.facing + math.pi if part.use else -math.pi / 2
        foot = (part.centre[0], part.centre[1], box.low[2])
        return Subject(part.name, foot, height, facing, (part.centre[0], part.centre[1], box.low[2] + height * 0.6), width, False)

    def _hands(self, seconds: float) -> Subject | None:
        """The hand that does something in this shot, else that of whoever is there."""
        busy = [(act.start > -1.0, n, act.side) for n in self._cast for act in self._record.performances[n].acts if act.start <= seconds < act.end]
        idle = [(False, n, "r") for n in self._cast]
        for _, name, side in (*sorted(busy, key=lambda one: not one[0]), *idle):
            if self._record.performances[name].visible(seconds) and self.figures[name].hands:
                grip, _ = self.figures[name].grip(self.matrices(name, seconds)[0], side if side in ("l", "r") else "r")
                x, y, z = (float(v) for v in grip)
                return Subject("hands", (x, y, z - 0.1), 0.2, 0.0, (x, y, z), 0.25, False)
        return None

    def _things(self, seconds: float) -> list[tuple[str, Vec]]:
        """Loose and held props with their positions."""
        out: list[tuple[str, Vec]] = [(word, spot) for word, spot, start, end in self._record.loose if start <= seconds < end]
        for name in self._cast:
            performance = self._record.performances[name]
            for thing in performance.held:
                if thing.start <= seconds < thing.end and performance.visible(seconds) and self.figures[name].hands:
                    grip, _ = self.figures[name].grip(self.matrices(name, seconds)[0], thing.side)
                    out.append((thing.word, (float(grip[0]), float(grip[1]), float(grip[2]))))
        return out

    def _figure(self, name: str, seconds: float) -> Subject:
        figure = self.figures[name]
        matrices, root = self.matrices(name, seconds)
        eyes = figure.eyes(matrices)
        posture, _ = self._record.performances[name].posture(seconds)
        height = figure.height if posture == "stand" else max(0.3, float(eyes[2]) - root.z + 0.16 * figure.scale)
        return Subject(
            name,
            (root.x, root.y, root.z),
            height,
            self._face(name, matrices, root),
            (float(eyes[0]), float(eyes[1]), float(eyes[2])),
            0.5 * figure.scale * (1.4 if posture == "lie" else 1.0),
        )

    def _face(self, name: str, matrices: F64, root: Root) -> float:
        """Where the face is turned: that of somebody who looks over the shoulder is not where the feet point."""
        if not self.figures[name].hands:
            return root.yaw  # an animal's eyes stand at the sides
        forward = matrices[J["head"]][:, :3] @ np.array([1.0, 0.0, 0.0])
        return math.atan2(float(forward[1]), float(forward[0])) if math.hypot(forward[0], forward[1]) > 0.3 else root.yaw

    def visible(self, seconds: float) -> list[Subject]:
        return [self._figure(n, seconds) for n in self._cast if self._record.performances[n].visible(seconds)]

    # What is drawn

    def still(self, meshes: list[Mesh]) -> list[Mesh]:
        """The set without the things somebody has picked up."""
        if not self._taken:
            return meshes
        return [m for m in meshes if m.name not in self._taken]

    def moving(self, seconds: float) -> list[Mesh]:
        """Figures, doors, held and loose things at a time of the shot. Materials are added to the place's scene on first use."""
        out: list[Mesh] = []
        for i, name in enumerate(self._cast):
            performance, figure = self._record.performances[name], self.figures[name]
            if not performance.visible(seconds):
                continue
            matrices, _ = self.matrices(name, seconds)
            out.append(figure.mesh(matrices, FIRST_ID + i, self._materials_of(name, figure.materials)))
            for j, thing in enumerate(performance.held):
                if thing.start <= seconds < thing.end and figure.hands:
                    out.append(self._in_hand(name, thing.word, thing.side, matrices, FIRST_PROP_ID + i * 16 + j % 16))
            if self._rides(name, seconds):
                out.append(shapes.place(self._prop("bicycle"), *under(self._record.performances[name].root(seconds))))
                out[-1].object_id = FIRST_PROP_ID + 800 + i
        for j, (word, spot, start, end) in enumerate(self._record.loose):
            if start <= seconds < end:
                out.append(shapes.place(self._prop(word), spot, 0.4))
                out[-1].object_id = FIRST_PROP_ID + 900 + j % 99
        out += [mesh for mesh, when in self._going if seconds < when]
        for door in self.place.doors:
            out += door.mesh(self.door(door.name, seconds))
        return out

    def _rides(self, name: str, seconds: float) -> bool:
        return isinstance(self._record.performances[name].segment(seconds), Ride)

    def door(self, name: str, seconds: float) -> float:
        """How far a door is open, 0–1."""
        opened = self._doors_before.get(name, self._doors_after.get(name, 0.0))
        for of, start, end, before, after in self._record.doors:
            if of == name and seconds >= start:
                opened = before + (after - before) * smooth((seconds - start) / max(end - start, 0.05))
        return opened

    def _materials_of(self, name: str, materials: list[Material]) -> int:
        if name not in self._first:
            self._first[name] = len(self._materials)
            self._materials.extend(materials)
        return self._first[name]

    def _prop(self, word: str) -> Mesh:
        if word not in self._props:
            self._props[word] = make_prop(word, (0.0, 0.0, 0.0), 0.0, self._materials)[0]
        return self._props[word]

    def _in_hand(self, name: str, word: str, side: str, matrices: F64, object_id: int) -> Mesh:
        """The thing upright in the hand, its middle in the grip, turned with the forearm's heading."""
        figure, mesh = self.figures[name], self._prop(word)
        grip, turn = figure.grip(matrices, side)
        forward = turn @ np.array([0.0, 0.0, -1.0])
        yaw = math.atan2(float(forward[1]), float(forward[0])) + math.pi / 2
        high = float(mesh.positions[:, 2].max() - mesh.positions[:, 2].min())
        flat = word in ("letter", "map", "newspaper", "paper", "photograph", "book")
        tip = self._tip(name, side, matrices)
        rotation = shapes.turn(yaw, -0.9 if flat else 0.0, tip)
        drop = np.array([0.0, 0.0, min(0.5 * high, 0.16) if not flat else 0.02])
        positions = (mesh.positions - drop.astype(np.float32)) @ rotation.T.astype(np.float32) + grip.astype(np.float32)
        return Mesh(
            positions.astype(np.float32),
            (mesh.normals @ rotation.T.astype(np.float32)).astype(np.float32),
            mesh.triangles,
            mesh.materials,
            object_id,
            word,
        )

    def _tip(self, name: str, side: str, matrices: F64) -> float:
        """How far a held thing is tipped (pouring, drinking): from the twist of the hand against the forearm."""
        hand, fore = matrices[J[f"hand_{side}"]][:, :3], matrices[J[f"fore_{side}"]][:, :3]
        across = fore.T @ hand @ np.array([1.0, 0.0, 0.0])
        return float(np.arctan2(across[1], across[0])) * 0.7


def stage_scene(
    place: Place, facts: SceneFacts, figures: dict[str, Figure], beat: int, frames: int, rate: Rate, lines: tuple[SpokenLine, ...], seed: int
) -> ShotStage:
    """Plays the scene's beats up to `beat` and returns that one as a stage of `frames` frames. Deterministic."""
    director = Director(place, figures, facts, seed)
    beats = facts.beats or (Beat(characters=facts.cast),)
    axis, side = line_of_action(director)
    for earlier in beats[: min(beat, len(beats) - 1)]:
        director.play(earlier, EARLIER_SECONDS)
        axis, side = line_of_action(director, side)
    seconds = max(rate.seconds(frames), 1e-3)
    current = beats[min(beat, len(beats) - 1)]
    before = dict(director.world.loose.items())
    record = director.play(current, seconds)
    started = {w for w, *_ in record.loose}
    record.loose += [(w, p, -1e6, 1e6) for w, p in before.items() if w not in started]
    _speak(director, record, current, lines, rate)
    for name, performance in record.performances.items():
        performance.looks.sort(key=lambda look: look.start)
        partner = director.partner(name, current)
        performance.looks.insert(0, Look(-1e6, director.eyes_of(partner) if partner else None))
        performance.segments.sort(key=lambda s: s.start)
        performance.mood = _mood(f"{facts.mood} {current.action}")
    return ShotStage(place, figures, director, record, axis, side)


def _mood(text: str) -> float:
    low = text.casefold()
    sad = sum(
        w in low for w in ("sad", "grief", "cry", "weep", "angry", "tense", "afraid", "fear", "worried", "grim", "lonely", "mourn", "dread", "tired")
    )
    glad = sum(w in low for w in ("happy", "joy", "smil", "laugh", "warm", "love", "tender", "cheer", "delight", "relie", "hope"))
    return max(-1.0, min(1.0, 0.6 * (glad - sad)))


def line_of_action(director: Director, before: Vec | None = None) -> tuple[tuple[Vec, Vec], Vec]:
    """The line between the two main figures where they stand now, and the cameras' side of it: the side they were on `before`, so that
    whoever was left stays left; at first the front (−y) as far as possible."""
    names = director.main
    spots = [director._xy(n) for n in names]
    if len(spots) == 2 and math.hypot(spots[0][0] - spots[1][0], spots[0][1] - spots[1][1]) > 0.3:
        a, b = spots
    else:
        x, y = spots[0] if spots else (0.0, 0.0)
        a, b = (x - 0.6, y), (x + 0.6, y)
    way = np.array([b[0] - a[0], b[1] - a[1]])
    way /= np.linalg.norm(way)
    side = np.array([way[1], -way[0]])
    middle = director.place.bounds
    centre = ((middle.low[0] + middle.high[0]) / 2, (middle.low[1] + middle.high[1]) / 2)
    # Nearly in depth: the side with more room, which is towards the middle of the place.
    pull = -side[1] if abs(side[1]) > 0.5 else side[0] * (centre[0] - (a[0] + b[0]) / 2)
    if before is not None and abs(turned := float(side @ np.array(before[:2]))) > 0.2:
        pull = turned
    if pull < 0:
        side = -side
    return ((a[0], a[1], director._ground(a)), (b[0], b[1], director._ground(b))), (float(side[0]), float(side[1]), 0.0)


def _speak(director: Director, record: Scenes, beat: Beat, lines: tuple[SpokenLine, ...], rate: Rate) -> None:
    """Mouths and hands of the speakers, and everybody's eyes on whoever speaks."""
    names = {n.casefold(): n for n in director.cast}
    previous = ""
    for i, line in enumerate(sorted(lines, key=lambda spoken: spoken.start)):
        speaker = names.get(line.character.casefold(), "")
        start = rate.seconds(line.start) if line.start >= 0 else -rate.seconds(-line.start)
        if not speaker or line.off_screen:
            continue
        performance = record.performances[speaker]
        words = line.words or words_over(line.text, line.seconds)
        performance.speeches.append(Speech(start, words, stresses(words, f"{speaker}|{i}")))
        state = director.world.actors[speaker]
        after = [names.get(other.character.casefold(), "") for other in lines if other.start > line.start]
        listener = next(
            (n for n in (previous, *after, director.partner(speaker, beat)) if n and n != speaker and director.world.actors[n].present), ""
        )
        if listener and state.present:
            performance.looks.append(Look(start - 0.15, director.eyes_of(listener)))
            if director.free_from(speaker) <= start + 0.3:
                spot = director._body(listener)
                director.turn(speaker, math.atan2(spot[1] - state.root.y, spot[0] - state.root.x), max(start - 0.3, director.free_from(speaker)))
        for other in director.cast:
            if other != speaker and director.world.actors[other].present:
                record.performances[other].looks.append(Look(start + 0.12, director.eyes_of(speaker)))
        previous = speaker
