"""The long form of the player's exactness: `python -m tests.browser.player.exact [SEEKS]` prints a line a rate.

The exit status is 1 if any frame was wrong.

200 random seeks a rate unless told otherwise, every frame of a 20-clip cut, and the cut played through once.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.player.site import RATES, make_cut, make_takes, playlist, site

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--autoplay-policy=no-user-gesture-required"]


def main(seeks: int = 200) -> int:
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, site(Path(folder)) as web, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for rate in RATES:
            rng = random.Random(f"{rate}{seeks}")
            takes = make_takes(Path(folder), rate)
            plan = playlist(rate, takes, make_cut(rng, takes))
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{web.url}/pages/player.html")
            page.evaluate("() => window.ready")
            page.evaluate("plan => document.querySelector('cut-player').load(plan)", plan)
            sought = page.evaluate("frames => seekAll(frames)", [rng.randrange(plan["total"]) for _ in range(seeks)])
            every = page.evaluate("frames => seekAll(frames)", list(range(plan["total"])))
            played = page.evaluate("total => playThrough(0, total)", plan["total"])
            bad = len(sought["wrong"]) + len(every["wrong"]) + len(played["wrong"])
            wrong += bad
            print(
                f"{rate[0]}/{rate[1]} · {seeks} seeks: {len(sought['wrong'])} wrong, p50 {sought['p50']:.0f} ms, max {sought['max']:.0f} ms · "
                f"every one of {plan['total']} frames: {len(every['wrong'])} wrong · played: {len(played['wrong'])} wrong of {played['shown']} shown",
                flush=True,
            )
            page.close()
        browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:2])))
