"""What each state asks of papers in other languages, as data, and what languages are called. Knows no paper."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from toolkit import definitions

_NAMES: Mapping[str, str] = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "ga": "Irish", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ms": "Malay", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


class Demand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one state asks for: the languages it takes, and what a translator's certificate has to say."""

    languages: tuple[str, ...]
    law: str
    basis: Literal["seen", "recalled"]
    statements: tuple[Literal["complete", "accurate", "competent"], ...] = ()
    particulars: tuple[Literal["signed", "translator", "date", "contact"], ...] = ()
    advised: tuple[Literal["signed", "translator", "date", "contact"], ...] = ()
    standing: tuple[Literal["sworn", "accredited", "affidavit"], ...] = ()

    @property
    def certified(self) -> bool:
        """Whether a translation alone is not enough."""
        return bool(self.statements or self.particulars or self.standing)


@cache
def demands() -> Mapping[str, Demand]:
    """Return the demands of every state that is known, by its two-letter code in small letters."""
    path = Path(__file__).parent / "translation_demands.toml"
    return MappingProxyType(definitions.load(path, dict[str, Demand]))


def demand(route: str) -> Demand | None:
    """Return what the state of *route* ("us/l-1a") asks for, None where that is not known."""
    return demands().get(route.partition("/")[0])


def called(code: str) -> str:
    """Return the English name of a language by its code, or the code."""
    return _NAMES.get(code, code)
