"""What installing one wheel writes: its files, those that pip adds, the ``.pyc``."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.footprint.bytecode import sources_of
from pipfreeze_lock.footprint.record import record_size
from pipfreeze_lock.footprint.scripts import changed_size, entry_points, script_sizes
from pipfreeze_lock.footprint.wheel_layout import is_script, wheel_layout
from pipfreeze_lock.metadata.wheel import metadata_folder
from pipfreeze_lock.metadata.zip_directory import BadZipError
from pipfreeze_lock.model.url import redact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.footprint.bytecode import Source
    from pipfreeze_lock.footprint.compiled_sizes import CompiledFile
    from pipfreeze_lock.footprint.interface import GrowthRequest, WheelFiles, WheelMember
    from pipfreeze_lock.footprint.pip_rules import InstallRules
    from pipfreeze_lock.footprint.wheel_layout import WheelLayout
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.plan import Action

__all__ = ["WheelToInstall", "Written", "read_wheel"]

_SCRIPT = 256 * 1024
"""Bytes above which a script is taken for a program, which pip does not change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """All that one distribution brings, by path in the image."""

    files: Mapping[str, int]
    """Sizes in bytes, without ``.pyc`` that pip compiles."""
    compiled: Mapping[str, int]
    is_estimated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelToInstall:
    """A wheel as far as it has to be read."""

    action: Action
    file: IndexFile
    page: ProjectPage
    layout: WheelLayout
    members: Sequence[WheelMember]
    """Without folders."""
    texts: Mapping[str, bytes]
    """RECORD, scripts."""
    sources: Sequence[Source]
    """What is compiled."""

    def written(self, compiled: Sequence[CompiledFile], request: GrowthRequest, rules: InstallRules) -> Written:
        """Put together what is there afterwards."""
        installed = {one.name: place for one in self.members if (place := self.layout.place(one.name)) is not None}
        changed = {
            name: size for name, size in self._changed_scripts(request.places.executable).items() if name in installed
        }
        files = {installed[one.name]: changed.get(one.name, one.size) for one in self.members if one.name in installed}
        generated = self._generated(request, rules)
        files.update(generated)
        pyc = {one.place: one.size for one in compiled}
        record = posixpath.join(self.layout.library, self.layout.metadata, "RECORD")
        files[record] = record_size(
            self.texts[f"{self.layout.metadata}/RECORD"],
            library=self.layout.library,
            installed=installed,
            changed=changed if rules.records_changed_scripts else {},
            generated=generated.items(),
            compiled=_unshipped(pyc, installed, rules),
            is_row_whole=rules.unpacking_folder is not None,
        )
        return Written(
            files={path: size for path, size in files.items() if path not in pyc},
            compiled=pyc,
            is_estimated=any(one.is_estimated for one in compiled),
        )

    def _changed_scripts(self, executable: str) -> dict[str, int]:
        sizes = {one.name: one.size for one in self.members if is_script(one.name) and one.name in self.texts}
        changed = {name: changed_size(self.texts[name], executable) for name in sizes}
        return {name: size for name, size in changed.items() if self.texts[name].startswith(b"#!python")}

    def _generated(self, request: GrowthRequest, rules: InstallRules) -> dict[str, int]:
        """Give what is in no wheel, by path."""
        scripts = script_sizes(
            self.layout.entry_points,
            executable=request.places.executable,
            python=request.target.python_version,
            rules=rules,
        )
        folder = posixpath.join(self.layout.library, self.layout.metadata)
        generated = {posixpath.join(request.places.scripts, name): size for name, size in scripts.items()}
        generated[f"{folder}/INSTALLER"] = len(b"pip\n")
        if self.action.is_direct and rules.has_direct_url:
            generated[f"{folder}/direct_url.json"] = self._direct_url_size(rules)
        if self.action.is_requested and rules.has_requested:
            generated[f"{folder}/REQUESTED"] = 0
        return generated

    def _direct_url_size(self, rules: InstallRules) -> int:
        """Give the size of what PEP 610 wants; a hash is written of whatever pip fetched or read."""
        digest = self.file.hashes.get("sha256", "x" * 64)
        archive: dict[str, object] = {"hash": f"sha256={digest}"}
        if rules.has_direct_url_hashes:
            archive["hashes"] = {"sha256": digest}
        document = {"archive_info": archive, "url": redact(self.page.url_of(self.file))}
        return len(json.dumps(document, sort_keys=True).encode())


def _unshipped(compiled: Mapping[str, int], installed: Mapping[str, str], rules: InstallRules) -> list[str]:
    """Give the ``.pyc`` that have a row of their own: pips that unpack first know no other than the wheel's own."""
    if rules.unpacking_folder is None:
        return list(compiled)
    shipped = set(installed.values())
    return [path for path in compiled if path not in shipped]


def read_wheel(action: Action, request: GrowthRequest, rules: InstallRules, wheels: WheelFiles) -> WheelToInstall:
    """Read the directory of the wheel of an action, and the few members that decide what pip does with the rest.

    :raises MetadataError: when pip could not install it.
    :raises NetworkError: when it cannot be read.
    """
    file, page = action.file, action.page
    if file is None or page is None:
        message = f"nothing tells which file of `{action.name}` {action.version} is installed"
        raise MetadataError(message)
    members = [one for one in wheels.members(page, file) if not one.name.endswith("/")]
    try:
        metadata = metadata_folder((one.name for one in members), file.filename)
    except BadZipError as error:
        message = f"`{file.filename}` is not a usable wheel: {error}"
        raise MetadataError(message, context=redact(page.url_of(file))) from error
    names = [f"{metadata}/{name}" for name in ("WHEEL", "RECORD", "entry_points.txt")]
    scripts = [one.name for one in members if is_script(one.name) and one.size <= _SCRIPT]
    texts = wheels.contents(page, file, [*names, *scripts])
    if not texts.keys() >= set(names[:2]):
        message = f"`{file.filename}` is not a usable wheel: it has no `{metadata}/WHEEL` or no `{metadata}/RECORD`"
        raise MetadataError(message, context=redact(page.url_of(file)))
    name = file.filename.partition("-")[0]
    layout = wheel_layout(
        request.places,
        name=name,
        metadata=metadata,
        wheel_file=texts[names[0]],
        points=entry_points(texts.get(names[2], b"")),
    )
    sources = sources_of(members, layout, name=name, rules=rules, target=request.target) if request.is_compiled else []
    return WheelToInstall(
        action=action, file=file, page=page, layout=layout, members=members, texts=texts, sources=sources
    )
