"""A message that asks for papers, as e-mail text, as one page of HTML that loads nothing, and as PDF."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from toolkit import typeset
from toolkit.asking import Entry, Message, Picture
from toolkit.phrasing import printable
from toolkit.typeset import Data

_WIDE = 76
#: Nothing may be loaded and no script may run; styles and pictures are inside the page.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light; }
body { font: 17px/1.5 Georgia, "Times New Roman", serif; color: #1f2a44; background: #fff; margin: 0; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1.25rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .5rem; border-bottom: 2px solid #1f2a44; padding-bottom: .2rem; }
h3 { font-size: 1.1rem; margin: 0; }
article { margin: 1rem 0 0; padding: .9rem 1.1rem; border: 1px solid #c9cfda; border-radius: 6px; }
.when { margin: .15rem 0 .6rem; font-weight: bold; color: #9b1c1c; }
.label { margin: .6rem 0 0; font-size: .9rem; color: #5b6475; }
.english { color: #5b6475; }
ul { margin: .1rem 0 0; padding-left: 1.3rem; }
p { margin: .6rem 0; }
figure { margin: .8rem 0 0; }
figure img { display: block; max-width: 100%; height: auto; border: 1px solid #858d9b; }
figcaption { font-size: .9rem; color: #5b6475; margin-top: .25rem; }
footer { margin-top: 2.25rem; border-top: 1px solid #c9cfda; padding-top: .5rem; }
@media print {
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  article:not(.pictured), figure { break-inside: avoid; }
  h2, h3, .english, .when, .label { break-after: avoid; }
  figure img { max-height: 11cm; max-width: 100%; width: auto; }
}
"""


def text(message: Message) -> str:
    """Return the message as plain text for an e-mail, without pictures."""
    lines = [message.greeting, "", *(line for each in message.intro for line in (*_wrapped(each), ""))]
    number = 0
    for section in message.sections:
        lines += [section.heading.upper(), ""]
        for entry in section.entries:
            number += 1
            lines += [*_entry_lines(number, entry, message), ""]
    lines += [message.words.say("how").upper(), *(line for each in message.how for line in _bullet(each)), ""]
    for each in message.closing:
        lines += [*_wrapped(each), ""]
    return "\n".join(lines).replace("\u00a0", " ").rstrip() + "\n"


def draft(message: Message) -> bytes:
    """Return the message as a mail draft (RFC 5322) without sender, reader and pictures: an e-mail is not sealed."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = " ".join(printable(message.subject).split())
    # Mail programs open a message that has this as one still to be sent.
    made["X-Unsent"] = "1"
    made.set_content(text(message))
    made["Content-Language"] = message.words.tag
    return bytes(made)


def page(message: Message) -> str:
    """Return the message as one self-contained page of HTML: pictures inside, no script, nothing loaded."""
    body = "\n".join(_html(message))
    return (
        f'<!doctype html>\n<html lang="{escape(message.words.tag)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_safe(message.subject)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def pdf(message: Message, *, today: date) -> bytes:
    """Return the message as PDF; the same message gives the same bytes."""
    words = message.words
    sections: list[Data] = [
        {"heading": section.heading, "entries": [_typst(entry, message) for entry in section.entries]}
        for section in message.sections
    ]
    data: Data = {
        "language": words.tag[:2],
        "subject": message.subject,
        "greeting": message.greeting,
        "intro": [*message.intro],
        "sections": sections,
        "how_title": words.say("how"),
        "how": [*message.how],
        "closing": [*message.closing],
    }
    return typeset.pdf("ask/ask.typ", data, today=today)


def _entry_lines(number: int, entry: Entry, message: Message) -> Iterator[str]:
    words = message.words
    yield from _wrapped(f"{number}. {entry.title}", hanging="   ")
    for each in _english(entry, message):
        yield from _wrapped(f"   {each}", hanging="   ")
    for each in (entry.due, entry.begin):
        if each:
            yield from _wrapped(f"   >> {each}", hanging="   ")
    for label, texts in (("why", entry.reasons), ("shows", (entry.shows,)), ("must", entry.musts)):
        found = [each for each in texts if each]
        if found:
            yield f"   {words.say(label)}{words.say('colon')}"
            for each in found:
                yield from _bullet(each, "   ")
    if entry.place and entry.picture is None:
        yield from _wrapped(f"   {entry.place}", hanging="   ")


def _english(entry: Entry, message: Message) -> list[str]:
    return [message.words.say("untranslated", text=each) for each in entry.english]


def _bullet(text_: str, indent: str = "") -> list[str]:
    return _wrapped(f"{indent}- {text_}", hanging=f"{indent}  ")


def _wrapped(line: str, hanging: str = "") -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        printable(line).strip(), _WIDE, initial_indent=indent, subsequent_indent=hanging, break_long_words=False
    ) or [""]


def _html(message: Message) -> Iterator[str]:
    words = message.words
    yield f"<h1>{_safe(message.subject)}</h1>"
    yield from (f"<p>{_safe(each)}</p>" for each in (message.greeting, *message.intro))
    for section in message.sections:
        yield f"<section>\n<h2>{_safe(section.heading)}</h2>"
        for entry in section.entries:
            yield from _article(entry, message)
        yield "</section>"
    yield f"<section>\n<h2>{_safe(words.say('how'))}</h2>\n{_list(message.how)}\n</section>\n<footer>"
    yield from (f"<p>{_safe(each)}</p>" for each in message.closing)
    yield "</footer>"


def _article(entry: Entry, message: Message) -> Iterator[str]:
    words = message.words
    yield "<article>" if entry.picture is None else '<article class="pictured">'
    yield f"<h3>{_safe(entry.title)}</h3>"
    yield from (f'<p class="english" lang="en">{_safe(each)}</p>' for each in _english(entry, message))
    yield f'<p class="when">{"<br>".join(_safe(each) for each in (entry.due, entry.begin) if each)}</p>'
    for label, texts in (("why", entry.reasons), ("shows", (entry.shows,)), ("must", entry.musts)):
        found = tuple(each for each in texts if each)
        if found:
            yield f'<p class="label">{_safe(words.say(label))}</p>\n{_list(found)}'
    if entry.picture is not None:
        source = f"data:image/jpeg;base64,{_base64(entry.picture)}"
        size = f'width="{entry.picture.width}" height="{entry.picture.height}"'
        yield f'<figure>\n<img src="{source}" {size} alt="{_safe(entry.place)}">'
        yield f"<figcaption>{_safe(entry.place)}</figcaption>\n</figure>"
    elif entry.place:
        yield f'<p class="label">{_safe(entry.place)}</p>'
    yield "</article>"


def _list(texts: tuple[str, ...]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{_safe(each)}</li>" for each in texts) + "\n</ul>"


def _safe(text_: str) -> str:
    return escape(printable(text_))


def _base64(picture: Picture) -> str:
    return base64.b64encode(picture.jpeg).decode("ascii")


def _typst(entry: Entry, message: Message) -> Data:
    words = message.words
    picture = entry.picture
    return {
        "title": entry.title,
        "english": [*_english(entry, message)],
        "when": [each for each in (entry.due, entry.begin) if each],
        "blocks": [
            {"label": words.say(label), "lines": [each for each in texts if each]}
            for label, texts in (("why", entry.reasons), ("shows", (entry.shows,)), ("must", entry.musts))
            if any(texts)
        ],
        "place": entry.place,
        "shape": 1.0 if picture is None else picture.width / picture.height,
        # A picture travels to typst as text: an SVG that holds the JPEG.
        "picture": ""
        if picture is None
        else f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width}" height="{picture.height}" '
        f'viewBox="0 0 {picture.width} {picture.height}"><image width="{picture.width}" height="{picture.height}" '
        f'href="data:image/jpeg;base64,{_base64(picture)}"/></svg>',
    }
