"""Plays the beats of a scene one after another, so that each shot begins where the last one ended.

The same code plays earlier beats (only the state after them counts) and the beat that is shown (its performances count).
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from generation.contract import Beat, SceneFacts
from generation.previs.figures.figure import Figure
from generation.previs.figures.gait import Root, Steps, angle_between
from generation.previs.figures.postures import Posture
from generation.previs.figures.solids import F64
from generation.previs.stage import Place
from generation.previs.staging import company
from generation.previs.staging.bringing import bring
from generation.previs.staging.finding import Finder, holdable
from generation.previs.staging.floor import XY, Floor
from generation.previs.staging.parsing import Action, read_actions
from generation.previs.staging.performance import Act, Change, Held, Look, Performance, Point, Stay
from generation.previs.staging.riding import Ride, dismount
from generation.previs.staging.verbs import VERBS

WALK, RUN = 1.25, 3.0  # metres per second of an adult
LONG = 0.5  # metres an animal reaches from its middle
CHEAT = 1.1  # radians by which somebody who stands at a wall is turned to the cameras
TALK, HAND, TOUCH = 1.05, 0.68, 0.46  # metres between two who talk, hand something over, embrace


@dataclass
class State:
    """Where one actor is between two beats."""

    root: Root
    present: bool = True
    posture: Posture = "stand"
    seat: float = 0.0
    seat_name: str = ""
    held: dict[str, str] = field(default_factory=dict)  # side → prop
    lasting: tuple[str, str, str] | None = None  # (gesture, prop, side) that goes on
    riding: str = ""  # what one sits astride: "bicycle"
    away: bool = False  # the words put them out of talking distance


@dataclass
class World:
    """Everything that beats change."""

    actors: dict[str, State] = field(default_factory=dict)
    doors: dict[str, float] = field(default_factory=dict)
    loose: dict[str, tuple[float, float, float]] = field(default_factory=dict)  # props put down: word → where
    taken: set[str] = field(default_factory=set)  # parts of the set that somebody picked up
    recent: list[str] = field(default_factory=list)
    partners: dict[str, str] = field(default_factory=dict)  # whom somebody talked with last


@dataclass
class Scenes:
    """What one played beat recorded."""

    performances: dict[str, Performance]
    doors: list[tuple[str, float, float, float, float]] = field(default_factory=list)  # name, start, end, from, to
    loose: list[tuple[str, tuple[float, float, float], float, float]] = field(default_factory=list)  # prop, where, from, to
    taken: list[tuple[str, float]] = field(default_factory=list)  # parts of the set picked up in this beat, and when
    notes: list[str] = field(default_factory=list)
    end: float = 0.0


_STATES = ("sit", "lie", "kneel", "crouch", "stand", "here", "near", "look")


class Director:
    def __init__(self, place: Place, figures: dict[str, Figure], facts: SceneFacts, seed: int) -> None:
        self.place, self.figures, self.facts, self.seed = place, figures, facts, seed
        self.floor, self.find = Floor(place), Finder(place)
        self.genders = {n: str(f.design.get("gender", "neutral")) for n, f in figures.items()}
        self.cast = tuple(n for n in dict.fromkeys((*facts.cast, *figures)) if n in figures)
        self.world = World()
        self.record = Scenes({})
        self.pace, self.offset = 1.0, 0.0
        self._cursor: dict[str, float] = {}
        self._opening: set[tuple[str, str]] = set()
        self._set_up()

    # The beginning of the scene

    def _actions(self, beat: Beat) -> list[Action]:
        present = tuple(n for n in self.world.recent if n in self.world.actors and self.world.actors[n].present)
        if len(beat.characters) <= 2:  # a shot of one or two is about them: "he" is the one in it, the first if it fits both
            shown = tuple(n for n in reversed(beat.characters) if n in self.figures)
            present = (*(n for n in present if n not in shown), *shown)
        return read_actions(beat.action, self.cast, self.genders, present or tuple(beat.characters))

    def _set_up(self) -> None:
        """Places everybody who is there when the scene begins: on free marks, main figures first, facing each other if they will talk. Nobody
        who is first met later: they must not jump from shot to shot."""
        opening = self.facts.beats[0] if self.facts.beats else Beat()
        firsts: dict[str, Action] = {}
        for action in self._actions(opening):
            for name in action.subjects:
                firsts.setdefault(name, action)
        taken: list[XY] = []
        for name in self.cast:
            first = firsts.get(name)
            enters = first is not None and first.verb.kind == "enter"
            present = (name in opening.characters or name in firsts or not self.facts.beats) and not enters
            spot, facing = self._free_mark(taken)
            spot = company.spot_with(self, spot, taken)
            self.world.actors[name] = State(Root(*spot, self._ground(spot), facing), present)
            if present:
                taken.append(spot)
                if first and first.verb.kind in _STATES and self._is_opening(name, first):
                    self._open_with(name, first)
                    taken[-1] = self._xy(name)
        here = [n for n in self.cast if self.world.actors[n].present]
        if len(here) >= 2:
            self._face_each_other(here[0], here[1])
            for other in here[2:]:
                self._face_point(other, self._middle(here[:2]))
        self.main = tuple(here[:2]) if len(here) >= 2 else tuple((here + [n for n in self.cast if n not in here])[:2])
        self.world.recent = list(here)

    def _is_opening(self, name: str, first: Action) -> bool:
        """Whether somebody's first action is how the scene finds them, not something they go and do."""
        beat = self.facts.beats[0] if self.facts.beats else Beat()
        mine = [a for a in self._actions(beat) if name in a.subjects]
        same = bool(mine) and mine[0].verb.name == first.verb.name and mine[0].phrase == first.phrase
        return (same or first.stative) and (
            first.verb.kind in ("sit", "lie", "kneel")
            or first.stative
            or (first.verb.kind in ("stand", "here", "near", "look") and bool(self.find.part(first.phrase)) and first.verb.lasting)
        )

    def _open_with(self, name: str, action: Action) -> None:
        state = self.world.actors[name]
        here = (state.root.x, state.root.y)
        if action.verb.kind in ("sit", "lie"):
            self._take_seat(name, action.phrase, lying=action.verb.kind == "lie")
        elif action.verb.kind in ("kneel", "crouch"):
            state.posture = "kneel" if action.verb.kind == "kneel" else "crouch"
        else:
            part = self.find.part(action.phrase, here)
            if part:
                mark = self.find.mark_of(part, here)
                spot = self.floor.free_near((mark.position[0], mark.position[1]), self._others(name))
                towards = math.atan2(part.centre[1] - spot[1], part.centre[0] - spot[0])
                if action.verb.kind in ("stand", "here"):  # who stands at a window or a wall is seen: half turned to where cameras stand
                    towards += max(-CHEAT, min(CHEAT, angle_between(towards, -math.pi / 2)))
                state.root = Root(*spot, self._ground(spot), towards)
        self._opening.add((name, f"{action.verb.name}|{action.phrase}"))

    def _free_mark(self, taken: list[XY]) -> tuple[XY, float]:
        for mark in self.place.marks:
            spot = self.floor.free_near((mark.position[0], mark.position[1]))
            if all(math.hypot(spot[0] - x, spot[1] - y) > 0.75 for x, y in taken):
                return spot, mark.facing
        low, high = self.place.bounds.low, self.place.bounds.high
        middle = ((low[0] + high[0]) / 2, low[1] + (high[1] - low[1]) * 0.4)
        spread = 1.2 * len(taken) * (-1) ** len(taken) / 2
        return self.floor.free_near((middle[0] + spread, middle[1]), tuple(taken), 0.9), -math.pi / 2

    def _face_each_other(self, a: str, b: str) -> None:
        for one, other in ((a, b), (b, a)):
            self._face_point(one, self._xy(other))

    def _face_point(self, name: str, point: XY) -> None:
        state = self.world.actors[name]
        if state.posture == "stand" and not any(key[0] == name for key in self._opening):
            state.root = Root(state.root.x, state.root.y, state.root.z, math.atan2(point[1] - state.root.y, point[0] - state.root.x))

    # Small questions

    def _ground(self, spot: XY) -> float:
        return float(self.place.ground(spot[0], spot[1]))

    def _xy(self, name: str) -> XY:
        root = self.world.actors[name].root
        return root.x, root.y

    def _middle(self, names: list[str]) -> XY:
        spots = [self._xy(n) for n in names]
        return sum(s[0] for s in spots) / len(spots), sum(s[1] for s in spots) / len(spots)

    def _others(self, name: str, but: str = "") -> tuple[XY, ...]:
        return tuple(self._body(n) for n, s in self.world.actors.items() if s.present and n not in (name, but))

    def _body(self, name: str) -> XY:
        """The middle of the body on the ground: of somebody seated that is the seat."""
        state = self.world.actors[name]
        back = 0.25 * self.figures[name].scale if state.posture == "sit" else 0.0
        return state.root.x - back * math.cos(state.root.yaw), state.root.y - back * math.sin(state.root.yaw)

    def eyes_of(self, name: str) -> Point:
        """The eyes of an actor over time, roughly and quickly (for looks, which must not depend on each other)."""
        performance, figure = self.record.performances[name], self.figures[name]

        def at(seconds: float) -> F64 | None:
            if not performance.visible(seconds):
                return None
            root = performance.root(seconds)
            posture, seat = performance.posture(seconds)
            high = {"stand": 0.93, "sit": 0.49, "kneel": 0.68, "crouch": 0.55, "lie": 0.1}[posture] * figure.height + (
                seat if posture in ("sit", "lie") else 0.0
            )
            back = 0.33 * figure.scale if posture == "sit" else 0.0
            return np.array([root.x - back * math.cos(root.yaw), root.y - back * math.sin(root.yaw), root.z + high])

        return at

    def _fixed(self, point: tuple[float, float, float]) -> Point:
        value = np.array(point, dtype=np.float64)
        return lambda _seconds: value

    # Playing a beat

    def play(self, beat: Beat, seconds: float) -> Scenes:
        """Plays one beat within `seconds`: at its own pace if it fits, faster if it must, and if even that is too long the shot begins in the middle
        of it, so that it ends where the next one starts."""
        before = copy.deepcopy(self.world)
        self.pace, self.offset = 1.0, 0.25
        result = self._run(beat, seconds)
        natural = result.end - self.offset
        if natural > seconds - 0.35:
            self.pace = min(1.7, natural / max(seconds - 0.35, 0.1))
            self.offset = 0.15
            self.world = copy.deepcopy(before)
            result = self._run(beat, seconds)
            if result.end > seconds - 0.1:
                self.offset -= result.end - (seconds - 0.1)
                self.world = copy.deepcopy(before)
                result = self._run(beat, seconds)
        return result

    def _run(self, beat: Beat, seconds: float) -> Scenes:
        actions = [self._coming(action) for action in self._actions(beat)]
        entering = {n for a in actions if a.verb.kind == "enter" for n in a.subjects}
        for name in dict.fromkeys((*beat.characters, *(n for a in actions for n in a.subjects))):
            state = self.world.actors.get(name)
            if state and not state.present and name not in entering and name in self.figures:
                self._appear(name, beat.action, next((a for a in actions if name in a.subjects), None))
        self._remember_partners(beat)
        company.settle(self, beat, actions)
        bring(self, beat.action, [n for a in actions for n in a.subjects])
        self._prepare_dialogue(beat, actions)
        self.record = Scenes({n: Performance(f"{self.seed}|{n}", self.figures[n].scale) for n in self.cast})
        self._cursor = {}
        for name in self.cast:
            self._begin(name)
        last_start = self.offset
        for action in actions:
            last_start = self._action(action, last_start)
        for name in self.cast:
            self._finish(name, seconds)
        self.record.end = max([self.offset, *self._cursor.values()])
        return self.record

    def _appear(self, name: str, text: str, first: Action | None) -> None:
        """Somebody who was not on stage and does not enter in this beat is simply there, as its first words about them find them."""
        state = self.world.actors[name]
        state.away = company.far(text)
        others = self._others(name)
        here = (state.root.x, state.root.y)
        spot = company.spot_away(self, here, others) if state.away else company.spot_with(self, here, others)
        spot = self.floor.free_near(spot, others, 0.8)
        state.root, state.present, state.posture = Root(*spot, self._ground(spot), state.root.yaw), True, "stand"
        met = [n for n in self.main if n != name and self.world.actors[n].present]
        if met:
            self._face_point(name, self._xy(met[0]))
        if first is not None and (first.verb.kind in ("sit", "lie", "kneel", "crouch") or (first.verb.kind in _STATES and first.stative)):
            self._open_with(name, first)

    def _coming(self, action: Action) -> Action:
        """Who was not there and "steps out" comes into the picture."""
        gone = [n for n in action.subjects if n in self.world.actors and not self.world.actors[n].present]
        if action.verb.kind == "exit" and gone and len(gone) == len(action.subjects) and {"out", "behind"} & set(action.phrase.split()):
            return dataclasses.replace(action, verb=VERBS["enter"])
        return action

    def _remember_partners(self, beat: Beat) -> None:
        """Two speakers of a shot, or a speaker and the other one in it, go on talking to each other in the shots of one alone."""
        speakers = [n for n in dict.fromkeys(beat.speakers) if n in self.world.actors]
        pair = speakers if len(speakers) == 2 else [*speakers, *(n for n in beat.characters if n not in speakers)] if speakers else []
        if len(pair) == 2 and all(n in self.world.actors and self.world.actors[n].present for n in pair):
            self.world.partners[pair[0]], self.world.partners[pair[1]] = pair[1], pair[0]

    def _prepare_dialogue(self, beat: Beat, actions: list[Action]) -> None:
        """Those who talk and have nothing else to do face each other when the shot begins: the cut hides the turn."""
        speakers = [n for n in dict.fromkeys(beat.speakers) if n in self.world.actors and self.world.actors[n].present]
        busy = {n for a in actions for n in a.subjects}
        pairs = [(name, partner) for name in speakers if (partner := self.partner(name, beat))]
        for name, other in (*pairs, *((b, a) for a, b in pairs if b not in speakers)):
            state = self.world.actors[name]
            if name in busy or state.posture != "stand" or state.lasting or state.riding:
                continue
            target = self._xy(other)
            wanted = math.atan2(target[1] - state.root.y, target[0] - state.root.x)
            if abs(angle_between(state.root.yaw, wanted)) > 0.5:
                state.root = Root(state.root.x, state.root.y, state.root.z, wanted)

    def partner(self, name: str, beat: Beat | None = None) -> str:
        """Whom somebody talks to or looks at when nothing else calls: another speaker of the beat, then somebody in it, then a main figure."""
        known = self.world.partners.get(name, "")
        order = [*(beat.speakers if beat else ()), *(beat.characters if beat and len(beat.characters) < 3 else ()), known, *self.main, *self.cast]
        return next((n for n in order if n != name and n in self.world.actors and self.world.actors[n].present), "")

    def _begin(self, name: str) -> None:
        state, performance = self.world.actors[name], self.record.performances[name]
        performance.segments = [Stay(-1e6, state.root, state.posture, state.seat)]
        performance.shown = (-1e9, 1e9) if state.present else (1e9, 1e9)
        self._cursor[name] = self.offset
        if state.riding:
            here = (state.root.x, state.root.y)
            performance.segments = [Ride([here], state.root.yaw, -1e6, self.figures[name].scale, self.place.ground)]
        for side, word in state.held.items():
            performance.held.append(Held(word, side, -1e6, 1e6))
        if state.lasting:
            gesture, prop, side = state.lasting
            performance.acts.append(Act(-1e3, 1e6, gesture, side))
            if prop:
                performance.held.append(Held(prop, side, -1e6, 1e6))

    def _finish(self, name: str, seconds: float) -> None:
        """A lasting gesture begun in this beat goes on to its end and into the next."""
        state, performance = self.world.actors[name], self.record.performances[name]
        if state.lasting and performance.acts and performance.acts[-1].gesture == state.lasting[0] and performance.acts[-1].end < 1e5:
            last = performance.acts[-1]
            performance.acts[-1] = Act(last.start, 1e6, last.gesture, last.side, None)
            for i, thing in enumerate(performance.held):
                if thing.word == state.lasting[1] and thing.end == last.end:
                    performance.held[i] = Held(thing.word, thing.side, thing.start, 1e6)

    def _action(self, action: Action, last_start: float) -> float:
        from generation.previs.staging.doing import perform

        subjects = [n for n in action.subjects if n in self.world.actors]
        if action.unknown:
            self.record.notes.append(f"“{action.unknown}” has no picture of its own and became a small gesture.")
        if not subjects and not action.subjects:
            perform(self, "", action, last_start + 0.3)
            return last_start + 0.3
        starts = []
        for i, name in enumerate(subjects):
            if (name, f"{action.verb.name}|{action.phrase}") in self._opening:
                starts.append(last_start)
                continue
            # Different actors overlap: each begins when the one before is well under way.
            start = max(self._cursor[name], last_start + (0.0 if i else 0.55 / self.pace if self._cursor[name] <= last_start else 0.0))
            starts.append(start)
            perform(self, name, action, start)
            if name in self.world.recent:
                self.world.recent.remove(name)
            self.world.recent.append(name)
        return max(starts, default=last_start)

    # What actions are made of (used by `doing`)

    def free_from(self, name: str) -> float:
        return self._cursor[name]

    def busy_until(self, name: str, end: float) -> None:
        self._cursor[name] = max(self._cursor[name], end)

    def end_lasting(self, name: str, at: float) -> None:
        """Whatever went on is over."""
        state, performance = self.world.actors[name], self.record.performances[name]
        if state.lasting:
            state.lasting = None
            performance.acts = [Act(a.start, at, a.gesture, a.side) if a.end > 1e5 and a.start < at else a for a in performance.acts]
            performance.held = [
                Held(h.word, h.side, h.start, at) if h.end > 1e5 and h.word not in state.held.values() else h for h in performance.held
            ]

    def posture(self, name: str, posture: Posture, at: float, *, root: Root | None = None, seat: float = 0.0, quick: bool = False) -> float:
        """Changes posture; returns when it is done."""
        state, performance = self.world.actors[name], self.record.performances[name]
        if state.posture == posture and root is None:
            return at
        length = (0.7 if quick else {"sit": 1.15, "stand": 1.0, "kneel": 0.9, "crouch": 0.6, "lie": 1.3}[posture]) / self.pace
        before, after = Stay(at, state.root, state.posture, state.seat), Stay(at + length, root or state.root, posture, seat)
        performance.segments.append(Change(at, at + length, before, after))
        state.posture, state.seat, state.root = posture, seat, root or state.root
        if posture == "stand":
            state.seat_name = ""
        self.busy_until(name, at + length)
        return at + length

    def go(
        self,
        name: str,
        goal: XY,
        at: float,
        *,
        run: bool = False,
        facing: float | None = None,
        exact: bool = False,
        but: str = "",
        through: tuple[XY, ...] = (),
    ) -> float:
        """Walks to a spot round what stands there; returns when the feet are together. Stands up first if need be."""
        state, performance, figure = self.world.actors[name], self.record.performances[name], self.figures[name]
        if state.riding:
            dismount(self, name, at)
        if state.posture != "stand":
            self.end_lasting(name, at)
            at = self.posture(name, "stand", at)
        here = (state.root.x, state.root.y)
        if not exact:
            goal = self.floor.free_near(goal, self._others(name, but), 0.72 if not but else 0.6)
            if not figure.hands:
                goal = self.floor.with_room(goal, LONG)
        path = [here]
        for point in (*through, goal):
            path += self.floor.way(path[-1], point, self._others(name, but))[1:]
        if math.hypot(goal[0] - here[0], goal[1] - here[1]) < 0.12 and len(path) <= 2:
            return self.turn(name, facing, at) if facing is not None else at
        first = math.atan2(path[1][1] - here[1], path[1][0] - here[0])
        if abs(angle_between(state.root.yaw, first)) > 1.4:
            at = self.turn(name, first, at)
        last = math.atan2(path[-1][1] - path[-2][1], path[-1][0] - path[-2][0])
        end_yaw = facing if facing is not None and abs(angle_between(last, facing)) < 1.5 else last
        speed = (RUN if run else WALK * min(self.pace, 1.45)) * figure.scale**0.5
        if run and self.pace > 1.2:
            speed *= 1.15
        steps = self._without_collision(
            name, but, lambda start: Steps(path, self.world.actors[name].root.yaw, end_yaw, start, speed, figure.scale, self.place.ground), at
        )
        performance.segments.append(steps)
        state.root = Root(path[-1][0], path[-1][1], self._ground(path[-1]), end_yaw)
        performance.looks.append(Look(at, None))
        self.busy_until(name, steps.end)
        return self.turn(name, facing, steps.end) if facing is not None else steps.end

    def _without_collision(self, name: str, but: str, walk: Callable[[float], Steps], at: float) -> Steps:
        """The walk begun as soon as it keeps clear of everybody who is already on the way; at worst the one that keeps clearest."""
        best: tuple[float, Steps] | None = None
        for delay in (0.0, 0.35, 0.7, 1.1, 1.6, 2.2):
            steps = walk(at + delay)
            gap = 9.0
            for other, performance in self.record.performances.items():
                if other in (name, but) or not self.world.actors[other].present:
                    continue
                for seconds in np.arange(steps.start, steps.end, 0.2):
                    here, there = steps.root(float(seconds)), performance.root(float(seconds))
                    gap = min(gap, math.hypot(here.x - there.x, here.y - there.y))
            if best is None or gap > best[0] + 0.05:
                best = (gap, steps)
            if gap > 0.5:
                break
        assert best is not None
        return best[1]

    def turn(self, name: str, yaw: float | None, at: float) -> float:
        """Turns on the spot in two steps; small turns are left to the head."""
        state, performance = self.world.actors[name], self.record.performances[name]
        if yaw is None or state.riding or state.posture != "stand" or abs(angle_between(state.root.yaw, yaw)) < 0.3:
            return at
        steps = Steps([(state.root.x, state.root.y)], state.root.yaw, yaw, at, WALK, self.figures[name].scale, self.place.ground)
        performance.segments.append(steps)
        state.root = Root(state.root.x, state.root.y, state.root.z, yaw)
        self.busy_until(name, steps.end)
        return steps.end

    def _take_seat(self, name: str, phrase: str, lying: bool = False) -> None:
        """Sits somebody down at once (before the scene begins)."""
        from generation.previs.staging.acts import choose_seat

        chosen = choose_seat(self, name, phrase, lying)
        state = self.world.actors[name]
        if chosen:
            mark, root, key = chosen
            state.root, state.seat, state.seat_name = root, mark.seat, key
        state.posture = "lie" if lying else "sit"
        if not chosen:
            state.seat = 0.0 if lying else 0.45
            if not lying:
                state.posture = "sit" if not self.place.seats else "stand"
                state.seat = 0.12 if state.posture == "sit" else 0.0

    def prop_in(self, phrase: str) -> str:
        return holdable(phrase)
