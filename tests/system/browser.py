"""A real browser for the third floor: one that is on the machine, or the one a package of npm carries."""

import os
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import brotli

PACKAGE = "@sparticuz/chromium@153.0.0"
CACHE = Path(__file__).parents[2] / ".venv" / "browser"
INSTALL = "no browser: apt-get install chromium, or install npm, or name one in E2E_CHROMIUM"
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find() -> tuple[str, dict[str, str]] | None:
    """The path of a Chromium and the environment it needs, or None."""
    named = os.environ.get("E2E_CHROMIUM")
    for name in (named, "chromium", "google-chrome", "chromium-browser"):
        found = shutil.which(name) if name else None
        if found:
            return found, {}
    return _packaged()


def _packaged() -> tuple[str, dict[str, str]] | None:
    program = CACHE / "chromium"
    if not program.exists() and not (shutil.which("npm") and _fetch()):
        return None
    return str(program), {"LD_LIBRARY_PATH": str(CACHE / "al2023" / "lib")}


def _fetch() -> bool:
    """Unpack the package's browser into the environment of the tests; no root, no install script."""
    CACHE.mkdir(exist_ok=True)
    packed = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=CACHE, capture_output=True, text=True, check=False
    )
    if packed.returncode != 0:
        return False
    with tarfile.open(CACHE / packed.stdout.split()[-1]) as archive:
        for name in ("al2023.tar.br", "swiftshader.tar.br"):
            _unpack(_member(archive, name), CACHE / name.partition(".")[0])
        fresh = CACHE / "chromium.new"
        fresh.write_bytes(brotli.decompress(_member(archive, "chromium.br")))
    fresh.chmod(0o755)
    fresh.rename(CACHE / "chromium")
    return True


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/bin/{name}")
    assert file is not None
    return file.read()


def _unpack(compressed: bytes, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with tarfile.open(fileobj=BytesIO(brotli.decompress(compressed))) as archive:
        archive.extractall(folder, filter="data")
