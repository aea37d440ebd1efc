"""Whatever is written, the breakdown answers, and keeps what it promises of every shot."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.script.breakdown import break_down, compare
from studio.script.fountain import parse

PARAGRAPHS = st.sampled_from([
    "INT. HOUSE - DAY", "EXT. SEA - NIGHT - STORM", ".LATER", "I/E. CAR - CONTINUOUS #4#", "FADE IN:", "CUT TO:", "FADE OUT.", "> THE END <",
    "# Act", "= Why",
    "MARA (70s), an old keeper, enters.",
    "Mara sits. She pours tea. Tom looks at the letter.", "They leave.",
    "Tom exits.", "It falls.", "A KNOCK.",
    "MARA\nHello!",
    "TOM (V.O.)\n(to Mara)\nLong ago there was a very long day, and it went on, and on. " + "It did not end. " * 12, "TOM (O.S.)\nHere.",
    "MARA ^\nStop!", "@x\n~la", "CLOSE ON Mara.",
    "INSERT - THE LETTER", "RACK FOCUS to Tom.", "OVER TOM'S SHOULDER.", "TWO-SHOT.", "TOM'S POV.", "PAN LEFT.",
    "OVERHEAD. WIDE.", "word " * 90, "...", "!", "@", "()", "CLOSE ON THE LAMP\nIt glows.", "ALL\nYes!", "[[note]]", "/* gone */",
])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PARAGRAPHS | st.text(max_size=12), max_size=24).map("\n\n".join))
def test_any_script_breaks_down(text: str) -> None:
    breakdown = break_down(parse(text))
    for scene in breakdown.scenes:
        assert scene.shots
        for shot in scene.shots:
            assert 1.4 < shot.seconds < 9.1
            assert scene.span.start <= shot.span.start <= shot.span.end <= len(text)
            assert all(line.start_seconds + line.seconds <= shot.seconds + 0.001 for line in shot.lines)
        for one, other in pairwise(scene.shots):
            same = (one.size, one.angle, one.subjects, one.over) == (other.size, other.angle, other.subjects, other.over)
            assert not same or "as the script asks" in other.why  # a writer who asks for one framing twice gets it twice
    assert {change.state for change in compare(breakdown, breakdown)} <= {"kept"}
