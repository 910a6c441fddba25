"""The one HTML page: language, theme, import map, the modules to load. All else is drawn in the browser."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, select_autoescape

from . import front, words
from .guard import IMPORT_MAP
from .wire import VERSION

PRELOADED = ("app.js", "places.js", "protocol.js", "words.js", "part.js")


class Shell:
    def __init__(self, demonstration: bool) -> None:
        loader = PackageLoader("web", "templates")
        environment = Environment(loader=loader, autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True)
        self._template = environment.get_template("shell.html")
        self._demonstration = demonstration
        self._made: dict[str, str] = {}

    def __call__(self, locale: str) -> str:
        if locale not in self._made:
            self._made[locale] = self._template.render(
                locale=locale, lang="vi" if locale == words.PSEUDO else locale, digest=words.digest(locale),
                version=VERSION, base=front.base(), import_map=IMPORT_MAP, preloaded=PRELOADED,
                demonstration=self._demonstration,
                title=words.text(locale, "app.title"),
            )  # fmt: skip
        return self._made[locale]
