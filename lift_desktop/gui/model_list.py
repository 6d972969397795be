"""The base models that can be chosen: the catalogue's, those in the store, and folders that the user added."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .context import Context


class KnownModel(NamedTuple):
    """`name` is what `ModelStore.resolve` takes; `is_here` tells whether it can be used now."""

    name: str
    title: str
    is_here: bool


def known_models(context: Context) -> list[KnownModel]:
    """The catalogue first, then the user's folders, then a chosen model that is in neither list."""
    found = [KnownModel(each.name, each.title, each.downloaded) for each in context.services.models.available()]
    chosen = context.preferences.get("model")
    for name in [*added_folders(context), chosen]:
        if name not in {model.name for model in found}:
            found.append(KnownModel(name, Path(name).name, _is_model_folder(Path(name))))
    return found


def added_folders(context: Context) -> list[str]:
    """The folders that the user added, as absolute paths."""
    return [folder for folder in context.preferences.get("model_folders") if isinstance(folder, str)]


def remember_folder(context: Context, folder: str) -> None:
    """Lists the folder from now on; it stays where it is."""
    folders = added_folders(context)
    if folder not in folders:
        context.preferences.set("model_folders", [*folders, folder])
        context.hub.models_changed.emit()


def forget_folder(context: Context, folder: str) -> None:
    """Lists the folder no more; nothing in it is touched."""
    context.preferences.set("model_folders", [each for each in added_folders(context) if each != folder])
    context.hub.models_changed.emit()


def _is_model_folder(folder: Path) -> bool:
    return folder.is_absolute() and (folder / "config.json").is_file()
