"""Fetching a model with the hub's own client from a server that speaks its protocol, and fails as the real one does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from generation.contract import BadRequest, Cancelled, Transient
from generation.neural import hub, shelving, store
from tests.shelf.hub_server import TOKEN
from tests.shelf.hubs import CONFIG, TestHub, weights

KIB = 1024


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite forbids the client to reach out; here it may, and finds this machine only."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)


@pytest.fixture
def source(test_hub: TestHub) -> hub.Source:
    return hub.Source(address=test_hub.address)


def quiet(stage: str, done: int, total: int, file: str) -> None: ...


def fetch(name: str, root: Path, source: hub.Source, tell: shelving.Tell = quiet, stop: Callable[[], bool] = lambda: False) -> store.Manifest:
    return hub.fetch(hub.describe(name, "", source), root, source, tell, stop)[0]


def test_a_model_comes_whole_checked_and_with_what_it_is(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    body = weights(700 * KIB)
    index = b'{"_class_name": "P", "unet": ["diffusers", "U"], "safety": [null, null]}'
    files = {
        "model_index.json": index, "unet/model.safetensors": body, "unet/config.json": CONFIG, "unet/model.fp16.safetensors": b"half",
        "unet/pytorch_model.bin": b"pickle", "all-in-one.safetensors": b"the same", "pipeline.py": b"import os", "LICENSE.md": b"Be kind.",
        "comfy/model.safetensors": b"other",
        "upsampler/config.json": CONFIG, "upsampler/model.safetensors": b"beside", ".gitattributes": b"x", "README.md": b"hello",
    }  # fmt: skip
    card = {"license": "other", "license_name": "kind-1", "license_link": "LICENSE.md"}
    commit = test_hub.put("a/whole", files, card=card)
    facts = hub.describe("a/whole", "", source)
    assert (facts.commit, facts.licence, facts.licence_url) == (commit, "kind-1", f"{test_hub.address}/a/whole/blob/main/LICENSE.md")
    told: list[tuple[str, int, int, str]] = []
    manifest, left_out = hub.fetch(facts, tmp_path, source, lambda *each: told.append(each), lambda: False)
    place = tmp_path / "a--whole"
    assert sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()) == [
        "LICENSE.md", "firstcut.json", "model_index.json", "unet/config.json", "unet/model.safetensors",
        "upsampler/config.json", "upsampler/model.safetensors",
    ]  # fmt: skip
    assert (place / "unet/model.safetensors").read_bytes() == body
    assert store.manifest(place) == manifest and manifest.revision == commit and manifest.source == "hub"
    assert manifest.files["unet/model.safetensors"].sha256 == hashlib.sha256(body).hexdigest()
    assert manifest.sha256 == shelving.weights_hash(manifest.files) != ""
    assert left_out["unet/pytorch_model.bin"] == "a pickle, which could run code" and left_out["pipeline.py"] == "code"
    assert set(left_out) == set(files) - set(manifest.files)
    assert told[-1][1] == told[-1][2] == sum(file.size for file in manifest.files.values())
    assert [done for _, done, _, _ in told[-8:]] == sorted(done for _, done, _, _ in told[-8:])
    assert not list((tmp_path / ".partial").rglob("*.safetensors"))


def test_a_stopped_download_goes_on_where_it_was(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    size = 2000 * KIB
    test_hub.put("a/stopped", {"config.json": CONFIG, "model.safetensors": weights(size)})
    reached = 0

    def tell(stage: str, done: int, total: int, file: str) -> None:
        nonlocal reached
        reached = done

    with pytest.raises(Cancelled):
        fetch("a/stopped", tmp_path, source, tell, lambda: reached > 900 * KIB)
    assert not (tmp_path / "a--stopped").exists(), "nothing is seen before all of it is right"
    fetch("a/stopped", tmp_path, source)
    _, second = test_hub.seen("a/stopped", "model.safetensors")
    start = int(second["range"].removeprefix("bytes=").rstrip("-"))
    assert start >= 900 * KIB and second["sent"] == size - start
    assert len(test_hub.seen("a/stopped", "config.json")) == 1, "a file that was checked is not fetched again"


def test_a_connection_cut_half_way_is_taken_up_again_by_itself(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    body = weights(1500 * KIB)
    test_hub.put("a/cut", {"model.safetensors": body}, faults={"model.safetensors": {"cut": 1000 * KIB}})
    fetch("a/cut", tmp_path, source)
    assert (tmp_path / "a--cut" / "model.safetensors").read_bytes() == body
    requests = test_hub.seen("a/cut", "model.safetensors")
    assert len(requests) == 2 and requests[1]["range"] != ""


def test_a_server_that_is_deaf_to_ranges_sends_all_of_it_again(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    body = weights(600 * KIB)
    commit = test_hub.put("a/deaf", {"model.safetensors": body}, faults={"model.safetensors": {"deaf": True}})
    half = tmp_path / ".partial" / "a--deaf" / commit / "model.safetensors.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(body[: 300 * KIB])
    told: list[int] = []
    fetch("a/deaf", tmp_path, source, lambda stage, done, total, file: told.append(done))
    assert (tmp_path / "a--deaf" / "model.safetensors").read_bytes() == body and told[-1] == len(body)


def test_a_busy_hub_is_waited_for(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    test_hub.put("a/busy", {"model.safetensors": weights(1000)}, faults={"model.safetensors": {"busy": 1}})
    fetch("a/busy", tmp_path, source)
    assert [each["sent"] for each in test_hub.seen("a/busy", "model.safetensors")] == [0, 1000]


@pytest.mark.parametrize("path", ["model.safetensors", "config.json"])
def test_wrong_bytes_never_come_onto_the_shelf(test_hub: TestHub, source: hub.Source, tmp_path: Path, path: str) -> None:
    name = f"a/wrong-{path.split('.')[0]}"
    test_hub.put(name, {"model.safetensors": weights(2000), "config.json": CONFIG}, faults={path: {"wrong": True}})
    with pytest.raises(BadRequest, match="other bytes than"):
        fetch(name, tmp_path, source)
    assert not (tmp_path / store.folder_name(name)).exists()
    assert not list(tmp_path.rglob(f"{path}*")), "the wrong bytes are not kept, or the next try would go on from them"


def test_a_half_file_of_other_bytes_is_found_out(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    commit = test_hub.put("a/spoiled", {"model.safetensors": weights(600 * KIB)})
    half = tmp_path / ".partial" / "a--spoiled" / commit / "model.safetensors.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"\0" * 300 * KIB)
    with pytest.raises(BadRequest, match="other bytes than"):
        fetch("a/spoiled", tmp_path, source)
    fetch("a/spoiled", tmp_path, source)


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    test_hub.put("a/huge", {"model.safetensors": b"x"}, sizes={"model.safetensors": 10**16})
    with pytest.raises(BadRequest, match=r"a/huge needs .* GiB more, and the disk with .* free"):
        fetch("a/huge", tmp_path, source)
    assert not test_hub.seen("a/huge", "model.safetensors")


def test_what_is_only_pickled_is_refused(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    test_hub.put("a/pickled", {"pytorch_model.bin": b"boom", "config.json": CONFIG})
    with pytest.raises(BadRequest, match=r"no weights as safetensors\. It has 1 pickled"):
        fetch("a/pickled", tmp_path, source)


@pytest.mark.parametrize("path", ["../../evil.json", "/etc/evil.json", "a/../../evil.json", "a\\..\\evil.json"])
def test_a_file_that_would_lie_outside_its_folder_condemns_the_model(test_hub: TestHub, source: hub.Source, tmp_path: Path, path: str) -> None:
    test_hub.put("a/outside", {path: b"{}", "model.safetensors": b"x"})
    with pytest.raises(BadRequest, match="outside its folder"):
        fetch("a/outside", tmp_path, source)
    assert not list(tmp_path.rglob("evil.json"))


def test_a_gated_model_wants_a_token_which_is_not_shown(test_hub: TestHub, source: hub.Source, tmp_path: Path) -> None:
    test_hub.put("a/gated", {"model.safetensors": weights(100)}, gated="manual")
    with pytest.raises(BadRequest, match=r"a/gated is gated.*FIRSTCUT_HUB_TOKEN"):
        fetch("a/gated", tmp_path, source)
    wrong = hub.Source(address=test_hub.address, token="hf_wrong_secret")
    with pytest.raises(BadRequest, match="gated") as refused:
        fetch("a/gated", tmp_path, wrong)
    assert "hf_wrong_secret" not in str(refused.value) + repr(wrong) + str(wrong)
    assert fetch("a/gated", tmp_path, hub.Source(address=test_hub.address, token=TOKEN)).name == "a/gated"


def test_what_is_not_there_is_said(test_hub: TestHub, source: hub.Source) -> None:
    test_hub.put("a/there", {"model.safetensors": b"x"})
    with pytest.raises(BadRequest, match="There is no model “a/nowhere” on"):
        hub.describe("a/nowhere", "", source)
    with pytest.raises(BadRequest, match="no revision “v9”"):
        hub.describe("a/there", "v9", source)


def test_a_hub_that_does_not_answer_is_asked_again_later() -> None:
    with pytest.raises(Transient, match="cannot be reached"):
        hub.describe("a/b", "", hub.Source(address="http://127.0.0.1:9"))


def test_a_folder_is_taken_in_without_its_pickles(tmp_path: Path) -> None:
    mine, root = tmp_path / "mine", tmp_path / "models"
    (mine / "unet").mkdir(parents=True)
    (mine / "config.json").write_bytes(CONFIG)
    (mine / "unet" / "model.safetensors").write_bytes(weights(3000))
    (mine / "old.ckpt").write_bytes(b"pickle")
    manifest, left_out = shelving.adopt("mine", mine, root, quiet, lambda: False)
    assert set(manifest.files) == {"config.json", "unet/model.safetensors"} and set(left_out) == {"old.ckpt"}
    assert store.manifest(root / "mine") == manifest and not (mine / "firstcut.json").exists()
    again, _ = shelving.adopt("mine", root / "mine", root, quiet, lambda: False)
    assert again.sha256 == manifest.sha256, "taken in where it lies, it is the same model"


def test_a_folder_that_is_none_or_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    mine = tmp_path / "mine"
    mine.mkdir()
    with pytest.raises(BadRequest, match="no model's folder"):
        shelving.adopt("mine", mine, tmp_path / "models", quiet, lambda: False)
    (mine / "model.safetensors").write_bytes(b"x")
    (mine / "config.json").symlink_to(secret)
    with pytest.raises(BadRequest, match="a link that leads out"):
        shelving.adopt("mine", mine, tmp_path / "models", quiet, lambda: False)


def test_removal_takes_the_half_files_too(tmp_path: Path) -> None:
    for place in (tmp_path / "a--b", tmp_path / ".partial" / "a--b" / "c"):
        place.mkdir(parents=True)
        (place / "model.safetensors").write_bytes(b"1234")
    assert shelving.remove("a/b", tmp_path) == 8
    assert [path.name for path in tmp_path.iterdir()] == [".partial"] and not list((tmp_path / ".partial").iterdir())


