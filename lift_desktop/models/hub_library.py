"""Asks the Hugging Face hub for its files; the only user of huggingface_hub, and only in the process of downloads.

`hf_hub_download` throws away what came when its process ends, so a file's bytes are read here, through the library's
own session (its addresses, redirects and errors): what has come is kept, and not asked for again. Must not know the
catalogue, nor where a model is installed.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path

import httpx2
from huggingface_hub import HfApi, get_session, hf_hub_url, hf_raise_for_status
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

from ..domain.errors import DownloadFailed, TokenNeeded
from .download import disk_errors
from .hub_process import PART_SUFFIX, FetchFile, HubFile, ListFiles, Listing

TIMEOUT_SECONDS = 30.0
"""So long may the hub be silent."""
POLL_SECONDS = 0.1
RETRIES = 5
"""So often a connection may break one after the other without a single byte in between."""
RETRY_PAUSE_SECONDS = 0.5
READ_BYTES = 1 << 20
PROXIES, CERTIFICATES = ("https_proxy", "http_proxy", "all_proxy"), ("ssl_cert_file", "ssl_cert_dir")
"""Variables that tell how to reach the network; Unix has the proxies in small or in capital letters."""
LICENCE_HINT = (
    "Open https://huggingface.co/{0}, sign in and accept its licence. Then make an access token (kind: read) at "
    "https://huggingface.co/settings/tokens and store it: Settings > Models > Access token, or "
    "`lift-desktop models token`."
)


def list_files(request: ListFiles) -> Listing:
    """Raises DownloadFailed or TokenNeeded."""
    _check_connection()
    api = HfApi(endpoint=request.endpoint, token=request.token or False)
    with _hub_errors(request.repository, bool(request.token)):
        found = api.model_info(
            request.repository, revision=request.revision, files_metadata=True, timeout=TIMEOUT_SECONDS
        )
    files = [
        HubFile(each.rfilename, each.size or 0, each.lfs.sha256 if each.lfs else each.blob_id or "", bool(each.lfs))
        for each in found.siblings or []
    ]
    return Listing(found.sha or request.revision, bool(found.gated), tuple(files))


def fetch_file(request: FetchFile) -> Generator[int, None, None]:
    """Puts the checked file into the folder, under its stored name; yields its bytes so far.

    Raises DownloadFailed, TokenNeeded or DiskFull. A file that is not what the hub announced is removed.
    """
    target = Path(request.folder) / request.file.stored_name
    part = target.with_name(target.name + PART_SUFFIX)
    with ThreadPoolExecutor(1, thread_name_prefix="download") as threads:
        work = threads.submit(copy_context().run, _fetch, request, part)
        while not wait([work], POLL_SECONDS).done:
            yield _size(part)
    work.result()
    part.replace(target)
    yield request.file.size_bytes


def _fetch(request: FetchFile, part: Path) -> None:
    """Reads on until all has come or the connection breaks too often, then checks it."""
    with disk_errors(part.parent), _hub_errors(request.repository, bool(request.token)):
        if _size(part) > request.file.size_bytes:
            part.unlink()
        part.touch()
        tries = RETRIES
        while (had := _size(part)) < request.file.size_bytes and tries >= 0:
            try:
                _read_on(request, part, had)
            except httpx2.TransportError:
                if not tries:
                    raise
                threading.Event().wait(RETRY_PAUSE_SECONDS)
            tries = RETRIES if _size(part) > had else tries - 1
        _check(request.file, part)


def _read_on(request: FetchFile, part: Path, had: int) -> None:
    """Appends what the hub has after the first `had` bytes; begins again when it does not know ranges."""
    url = hf_hub_url(request.repository, request.file.name, revision=request.commit, endpoint=request.endpoint)
    headers = {"Accept-Encoding": "identity"}
    if request.token:
        headers["Authorization"] = f"Bearer {request.token}"
    if had:
        headers["Range"] = f"bytes={had}-"
    with get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_SECONDS) as response:
        if response.status_code == httpx2.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # it has fewer bytes than it announced; the checksum will tell
        hf_raise_for_status(response)
        goes_on = response.status_code == httpx2.codes.PARTIAL_CONTENT
        with part.open("ab" if goes_on else "wb", buffering=0) as stream:
            for chunk in response.iter_raw():
                stream.write(chunk)
                if stream.tell() > request.file.size_bytes:
                    return  # more than it announced


def _check(file: HubFile, part: Path) -> None:
    """Raises DownloadFailed, and removes the file, unless it is what the hub announced."""
    size_bytes = _size(part)
    hasher = hashlib.sha256() if file.is_large else hashlib.sha1(b"blob %d\0" % size_bytes, usedforsecurity=False)
    with part.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            hasher.update(block)
    if size_bytes != file.size_bytes or hasher.hexdigest() != file.checksum:
        part.unlink()
        raise DownloadFailed(
            f"{file.name} is not the file that the hub announced (its checksum differs), so it was not used.",
            "Try again; if it happens again, the hub or a mirror serves something else.",
        )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _check_connection() -> None:
    """Raises DownloadFailed where the variables for proxies and certificates let nothing be asked. It tells their names
    alone: a proxy's address may hold a password.
    """
    try:
        get_session()
    except OSError:
        raise _unusable("The certificates for secure connections cannot be read.", CERTIFICATES) from None
    except (ImportError, ValueError, httpx2.InvalidURL):
        message = "The proxy for the network cannot be used: it must be one for HTTP, such as http://host:8080."
        raise _unusable(message, PROXIES) from None


def _unusable(message: str, variables: tuple[str, ...]) -> DownloadFailed:
    found = sorted(name for name, value in os.environ.items() if value and name.lower() in variables)
    return DownloadFailed(message, f"Change or unset {', '.join(found) or 'it in the settings of the system'}.")


@contextmanager
def _hub_errors(repository: str, has_token: bool) -> Iterator[None]:
    """Turns what the hub's library raises into errors of the user's world; none of them holds the token."""
    try:
        yield
    except GatedRepoError as error:
        raise _gated(repository, has_token, error.response.status_code) from None
    except RevisionNotFoundError:
        raise DownloadFailed(f"{repository} has no longer the version that is wanted.", "Report this.") from None
    except RepositoryNotFoundError as error:
        if has_token and error.response.status_code == httpx2.codes.UNAUTHORIZED:
            raise _gated(repository, has_token, error.response.status_code) from None
        raise DownloadFailed(f"The hub has no repository {repository}.", "Report this.") from None
    except HfHubHTTPError as error:
        code = error.response.status_code
        if code in (httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN):
            raise _gated(repository, has_token, code) from None
        raise DownloadFailed(f"The hub answered with error {code}.", "Try again later.") from None
    except httpx2.HTTPError as error:
        reason = str(error).strip() or type(error).__name__
        raise DownloadFailed(f"The connection to the hub failed: {reason}") from None


def _gated(repository: str, has_token: bool, code: int) -> TokenNeeded:
    hint = LICENCE_HINT.format(repository)
    if not has_token:
        return TokenNeeded(f"{repository} is given only to those who accepted its licence.", hint)
    if code == httpx2.codes.FORBIDDEN:
        return TokenNeeded(f"The owner of the access token has not been let in to {repository} yet.", hint)
    return TokenNeeded("The hub did not accept the access token: it is mistyped, expired or withdrawn.", hint)
