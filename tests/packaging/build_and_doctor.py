"""Makes the one-folder build, runs its doctor, and opens its window.

python -m tests.packaging.build_and_doctor [FOLDER]

The window opens off screen; with QT_QPA_PLATFORM=xcb it opens on the display, which ``xvfb-run`` can give.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from tests.twin.databases import Databases
from tests.twin.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
_WINDOW_SECONDS = 5.0


def main() -> int:
    """Build into the folder named, else into one that goes away again; return 0 where everything works."""
    if len(sys.argv) > 1:
        return _build_and_try(Path(sys.argv[1]).absolute())
    with tempfile.TemporaryDirectory(prefix="audiodesk-build-") as folder:
        return _build_and_try(Path(folder))


def _build_and_try(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    subprocess.run(
        [
            *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"),
            *("--distpath", str(folder / "dist"), "--workpath", str(folder / "build"), str(ROOT / "build.spec")),
        ],
        cwd=folder,
        check=True,
    )
    built = folder / "dist" / "audiodesk"
    size = sum(path.stat().st_size for path in built.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"built in {time.monotonic() - started:.0f} s, {size / 1024 / 1024:.0f} MB in {built}")
    program = built / ("audiodesk.exe" if sys.platform == "win32" else "audiodesk")
    return _try(program, folder / "home")


def _try(program: Path, home: Path) -> int:
    home.mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environment |= {
        "AUDIODESK_HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    }
    version = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True, check=True)
    print(version.stdout.strip())
    edited = subprocess.run(
        [program, "project", "add", "Ü – a book", "--json"], env=environment, capture_output=True, text=True, check=True
    )
    print("made", json.loads(edited.stdout)["title"])
    covered = [_reads_cover(program, environment, home, kind) for kind in ("PNG", "JPEG")]
    doctor = subprocess.run([program, "doctor", "--json"], env=environment, capture_output=True, text=True, check=False)
    checks = json.loads(doctor.stdout)["checks"]
    for check in checks:
        print("ok    " if check["ok"] else "NOT OK", check["name"], "–", check["message"])
    applied = _applies(program, environment)
    print("ok     the schema is applied" if applied else "NOT OK the schema was not applied")
    stays = _window_stays(program, environment)
    print("ok     the window opens and stays" if stays else "NOT OK the window did not stay open")
    qt_texts = {path.name for path in program.parent.rglob("translations/*.qm")}
    translated = {"qtbase_de.qm", "qtbase_fr.qm"} <= qt_texts and all(name.startswith("qtbase_") for name in qt_texts)
    print(f"ok     {len(qt_texts)} languages of Qt's own texts" if translated else f"NOT OK Qt's texts: {qt_texts}")
    works = applied and stays and translated and all(covered) and all(check["ok"] for check in checks)
    return 0 if doctor.returncode == 0 and works else 1


def _reads_cover(program: Path, environment: dict[str, str], home: Path, kind: str) -> bool:
    """Give the book a cover: Pillow and its part for this kind of picture came along."""
    picture = home / f"cover.{kind.lower()}"
    Image.linear_gradient("L").convert("RGB").save(picture, kind)
    asked = [str(program), "project", "set", "Ü – a book", "--cover", str(picture), "--json"]
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    print(f"ok     a {kind} cover is read" if done.returncode == 0 else f"NOT OK a {kind} cover: {done.stderr[-2000:]}")
    return done.returncode == 0


def _applies(program: Path, environment: dict[str, str]) -> bool:
    """Apply the schema to an empty project: the migrations and the database's own library came along."""
    server = PostgresServer()
    try:
        databases = Databases(server)
        address = databases.create(migrations=False).url
        asked = [str(program), "backend", "apply", "--json"]
        done = subprocess.run(
            asked, env=environment | {"AUDIODESK_DB_URL": address}, capture_output=True, text=True, check=False
        )
        databases.close()
    finally:
        server.close()
    print(done.stderr[-2000:], file=sys.stderr, end="")
    return done.returncode == 0


def _window_stays(program: Path, environment: dict[str, str]) -> bool:
    """Open the window and look after a moment whether it is still there; then ask it to go."""
    window = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        window.wait(_WINDOW_SECONDS)
    except subprocess.TimeoutExpired:
        window.terminate()
        window.communicate(timeout=10)
        return True
    said = window.stderr.read().decode("utf-8", "replace") if window.stderr else ""
    print(said[-2000:], file=sys.stderr)
    return False


if __name__ == "__main__":
    sys.exit(main())
