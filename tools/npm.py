"""Packages of the npm registry, in the versions that package.json states, unpacked into build/npm/."""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]


def unpacked(name: str) -> Path:
    """The folder of a package, fetched if it is not there. Raises RuntimeError with what npm says."""
    folder = ROOT / "build" / "npm" / f"{name}@{VERSIONS[name]}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        command = ["npm", "pack", "--silent", f"{name}@{VERSIONS[name]}"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"npm cannot fetch {name}: {done.stderr.strip()[-300:]}")
        with tarfile.open(next(Path(place).glob("*.tgz"))) as archive:
            archive.extractall(place, filter="data")
        try:
            (Path(place) / "package").rename(folder)
        except OSError:
            if not folder.exists():  # it does if another process was quicker
                raise
    return folder
