"""What one actor does over a shot, as plain data, and the pose that follows from it at any second. Nothing here remembers a frame."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from generation.contract import Word
from generation.previs.figures.gait import Root, Steps, angle_between, smooth
from generation.previs.figures.gestures import GESTURES, speak_beat
from generation.previs.figures.postures import SEAT_BACK, Posture, posture_pose
from generation.previs.figures.skeleton import C, Pose, add_channels
from generation.previs.figures.solids import F64
from generation.previs.figures.speaking import Stress, blink_at, bump, mouth_at

Point = Callable[[float], F64 | None]  # where something is at a time in seconds


@dataclass(frozen=True)
class Stay:
    """At rest from `start` on."""

    start: float
    root: Root
    posture: Posture = "stand"
    seat: float = 0.0


@dataclass(frozen=True)
class Change:
    """From one posture to another on the spot."""

    start: float
    end: float
    before: Stay
    after: Stay


@dataclass(frozen=True)
class Act:
    """One gesture of one actor. `reach` pulls the hand to a point of the world; `still_body` keeps the head free for looks."""

    start: float
    end: float
    gesture: str
    side: str = "r"
    reach: Point | None = None
    mutual: bool = False


@dataclass(frozen=True)
class Look:
    start: float
    target: Point | None  # None: straight ahead


@dataclass(frozen=True)
class Speech:
    start: float
    words: tuple[Word, ...]
    beats: tuple[Stress, ...]


@dataclass(frozen=True)
class Held:
    """A thing in a hand between two times."""

    word: str
    side: str
    start: float
    end: float


@dataclass
class Performance:
    """One actor's part in a shot. `shown` are the spans in which they are on stage, in seconds."""

    key: str
    scale: float
    segments: list[Stay | Change | Steps] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    shown: tuple[float, float] = (-1e9, 1e9)
    mood: float = 0.0  # −1 sad … 1 glad: the face at rest

    def __post_init__(self) -> None:
        self._phase = hashlib.sha256(self.key.encode()).digest()[0] / 255 * 6.283

    def segment(self, seconds: float) -> Stay | Change | Steps:
        starts = [s.start for s in self.segments]
        return self.segments[max(0, bisect_right(starts, seconds) - 1)]

    def root(self, seconds: float) -> Root:
        part = self.segment(seconds)
        if isinstance(part, Steps):
            return part.root(seconds)
        return part.root if isinstance(part, Stay) else part.after.root if seconds >= part.end else part.before.root

    def moving(self, seconds: float) -> bool:
        part = self.segment(seconds)
        return isinstance(part, Steps) and part.start <= seconds < part.end

    def posture(self, seconds: float) -> tuple[Posture, float]:
        part = self.segment(seconds)
        if isinstance(part, Steps):
            return "stand", 0.0
        stay = part if isinstance(part, Stay) else part.after if seconds >= part.end else part.before
        return stay.posture, stay.seat

    def visible(self, seconds: float) -> bool:
        return self.shown[0] <= seconds < self.shown[1]

    def pose(self, seconds: float) -> tuple[Pose, Root, dict[str, tuple[F64, float]]]:
        """The pose, the root it stands on, and where hands are pulled to."""
        pose = self._base(seconds)
        root = self.root(seconds)
        moving = self.moving(seconds)
        posture, _ = self.posture(seconds)
        if not moving:
            self._idle(pose, seconds, posture)
        self._carry(pose, seconds)
        reach = self._gestures(pose, seconds)
        if posture != "lie":
            self._gaze(pose, root, seconds)
        self._speak(pose, seconds)
        pose[C["blink"]] = max(pose[C["blink"]], blink_at(self.key, seconds), 0.97 if posture == "lie" and not self.acts else 0.0)
        pose[C["smile"]] += 0.18 + 0.5 * self.mood
        pose[C["brow_tilt"]] += max(0.0, -self.mood) * 0.4
        return pose, root, reach

    def _base(self, seconds: float) -> Pose:
        part = self.segment(seconds)
        if isinstance(part, Steps):
            return part.pose(seconds)
        if isinstance(part, Stay):
            return posture_pose(part.posture, self.scale, part.seat)
        a, b = posture_pose(part.before.posture, self.scale, part.before.seat), posture_pose(part.after.posture, self.scale, part.after.seat)
        u = (seconds - part.start) / max(part.end - part.start, 1e-6)
        pose = a + (b - a) * smooth(u)
        # A body leans forward to sit down or get up: the weight must pass over the feet.
        lean = math.sin(math.pi * min(1.0, max(0.0, u)))
        add_channels(pose, lean, spine_pitch=0.28, pelvis_pitch=0.22, head_pitch=-0.10, hand_l_x=0.18, hand_r_x=0.18)
        return pose

    def _idle(self, pose: Pose, t: float, posture: Posture) -> None:
        """Breath and the small shifts of weight of somebody alive."""
        p = self._phase
        breath = math.sin(t * 1.55 + p)
        add_channels(pose, 1.0, chest_pitch=-0.014 * breath, shoulders=0.10 * breath, neck_pitch=0.008 * breath)
        sway = math.sin(t * 0.53 + p * 2) + 0.4 * math.sin(t * 0.31 + p)
        if posture == "stand":
            add_channels(
                pose,
                1.0,
                pelvis_y=0.016 * sway,
                pelvis_roll=0.018 * sway,
                spine_roll=-0.022 * sway,
                pelvis_z=-0.004 * abs(sway),
                chest_yaw=0.02 * math.sin(t * 0.4 + p),
            )
        elif posture == "sit":
            add_channels(pose, 1.0, spine_roll=0.014 * sway, spine_pitch=0.012 * math.sin(t * 0.37 + p))
        add_channels(
            pose,
            1.0,
            head_roll=0.018 * math.sin(t * 0.61 + p * 3),
            head_yaw=0.022 * math.sin(t * 0.43 + p),
            gaze_yaw=0.10 * math.sin(t * 0.9 + p),
            hand_l_x=0.008 * breath,
            hand_r_x=0.008 * breath,
        )

    def _carry(self, pose: Pose, seconds: float) -> None:
        for thing in self.held:
            weight = smooth((seconds - thing.start) / 0.3 + 0.5) * (1 - smooth((seconds - thing.end) / 0.3 + 0.5))
            if weight > 0:
                GESTURES["shelter" if thing.word == "umbrella" else "hold"](pose, 0.5, seconds, 0.92 * weight, thing.side)

    def _gestures(self, pose: Pose, seconds: float) -> dict[str, tuple[F64, float]]:
        reach: dict[str, tuple[F64, float]] = {}
        for act in self.acts:
            if not act.start - 0.25 < seconds < act.end + 0.3:
                continue
            length = max(act.end - act.start, 0.2)
            ease = min(0.35, 0.4 * length)
            weight = smooth((seconds - act.start) / ease) * (1 - smooth((seconds - act.end + ease) / ease))
            u = min(1.0, max(0.0, (seconds - act.start) / length))
            if weight <= 0:
                continue
            GESTURES[act.gesture](pose, u, max(0.0, seconds - act.start), weight, act.side)
            if act.reach is not None:
                point = act.reach(seconds)
                if point is not None:
                    reach[act.side] = (point, weight * math.sin(math.pi * u) ** 0.7 * 0.9)
        return reach

    def _gaze(self, pose: Pose, root: Root, seconds: float) -> None:
        """Head and neck towards what is looked at; each new look takes a third of a second, with a blink on large turns."""
        if not self.looks:
            return
        starts = [look.start for look in self.looks]
        i = max(0, bisect_right(starts, seconds) - 1)
        yaw, pitch = self._aim(self.looks[i], root, pose, seconds)
        since = seconds - self.looks[i].start
        if i > 0 and since < 0.42:
            before = self._aim(self.looks[i - 1], root, pose, seconds)
            u = smooth(since / 0.42)
            if abs(yaw - before[0]) > 0.6:
                pose[C["blink"]] = max(pose[C["blink"]], bump(since - 0.16, 0.10, 0.14))
            yaw, pitch = before[0] + (yaw - before[0]) * u, before[1] + (pitch - before[1]) * u
        still = 0.25 if self.moving(seconds) else 1.0
        add_channels(
            pose,
            1.0,
            neck_yaw=0.34 * yaw,
            head_yaw=0.46 * yaw,
            chest_yaw=0.20 * yaw * still,
            neck_pitch=0.35 * pitch,
            head_pitch=0.60 * pitch,
            gaze_yaw=0.35 * yaw,
        )

    def _aim(self, look: Look, root: Root, pose: Pose, seconds: float) -> tuple[float, float]:
        target = look.target(seconds) if look.target else None
        if target is None:
            return 0.0, 0.0
        eye = np.array([root.x, root.y, root.z + (pose[C["pelvis_z"]] + 0.74) * self.scale])
        back = float(pose[C["pelvis_x"]]) * self.scale
        eye[0] += back * math.cos(root.yaw)
        eye[1] += back * math.sin(root.yaw)
        way = target - eye
        flat = math.hypot(way[0], way[1])
        if flat < 0.12:
            return 0.0, 0.0
        yaw = angle_between(root.yaw, math.atan2(way[1], way[0]))
        if abs(yaw) > 2.3:
            return 0.0, 0.0
        limit = 1.30
        return max(-limit, min(limit, yaw)), max(-0.5, min(0.75, -math.atan2(way[2], flat)))

    def _speak(self, pose: Pose, seconds: float) -> None:
        for speech in self.speeches:
            t = seconds - speech.start
            opened, wide = mouth_at(speech.words, t)
            if opened or wide:
                pose[C["mouth"]] = max(pose[C["mouth"]], opened)
                pose[C["mouth_wide"]] += wide
            if not speech.words or not -1.0 < t < speech.words[-1].end + 1.0:
                continue
            # The hands of somebody who carries or does something stay with that.
            busy = (
                self.moving(seconds)
                or any(a.start - 0.3 < seconds < a.end + 0.3 for a in self.acts)
                or any(h.start < seconds < h.end for h in self.held)
            )
            for beat in speech.beats:
                weight = bump(t - beat.at, 0.45, 0.75) * beat.strength
                if weight > 0:
                    if busy:
                        add_channels(pose, weight, head_pitch=0.10, brow=0.5)
                    else:
                        speak_beat(pose, beat.kind, weight, "r" if (int(beat.at * 10) + beat.kind) % 3 else "l")


def seat_root(x: float, y: float, z: float, facing: float, scale: float, centre: bool) -> Root:
    """Where the feet are of somebody who sits on a seat; `centre` says that (x, y) is the seat itself."""
    forward = SEAT_BACK * scale if centre else 0.0
    return Root(x + forward * math.cos(facing), y + forward * math.sin(facing), z, facing)
