"""Fetches a model's files from the Hugging Face hub into a folder, each under its stored name (checksum and name).

Owns which files of a repository are taken: settings, tokenizer and safetensors weights; never pickles, never
programs. A file under its stored name is whole and checked; what an interrupted run left goes on in the next one.
Must not know where a model is installed. The hub is asked in a process of its own (`hub_process`).
"""

from __future__ import annotations

import ipaddress
import os
import re
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ..child import Child
from ..domain.errors import BadSettings, ChildDied, DownloadFailed, TokenNeeded
from ..domain.messages import Progress
from ..network import NetworkGate
from . import hub_process
from .catalogue import HubSource
from .checks import INDEX_NAME
from .download import disk_errors
from .hashes import COUNTED
from .hub_process import PART_SUFFIX, FetchFile, HubFile, ListFiles, Listing

ENDPOINT_VARIABLES = ("LIFT_DESKTOP_HUB", "HF_ENDPOINT")
"""The address of a mirror; the second is what the hub's own tools read."""
HUB = "https://huggingface.co"
SPEED_SECONDS = 20.0
"""The time left is told by the speed of so many seconds."""

_SINGLE = "model.safetensors"
_SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
_CHECKSUM = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def hub_endpoint() -> str:
    """The address of the hub or of the mirror that the user chose, without a slash at its end. Raises BadSettings."""
    chosen = next((os.environ[name] for name in ENDPOINT_VARIABLES if os.environ.get(name)), HUB).rstrip("/")
    try:
        parts = urlsplit(chosen)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a bracket too few
        is_address = False
    if not is_address:
        raise BadSettings(f"{chosen} is not the address of a model hub.", f"Set {ENDPOINT_VARIABLES[0]} to https://…")
    return chosen


def wanted_files(listing: Listing, repository: str) -> tuple[HubFile, ...]:
    """The files that make the model, small ones first. Raises DownloadFailed when there is no model in safetensors."""
    here = {file.name: file for file in listing.files}
    names = sorted(COUNTED & here.keys())
    shards = sorted(name for name in here if _SHARD.fullmatch(name))
    if INDEX_NAME in here and shards:
        weights = shards
    else:
        weights = [_SINGLE] if _SINGLE in here else []
    missing = [name for name in ("config.json", "tokenizer.json") if name not in here]
    if missing or not weights:
        raise DownloadFailed(
            f"{repository} has no {missing[0] if missing else 'safetensors weights'}.", "Choose another model."
        )
    files = tuple(here[name] for name in [*names, *weights])
    if not all(_CHECKSUM.fullmatch(file.checksum) for file in files):
        raise DownloadFailed(f"The hub gives no checksums of the files in {repository}.", "Use another mirror.")
    return files


def fetch_files(
    source: HubSource,
    folder: Path,
    *,
    network: NetworkGate | None,
    check_space: Callable[[int], None],
    read_token: Callable[[], str],
) -> Generator[Progress, None, Listing]:
    """Puts the files of the model into `folder`; yields Progress in bytes; returns what was fetched, of which commit.

    `check_space` is called with the bytes that are still to come, before anything comes. `read_token` is called only
    when the repository asks for a token. Closing the generator stops at once; what came stays. Raises DownloadFailed,
    TokenNeeded, NetworkOff, BadSettings, and what `check_space` and `read_token` raise.
    """
    endpoint, purpose = hub_endpoint(), f"download of {source.repository}"
    yield Progress("downloading", 0, source.weight_bytes + source.other_bytes, 0.0)
    if network is not None:
        network.pass_through(urlsplit(endpoint).hostname or endpoint, purpose=purpose)
    with Child(hub_process.NAME, hub_process.main) as child:
        try:
            hub = _Hub(child, endpoint, source.repository, purpose, read_token)
            listing = yield from hub.list_files(source.revision)
            wanted = replace(listing, files=wanted_files(listing, source.repository))
            yield from _fetch_all(hub, wanted, folder, check_space)
            return wanted
        except ChildDied as error:
            raise DownloadFailed(f"The download stopped: {error.message}", "Try again; what came is kept.") from error
        finally:
            child.kill()


def fetched_bytes(folder: Path) -> int:
    """What lies in `folder` of a model that has not come whole."""
    return sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0


class _Hub:
    """The process that asks, for one repository. Finds out by itself whether a token is needed."""

    def __init__(self, child: Child, endpoint: str, repository: str, purpose: str, read_token: Callable[[], str]):
        self._child, self._endpoint, self._repository, self._purpose = child, endpoint, repository, purpose
        self._read_token, self._token = read_token, ""

    def list_files(self, revision: str) -> Generator[Progress, None, Listing]:
        try:
            listing: Listing = yield from self._list(revision)
        except TokenNeeded:
            self._take_token()
            listing = yield from self._list(revision)
        if listing.is_gated and not self._token:
            self._take_token()
        return listing

    def fetch(self, commit: str, file: HubFile, folder: Path) -> Generator[int, None, None]:
        request = FetchFile(self._endpoint, self._repository, commit, file, str(folder), self._purpose, self._token)
        yield from self._child.call(request, grace_seconds=0.0)

    def _list(self, revision: str) -> Generator[Progress, None, Listing]:
        request = ListFiles(self._endpoint, self._repository, revision, self._purpose, self._token)
        listing: Listing = yield from self._child.call(request, grace_seconds=0.0)
        return listing

    def _take_token(self) -> None:
        """Without one the next request says what is missing; an unencrypted connection gets none."""
        token = self._read_token()
        if token and not _is_private(self._endpoint):
            raise DownloadFailed(
                f"The access token is not sent to {self._endpoint}, because others could read it on the way.",
                "Use an address that begins with https.",
            )
        self._token = token


def _is_private(endpoint: str) -> bool:
    """Whether nobody between here and there reads what is sent."""
    parts = urlsplit(endpoint)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _fetch_all(
    hub: _Hub, listing: Listing, folder: Path, check_space: Callable[[int], None]
) -> Generator[Progress, None, None]:
    with disk_errors(folder):
        folder.mkdir(exist_ok=True)
        stored = [file.stored_name for file in listing.files]
        keep = {*stored, *(name + PART_SUFFIX for name in stored)}
        for other in [path for path in folder.iterdir() if path.name not in keep]:
            other.unlink()  # of another version of the model
    total, done = sum(file.size_bytes for file in listing.files), 0
    check_space(total - fetched_bytes(folder))
    speed = _Speed()
    for file in listing.files:
        if not (folder / file.stored_name).is_file():
            for came in hub.fetch(listing.commit, file, folder):
                here = min(done + came, total)
                yield Progress("downloading", here, total, here / total, speed.seconds_left(here, total))
        done += file.size_bytes
    yield Progress("downloading", total, total, 1.0, 0.0)


class _Speed:
    """How fast bytes came in the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def seconds_left(self, done: int, total: int) -> float | None:
        """None until something has come."""
        now = time.monotonic()
        self._seen.append((now, done))
        while now - self._seen[0][0] > SPEED_SECONDS:
            self._seen.popleft()
        began, done_then = self._seen[0]
        came = done - done_then
        return (total - done) * (now - began) / came if came > 0 else None
