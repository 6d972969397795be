"""Models of the hub: fetched whole, checked, resumed, refused. A real hub's answers, from a server on this computer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.domain.cancelling import cancelled_by
from lift_desktop.domain.errors import (
    BadSettings,
    DiskFull,
    DownloadFailed,
    ModelMissing,
    NetworkOff,
    RequestCancelled,
    TokenNeeded,
    UnsafeModel,
)
from lift_desktop.domain.messages import Progress
from lift_desktop.models import ModelStore, tokens
from lift_desktop.models.hub import ENDPOINT_VARIABLES, HUB, hub_endpoint
from lift_desktop.network import AttemptLog, NetworkGate

from .drawer import Drawer
from .hub_server import CHUNK_BYTES, COMMIT, CONFIG, WEIGHTS, Hub
from .making import hub_model, safetensors

NEVER = 10**9
"""So many bytes, that an answer does not break off."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "models"


def make_store(folder: Path, **options: Any) -> ModelStore:
    return ModelStore(folder, catalogue=[hub_model()], **options)


def no_conversion(gguf: Path, target: Path) -> None:
    raise AssertionError("nothing is to be converted")


def get(store: ModelStore) -> list[Progress]:
    """Fetches the model to its end; what was told on the way."""
    return list(store.get("tiny", no_conversion))


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"} - {".hashes.json"}


def test_get_takes_what_belongs_to_the_model_and_nothing_else(hub: Hub, folder: Path) -> None:
    store = make_store(folder)
    steps = get(store)
    model = store.resolve("tiny")
    assert {path.name for path in model.folder.iterdir()} == {
        "config.json",
        "tokenizer.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "model.safetensors",
        "model.json",
    }
    assert (model.folder / "model.safetensors").read_bytes() == WEIGHTS
    manifest = json.loads((model.folder / "model.json").read_text())
    assert manifest["revision"] == COMMIT
    assert manifest["source"] == f"someone/tiny@{COMMIT}"
    assert model.sha256 == manifest["sha256"] == manifest["files_sha256"]
    fractions = [step.fraction for step in steps if step.stage == "downloading"]
    assert fractions == sorted(fractions)
    assert steps[-2].done == steps[-2].total == model.size_bytes
    assert visible(folder) == {"tiny"}
    assert {authorization for _, _, authorization in hub.asked} == {None}


def test_the_same_model_as_a_folder_has_the_same_checksum(hub: Hub, folder: Path, tmp_path: Path) -> None:
    get(make_store(folder))
    own = tmp_path / "own"
    own.mkdir()
    for name in ("config.json", "tokenizer.json", "special_tokens_map.json", "added_tokens.json", "model.safetensors"):
        (own / name).write_bytes(hub.files[name])
    store = make_store(folder)
    assert store.resolve(str(own)).sha256 == store.resolve("tiny").sha256


def test_get_again_asks_nobody(hub: Hub, folder: Path) -> None:
    store = make_store(folder)
    get(store)
    asked = len(hub.asked)
    get(store)
    assert len(hub.asked) == asked


def test_shards_are_taken_and_a_second_copy_is_not(hub: Hub, folder: Path) -> None:
    first, second = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
    index = {"weight_map": {"a": first, "b": second}}
    hub.files |= {first: WEIGHTS, second: safetensors(bytes(64))}
    hub.files["model.safetensors.index.json"] = json.dumps(index).encode()
    store = make_store(folder)
    get(store)
    names = {path.name for path in store.resolve("tiny").folder.glob("*.safetensors")}
    assert names == {first, second}


def test_a_connection_that_breaks_goes_on_where_it_broke(hub: Hub, folder: Path) -> None:
    hub.files = {"model.safetensors": WEIGHTS, "config.json": CONFIG, "tokenizer.json": b"{}"}
    hub.drop_after = [NEVER, NEVER, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES]  # the small files come first
    get(make_store(folder))
    assert hub.ranges == [None, None, None, f"bytes={2 * CHUNK_BYTES}-", f"bytes={5 * CHUNK_BYTES}-"]


def test_a_connection_that_only_breaks_is_given_up_and_what_came_stays(hub: Hub, folder: Path) -> None:
    hub.files = {"model.safetensors": WEIGHTS, "config.json": CONFIG, "tokenizer.json": b"{}"}
    hub.drop_after = [NEVER, NEVER, CHUNK_BYTES, *[0] * 20]
    store = make_store(folder)
    with pytest.raises(DownloadFailed, match="connection"):
        get(store)
    assert store.available()[0].fetched_bytes == CHUNK_BYTES + len(CONFIG) + 2
    hub.drop_after = []
    get(store)
    assert hub.ranges[-1] == f"bytes={CHUNK_BYTES}-"


def test_a_hub_that_knows_no_ranges_begins_again(hub: Hub, folder: Path) -> None:
    hub.knows_ranges = False
    hub.drop_after = [NEVER] * 4 + [2 * CHUNK_BYTES]
    store = make_store(folder)
    get(store)
    assert (store.resolve("tiny").folder / "model.safetensors").read_bytes() == WEIGHTS


def paused(hub: Hub, store: ModelStore) -> None:
    """Stops the download of the weights in the middle."""
    hub.hold_at = 5 * CHUNK_BYTES
    steps = store.get("tiny", no_conversion)
    while next(steps).done < 5 * CHUNK_BYTES:
        pass
    steps.close()
    hub.hold_at = None
    hub.go_on.set()


def test_pause_and_go_on(hub: Hub, folder: Path) -> None:
    store = make_store(folder)
    paused(hub, store)
    (line,) = store.available()
    assert not line.downloaded
    assert line.fetched_bytes >= 5 * CHUNK_BYTES
    with pytest.raises(ModelMissing, match="not on this computer"):
        store.resolve("tiny")
    assert visible(folder) == {".tiny.download"}
    get(store)
    assert hub.ranges[-1] is not None
    assert int(hub.ranges[-1].removeprefix("bytes=").removesuffix("-")) >= 5 * CHUNK_BYTES
    assert (store.resolve("tiny").folder / "model.safetensors").read_bytes() == WEIGHTS
    assert store.available()[0].fetched_bytes == 0


def test_a_silent_hub_is_left_at_once_when_the_work_is_called_off(hub: Hub, folder: Path) -> None:
    hub.hold_at = 0
    called_off = threading.Event()
    store = make_store(folder)

    def work() -> None:
        for _ in store.get("tiny", no_conversion):
            if hub.ranges:
                called_off.set()

    with cancelled_by(called_off), pytest.raises(RequestCancelled):
        work()


def test_a_newer_version_at_the_hub_mixes_with_nothing(hub: Hub, folder: Path) -> None:
    store = make_store(folder)
    paused(hub, store)
    other = safetensors(bytes(8_000))
    hub.files["model.safetensors"] = other
    get(store)
    assert (store.resolve("tiny").folder / "model.safetensors").read_bytes() == other


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
@pytest.mark.parametrize("fault", ["lying", "short"])
def test_wrong_bytes_are_refused_and_right_ones_taken_later(hub: Hub, folder: Path, name: str, fault: str) -> None:
    getattr(hub, fault).add(name)
    store = make_store(folder)
    with pytest.raises(DownloadFailed, match=r"announced|connection"):
        get(store)
    assert not any(name in path.name for path in (folder / ".tiny.download").iterdir())
    assert "tiny" not in visible(folder)
    getattr(hub, fault).clear()
    get(store)
    assert store.resolve("tiny").sha256


def test_remove_takes_an_unfinished_download_too(hub: Hub, folder: Path) -> None:
    store = make_store(folder)
    paused(hub, store)
    here = store.available()[0].fetched_bytes
    assert store.remove("tiny") == here
    assert visible(folder) == set()


def test_too_little_space_is_told_before_anything_comes(hub: Hub, folder: Path) -> None:
    needed = sum(len(hub.files[name]) for name in hub.files if "." in name and "/" not in name)
    short = make_store(folder, free_bytes=lambda path: len(WEIGHTS))
    with pytest.raises(DiskFull, match="MB left"):
        get(short)
    assert hub.ranges == []
    get(make_store(folder, free_bytes=lambda path: needed))


def test_of_a_paused_download_only_the_rest_needs_space(hub: Hub, folder: Path) -> None:
    store = make_store(folder)
    paused(hub, store)
    get(make_store(folder, free_bytes=lambda path: len(WEIGHTS) - 4 * CHUNK_BYTES))


# Permission -----------------------------------------------------------------------------------------------------------
def test_a_gated_model_asks_for_a_token_and_says_where(hub: Hub, folder: Path) -> None:
    hub.gated = True
    with pytest.raises(TokenNeeded, match="accepted its licence") as refused:
        get(make_store(folder))
    assert "https://huggingface.co/someone/tiny" in refused.value.hint
    assert "models token" in refused.value.hint


def test_a_gated_model_with_its_token(hub: Hub, folder: Path) -> None:
    hub.gated = True
    tokens.store_token(" hf_right\n")
    store = make_store(folder)
    get(store)
    assert store.resolve("tiny").name == "tiny"
    for path, _, authorization in hub.asked:
        is_asked_for = "/resolve/" in path  # neither for the list nor by the host that the hub sends us to
        assert authorization == ("Bearer hf_right" if is_asked_for else None)
    kept = [path for path in folder.rglob("*") if path.is_file() and b"hf_right" in path.read_bytes()]
    assert kept == []


def test_a_wrong_token(hub: Hub, folder: Path) -> None:
    hub.gated = True
    tokens.store_token("hf_wrong")
    with pytest.raises(TokenNeeded, match="did not accept") as refused:
        get(make_store(folder))
    assert "hf_wrong" not in str(refused.value) + refused.value.hint


def test_a_token_whose_owner_has_not_been_let_in(hub: Hub, folder: Path) -> None:
    hub.gated, hub.has_accepted = True, False
    tokens.store_token("hf_right")
    with pytest.raises(TokenNeeded, match="has not been let in"):
        get(make_store(folder))


@pytest.mark.parametrize("source", [{"repository": "someone/else"}, {"revision": "gone"}])
def test_what_the_hub_does_not_have(hub: Hub, folder: Path, source: dict[str, str]) -> None:
    store = ModelStore(folder, catalogue=[hub_model(**source)])
    with pytest.raises(DownloadFailed, match=r"no repository|no longer"):
        get(store)


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_repository_without_a_model_is_refused_before_it_is_fetched(hub: Hub, folder: Path, missing: str) -> None:
    del hub.files[missing]
    with pytest.raises(DownloadFailed, match="has no"):
        get(make_store(folder))
    assert hub.ranges == []


def test_settings_that_name_a_program_are_freed_of_it(hub: Hub, folder: Path) -> None:
    hub.files["config.json"] = json.dumps({"model_type": "phi3", "auto_map": {"AutoModel": "own.Model"}}).encode()
    store = make_store(folder)
    get(store)
    assert json.loads((store.resolve("tiny").folder / "config.json").read_text()) == {"model_type": "phi3"}


def test_weights_that_are_no_safetensors_are_not_installed(hub: Hub, folder: Path) -> None:
    hub.files["model.safetensors"] = b"\x80\x04 a pickle under another name"
    with pytest.raises(UnsafeModel):
        get(make_store(folder))
    assert "tiny" not in visible(folder)


# Network --------------------------------------------------------------------------------------------------------------
def test_the_network_is_asked_for_and_both_processes_write_it_down(
    hub: Hub, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = NetworkGate("test", AttemptLog(tmp_path / "network.jsonl"))
    gate.install()
    try:
        store = make_store(folder, network=gate)
        with pytest.raises(NetworkOff):
            get(store)
        assert hub.asked == []
        with gate.allowed("download of Tiny"):
            get(store)
            monkeypatch.setenv(ENDPOINT_VARIABLES[0], "https://hub.invalid")
            store.remove("tiny")
            with pytest.raises(DownloadFailed, match="connection"):
                get(store)
    finally:
        gate.close()
    refused, *allowed = [(each.process, each.host, each.purpose, each.allowed) for each in gate.attempts()]
    assert refused == ("test", "127.0.0.1", "download of someone/tiny", False)
    assert allowed[0] == ("test", "127.0.0.1", "download of Tiny", True)
    assert allowed[1] == ("test", "hub.invalid", "download of Tiny", True)
    assert ("model download", "hub.invalid", "download of someone/tiny", True) in allowed


def test_a_token_is_not_sent_where_others_can_read_it(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub is reached by a name that the program does not know to be this computer."""
    hub.gated = True
    tokens.store_token("hf_right")
    monkeypatch.setenv(ENDPOINT_VARIABLES[0], hub.endpoint.replace("127.0.0.1", "0.0.0.0"))
    with pytest.raises(DownloadFailed, match="is not sent"):
        get(make_store(folder))
    assert {authorization for _, _, authorization in hub.asked} == {None}


@pytest.mark.parametrize("name", ["all_proxy", "SSL_CERT_FILE"])
def test_variables_that_allow_no_connection(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "socks://me:secret@127.0.0.1:1080/")
    with pytest.raises(DownloadFailed, match="cannot be") as caught:
        get(make_store(folder))
    assert name in caught.value.hint and "secret" not in caught.value.message + caught.value.hint


def test_the_address_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENDPOINT_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert hub_endpoint() == HUB
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example/")
    assert hub_endpoint() == "https://mirror.example"
    for wrong in ("file:///etc", "https://[bad"):
        monkeypatch.setenv("LIFT_DESKTOP_HUB", wrong)
        with pytest.raises(BadSettings):
            hub_endpoint()


KILLED = """
import sys
from pathlib import Path
from tests.models.making import hub_model
from lift_desktop.models import ModelStore

if __name__ == "__main__":
    for step in ModelStore(Path(sys.argv[1]), catalogue=[hub_model()]).get("tiny", None):
        if step.done >= int(sys.argv[2]):
            print("half", flush=True)
"""


def test_a_killed_program_leaves_no_model_and_its_child_ends(hub: Hub, folder: Path, tmp_path: Path) -> None:
    hub.hold_at = 5 * CHUNK_BYTES
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, str(script), str(folder), str(5 * CHUNK_BYTES)]
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.kill()
    hub.hold_at = None
    hub.go_on.set()
    store = make_store(folder)
    with pytest.raises(ModelMissing):
        store.resolve("tiny")
    get(store)
    assert store.resolve("tiny").sha256


# Tokens ---------------------------------------------------------------------------------------------------------------
def test_a_token_is_kept_read_and_forgotten(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tokens.read_token() == ""
    assert not tokens.forget_token()
    tokens.store_token("hf_one")
    assert tokens.read_token() == "hf_one"
    monkeypatch.setenv(tokens.TOKEN_VARIABLE, "hf_of_the_environment")
    assert tokens.read_token() == "hf_of_the_environment"
    monkeypatch.delenv(tokens.TOKEN_VARIABLE)
    assert tokens.forget_token()
    assert tokens.read_token() == ""


@pytest.mark.parametrize("token", ["", "  ", "two words", "hf_\n_x", "ü", "x" * 501])
def test_what_is_no_token(drawer: Drawer, token: str) -> None:
    with pytest.raises(BadSettings):
        tokens.store_token(token)
    assert drawer.kept == {}
