"""Beats → shots, as an editor would want them covered.

A scene opens on its place; dialogue goes from a two-shot through over-the-shoulders and singles to close-ups as it tightens;
hands get inserts; strong lines get a look at whom they hit; entrances and exits get room; the film closes on an image.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from generation.contract import Size
from studio.script.breakdown.beats import Beat
from studio.script.breakdown.framing import Plan, cuts_together, obey
from studio.script.breakdown.model import Line, Span
from studio.script.breakdown.prose import words
from studio.script.breakdown.timing import AFTER_LINE, BEFORE_LINE, LONGEST, SHORTEST

_ONE_LOOK = 6.5  # seconds of a place and of who sits in it that are one shot
_BETWEEN = 0.3  # seconds between two lines in one shot
_OVER_CUT = 0.12  # seconds of quiet on either side of a cut inside a speech
_QUICK = 2.4  # seconds: a line short enough to share a shot
_BOTH = frozenset(("handle", "turn", "walk", "run", "conflict", "follow"))  # what two do together, whoever looks meanwhile
_STRONG = frozenset((
    "never", "always", "dead", "love", "hate", "leave", "leaving", "stay", "goodbye", "sorry",
    "please", "truth", "lie", "lied", "promise", "last", "no", "father", "mother", "home", "alone",
))  # fmt: skip


@dataclass(slots=True)
class Coverage:
    """Covers one scene. `present` is who is in the place as it goes on."""

    place: str
    interior: bool
    new_place: bool
    first_words: Span
    closing: bool = False  # the film's last scene
    present: list[str] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)  # props that had an insert
    spoken: int = 0
    reactions: int = 0
    met: set[str] = field(default_factory=set)  # who was seen or spoke so far
    found: frozenset[str] = frozenset()  # who is first shown as the scene finds them, seated or asleep, after it has opened
    waiting: Beat | None = None  # a bare direction ("CLOSE ON MARA.") for the beat behind it

    def cover(self, beats: list[Beat]) -> list[Plan]:
        beats = _with_whom_it_finds(beats)
        self.present = _there_from_the_start(beats)
        self.found = _found_later(beats)
        speeches = max(1, sum(beat.line is not None for beat in beats))
        at = 0
        while at < len(beats):
            beat, following = beats[at], beats[at + 1 : at + 3]
            if self.bare(beat, following):
                self.waiting = beat
                at += 1
                continue
            used = 1
            if beat.line is None or beat.line.kind == "dialogue":
                self.met.update(beat.people)
            if beat.line is None:
                self.action(beat)
            elif beat.line.kind == "vo":
                used = self.narration(beat, following)
            else:
                used = self.speech(beat, following, self.spoken / speeches)
            at += used
        if self.waiting is not None:
            beat, self.waiting = self.waiting, None
            self.action(beat)
        if not self.plans:
            self.establish(3.5)
        self.close(beats)
        return self.plans

    # Openings and endings

    def establish(self, seconds: float) -> Plan:
        size: Size = "wide" if self.interior or not self.new_place else "extreme wide"
        why = "shows the place" if self.new_place else "back in this place"
        there = [name for name in self.present if self.plans or name not in self.found]
        plan = Plan(size, span=self.first_words, seconds=seconds, characters=tuple(there), why=why, motives=frozenset({"place"}))
        self.plans.append(plan)
        return plan

    def open_on(self, beat: Beat) -> Plan | None:
        """The opening shot, if this beat can be it; else a short look at the place is put before it."""
        asked = beat.direction is not None and (beat.direction.size or beat.direction.target)
        if beat.line is None and not asked:
            plan = self.establish(max(beat.seconds, 3.0 if self.new_place else 2.4))
            plan.text, plan.span, plan.motives = beat.text, beat.span, beat.motives | plan.motives
            if not self.new_place and beat.people:
                plan.size, plan.subjects = "wide", beat.people[:2]
            elif beat.people:
                plan.subjects = ()
            return plan
        if not asked:
            self.establish(2.8 if self.new_place else 2.0)
        return None

    def close(self, beats: list[Beat]) -> None:
        last = self.plans[-1]
        left = beats and beats[-1].line is None and "exit" in beats[-1].motives
        if left and "size" not in last.fixed and last.size != "wide":
            last.size, last.over = "wide", ""
        if not self.closing or len(self.plans) < 2:
            return
        spoken = any(line.kind != "vo" for line in last.lines)
        if spoken or (last.size in ("insert", "close-up", "extreme close-up", "medium close-up") and "size" not in last.fixed):
            span = Span(last.span.end, last.span.end)
            size: Size = "wide" if self.interior else "extreme wide"
            self.plans.append(Plan(size, span=span, seconds=4.0, characters=tuple(self.present), why="a last look"))
        elif "size" not in last.fixed and ("move" not in last.fixed or not set(last.subjects) & set(self.present)):
            last.size, last.over, last.seconds = ("wide" if self.interior else "extreme wide"), "", max(last.seconds, 4.0)
            last.characters = tuple(self.present)

    # Action

    def bare(self, beat: Beat, following: list[Beat]) -> bool:
        """A direction without an event of its own, meant for the beat that comes."""
        direction = beat.direction
        if direction is None or beat.line is not None or beat.motives or self.waiting is not None:
            return False
        if not following or following[0].direction is not None:
            return False
        line, named = following[0].line, len(words(direction.target))
        if line is None or line.kind in ("vo", "os") or direction.rest > named + 2:
            return False
        return line.character in beat.people if beat.people else not named

    def action(self, beat: Beat) -> None:
        joining = [name for name in beat.people if name not in self.present]
        self.present.extend(joining)
        entering = bool(joining) and "enter" in beat.motives
        if not self.plans:
            opened = self.open_on(beat)
            if opened is not None:
                self.direct(opened, beat)
                self.leave(beat)
                return
        plan = Plan("medium", beat.text, beat.span, beat.seconds, motives=beat.motives)
        self.frame_action(plan, beat, entering)
        self.direct(plan, beat)
        self.plans.append(plan)
        self.leave(beat)

    def frame_action(self, plan: Plan, beat: Beat, entering: bool) -> None:
        people, motives = beat.people, beat.motives
        plan.subjects = people[:2] if people else ((f"the {beat.prop or beat.thing}",) if beat.prop or beat.thing else ())
        plan.characters = people
        last = self.plans[-1] if self.plans else None
        if not people:
            looked = last is not None and "look" in last.motives and last.characters
            if looked and plan.subjects:
                plan.size, plan.why = "point of view", "what they see"
            elif beat.prop:
                plan.size, plan.why = "insert", "the thing itself"
                self.shown.add(beat.prop)
            else:
                plan.size, plan.why = ("wide" if beat.seconds > 3 or not beat.thing else "medium wide"), "the place"
                plan.characters = tuple(self.present) if plan.size == "wide" else ()
        elif len(people) > 2 or entering or {"enter", "exit"} & motives:
            plan.size, plan.why, plan.characters = "wide", "room to come and go" if len(people) <= 2 else "everybody", tuple(self.present)
            if last is not None and last.size in ("wide", "extreme wide"):
                plan.size = "full"
        elif len(people) == 2 and "look" in motives and not motives & _BOTH:
            plan.size, plan.why, plan.subjects = "close-up", "the face tells it", people[:1]
            plan.characters = people[:1]
        elif len(people) == 2:
            plan.size, plan.why = "two-shot", "both of them"
        elif self.wants_insert(beat) and last is not None and last.subjects[:1] == people[:1]:
            plan.size, plan.subjects, plan.why = "insert", (f"the {beat.prop}",), "what the hands do"
            self.shown.add(beat.prop)
        elif {"walk", "run", "climb"} & motives:
            plan.size, plan.why = "full", "the whole body moves"
        elif "realise" in motives or "look" in motives:
            plan.size, plan.why = ("medium close-up" if "realise" in motives else "close-up"), "the face tells it"
        elif {"sit", "rise", "descend"} & motives:
            plan.size, plan.why = "medium wide", "the body changes place"
        else:
            plan.size, plan.why = "medium", "what they do"

    def wants_insert(self, beat: Beat) -> bool:
        return "handle" in beat.motives and bool(beat.prop) and beat.prop not in self.shown and beat.direction is None

    def direct(self, plan: Plan, beat: Beat) -> None:
        """Obeys the beat's camera words, and whom they point at."""
        direction = beat.direction
        if direction is None:
            return
        obey(plan, direction)
        if direction.move and plan.size == "insert" and not direction.size:
            plan.size = "wide" if direction.move in ("crane up", "crane down", "tilt up", "tilt down", "pull out", "zoom out") else "medium"
        if beat.aim:
            plan.subjects = beat.aim
            named = tuple(name for name in beat.aim if name in beat.people)
            if plan.size not in ("wide", "extreme wide"):
                plan.characters = named or beat.people
        elif plan.size in ("insert", "point of view") and (beat.prop or beat.thing):
            plan.subjects = (f"the {beat.prop or beat.thing}",)
        elif beat.people and direction.size and plan.size not in ("wide", "extreme wide"):
            plan.subjects, plan.characters = beat.people[:2], beat.people
        if plan.move == "whip pan" and plan.size == "over the shoulder" and not direction.size:
            plan.size, plan.over = "medium", ""  # it comes from somewhere else: nobody's shoulder can stand there all along
        if plan.size == "two-shot" and len(plan.subjects) < 2:
            others = [name for name in self.present if name not in plan.subjects]
            plan.subjects = (*plan.subjects, *others[: 2 - len(plan.subjects)])
            plan.characters = plan.subjects
        if plan.size == "over the shoulder":
            self.over_shoulder(plan, direction.over)
        if plan.size == "point of view":
            owner = next((name for name in self.present if direction.over and direction.over.upper() in name), "")
            plan.characters = tuple(name for name in beat.people if name != owner)
            if owner and plan.subjects[:1] == (owner,):
                plan.subjects = tuple(name for name in self.present if name != owner)[:1]
        if direction.angle in ("overhead", "high") and plan.size == "insert" and not direction.size:
            plan.size = "wide"
        if plan.move == "rack focus" and len(plan.subjects) < 2:
            plan.subjects = (*plan.subjects, *(name for name in self.present if name not in plan.subjects))[:2]
        if plan.move == "rack focus" and not direction.size and len(beat.people) >= 2:
            plan.size, plan.over, plan.subjects, plan.characters = "two-shot", "", beat.people[:2], beat.people

    def over_shoulder(self, plan: Plan, named: str) -> None:
        owner = next((name for name in self.present if named and named.upper() in name), "")
        subject = next((name for name in plan.subjects if name != owner), "") or next((name for name in self.present if name != owner), "")
        owner = owner or next((name for name in self.present if name != subject), "")
        plan.over = owner
        plan.subjects = (subject,) if subject else plan.subjects
        plan.characters = tuple(name for name in (subject, owner) if name)
        if not owner:
            plan.size = "medium"

    def leave(self, beat: Beat) -> None:
        if "exit" in beat.motives and beat.people:
            leaving = beat.people if len(beat.people) > 1 and "they" in beat.text.lower().split()[:1] else beat.people[:1]
            self.present = [name for name in self.present if name not in leaving]

    # Speech

    def narration(self, beat: Beat, following: list[Beat]) -> int:
        """A voice nobody is seen to speak lies over what was just seen, else over what is seen next, else over a listener."""
        assert beat.line is not None
        need = BEFORE_LINE + beat.seconds + AFTER_LINE
        last = self.plans[-1] if self.plans else None
        if last is not None and not last.lines and "reaction" not in last.motives:
            self.lay(last, beat, need)
            return 1
        if following and following[0].line is None and not self.bare(following[0], following[1:]):
            self.action(following[0])
            self.lay(self.plans[-1], beat, need)
            return 2
        if (not self.plans and self.new_place) or not self.present:
            plan = self.establish(need)
            if len(self.plans) > 1:
                plan.size = "medium wide" if self.plans[-2].size in ("wide", "extreme wide") else "wide"
        else:
            who = next((name for name in self.present if last is None or name not in last.subjects[:1]), self.present[0])
            plan = Plan("medium close-up", span=beat.span, seconds=need, subjects=(who,), characters=(who,), why="listens")
            self.plans.append(plan)
        self.lay(plan, beat, need)
        return 1

    def lay(self, plan: Plan, beat: Beat, need: float) -> None:
        assert beat.line is not None
        plan.lines.append(replace(beat.line, start_seconds=BEFORE_LINE))
        plan.seconds = min(LONGEST, max(plan.seconds, need))
        plan.span = Span(min(plan.span.start, beat.span.start), max(plan.span.end, beat.span.end)) if plan.text else beat.span

    def speech(self, beat: Beat, following: list[Beat], progress: float) -> int:
        line = beat.line
        assert line is not None
        if line.kind != "os" and line.character not in self.present:
            self.present.append(line.character)
        if not self.plans and self.waiting is None:
            self.open_on(beat)
        self.spoken += 1
        if self.joins_action(beat):
            return 1
        listener = self.listener(line, following)
        plan = self.frame_speech(beat, listener, progress)
        first, last_part = line.part == 0, line.part == line.parts - 1
        start = BEFORE_LINE if first else _OVER_CUT
        plan.lines.append(replace(line, start_seconds=start))
        plan.seconds = min(LONGEST, start + beat.seconds + (AFTER_LINE if last_part else _OVER_CUT))
        self.take_direction(plan, beat)
        self.plans.append(plan)
        if self.share(plan, beat, following, listener):
            return 2
        if last_part:
            self.reaction(beat, following, listener)
        return 1

    def joins_action(self, beat: Beat) -> bool:
        """A short line stays in the two-shot in which its speaker has just done something."""
        last, line = self.plans[-1] if self.plans else None, beat.line
        if last is None or line is None or last.lines or last.size != "two-shot" or not last.text or self.waiting is not None or line.parts > 1:
            return False
        start = last.seconds - 0.2
        if line.character not in last.subjects or beat.seconds > _QUICK or start + beat.seconds > 6.5:
            return False
        last.lines.append(replace(line, start_seconds=round(start, 3)))
        last.seconds = start + beat.seconds + AFTER_LINE
        last.span = Span(last.span.start, beat.span.end)
        return True

    def take_direction(self, plan: Plan, beat: Beat) -> None:
        if self.waiting is None or self.waiting.direction is None:
            return
        waiting, self.waiting = self.waiting, None
        plan.span = Span(waiting.span.start, plan.span.end)
        plan.text = waiting.text
        self.direct(plan, replace(waiting, people=waiting.people or beat.people))

    def listener(self, line: Line, following: list[Beat]) -> str:
        """Whom a line is said to: whom its parenthetical names, else who answers, else who spoke before, else who is near."""
        speaker = line.character
        if line.direction.lower().startswith("to "):
            named = {word.upper() for word in words(line.direction)[1:]}
            for name in self.present:
                if name != speaker and named & set(words(name)):
                    return name
        for beat in following:
            if beat.line is not None and beat.line.character != speaker and beat.line.character in self.present:
                return beat.line.character
        for plan in reversed(self.plans):
            for said in reversed(plan.lines):
                if said.character != speaker and said.character in self.present:
                    return said.character
        return next((name for name in self.present if name != speaker and name in self.met), "")

    def frame_speech(self, beat: Beat, listener: str, progress: float) -> Plan:
        line = beat.line
        assert line is not None
        speaker = line.character
        plan = Plan("medium", span=beat.span, subjects=(speaker,), characters=(speaker,), why="speaks")
        if line.kind == "os":
            if listener:
                plan.size, plan.subjects, plan.characters, plan.why = "medium close-up", (listener,), (listener,), "hears it"
            else:
                plan.size, plan.subjects, plan.characters, plan.why = "wide", (), tuple(self.present), "a voice from elsewhere"
            return plan
        if line.part % 2 and listener:
            plan.size, plan.subjects, plan.characters, plan.why = "close-up", (listener,), (listener,), "listens while the line goes on"
            return plan
        strong = "!" in line.text or _STRONG & {word.lower() for word in words(line.text)}
        if listener and self.spoken == 1 and line.parts == 1:
            plan.size, plan.subjects, plan.characters, plan.why = "two-shot", (speaker, listener), (speaker, listener), "who stands where"
        elif listener and (self.spoken % 3 == 2 or progress < 0.3) and progress < 0.75:
            plan.size, plan.over, plan.characters, plan.why = "over the shoulder", listener, (speaker, listener), "speaks to somebody"
        elif progress > 0.66 or (strong and progress > 0.4):
            plan.size, plan.why = "close-up", "it tightens"
        elif listener:
            plan.size = "medium close-up" if progress > 0.35 else "medium"
        else:
            plan.size = ("medium", "close-up", "medium wide")[self.spoken % 3]
        return plan

    def share(self, plan: Plan, beat: Beat, following: list[Beat], listener: str) -> bool:
        """A quick answer stays in the two-shot or over the shoulder."""
        answer = following[0] if following else None
        if answer is None or answer.line is None or answer.line.kind not in ("dialogue", "lyric") or answer.line.parts > 1 or beat.line is None:
            return False
        longest = {"two-shot": _QUICK, "over the shoulder": 1.0}.get(plan.size, 0.0)
        if answer.line.character != listener or answer.seconds > longest:
            return False
        total = plan.seconds + _BETWEEN + answer.seconds
        if total > 7.0:
            return False
        start = plan.seconds - AFTER_LINE + _BETWEEN
        plan.lines.append(replace(answer.line, start_seconds=round(start, 3)))
        plan.seconds = start + answer.seconds + AFTER_LINE
        plan.span = Span(plan.span.start, answer.span.end)
        self.spoken += 1
        return True

    def reaction(self, beat: Beat, following: list[Beat], listener: str) -> None:
        line = beat.line
        if line is None or not listener or self.reactions * 5 > self.spoken or self.spoken < 3 or line.kind == "os":
            return
        strong = "!" in line.text or "…" in line.text or _STRONG & {word.lower() for word in words(line.text)}
        answered = bool(following) and following[0].subject == listener
        if not strong or answered:
            return
        self.reactions += 1
        plan = Plan("close-up", span=Span(beat.span.end, beat.span.end), seconds=SHORTEST + 0.2, subjects=(listener,), characters=(listener,),
                    motives=frozenset({"reaction"}), why="how it lands")  # fmt: skip
        if cuts_together(self.plans[-1], plan):
            self.plans.append(plan)


def _with_whom_it_finds(beats: list[Beat]) -> list[Beat]:
    """A place and, in few words, who sits or lies there are one look."""
    if len(beats) < 2 or any(beat.line is not None or beat.direction is not None for beat in beats[:2]):
        return beats
    first, second = beats[:2]
    if first.people or not second.people or "found" not in second.motives or first.seconds + second.seconds > _ONE_LOOK:
        return beats
    both = replace(second, text=f"{first.text} {second.text}", span=Span(first.span.start, second.span.end), seconds=first.seconds + second.seconds)
    return [both, *beats[2:]]


def _found_later(beats: list[Beat]) -> frozenset[str]:
    """Who a later beat first shows sitting or lying: they must not be seen to stand before it."""
    found: set[str] = set()
    met: set[str] = set()
    for index, beat in enumerate(beats):
        if index and beat.line is None and "found" in beat.motives and beat.subject not in met:
            found.add(beat.subject)
        met.update(beat.people)
    return frozenset(found)


_AT_THE_DOOR = re.compile(r"\bdoor (?:opens|bursts|swings|flies)\b|\bin the doorway\b|\bknock(?:s|ing)?\b|\bdoorbell\b", re.IGNORECASE)


def _there_from_the_start(beats: list[Beat]) -> list[str]:
    """Everyone seen in the scene whose first beat is not an entrance; someone who only speaks off screen is not there."""
    there: list[str] = []
    met: set[str] = set()
    someone = False  # somebody nobody has named yet is at the door
    for index, beat in enumerate(beats):
        someone = someone or (beat.line is None and not beat.people and bool(_AT_THE_DOOR.search(beat.text)))
        hidden = beat.line is not None and beat.line.kind in ("vo", "os")
        for name in beat.people:
            if name in met or hidden:
                continue
            met.add(name)
            late = (beat.line is None and index > 3) or (beat.line is not None and someone)
            someone = someone and not late
            if not late and not ("enter" in beat.motives and name == beat.subject):
                there.append(name)
    return there
