"""The day and the time of the paper: which of its dates it is, and in which order its numbers stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.fields import dates
from toolkit.fields.calendar_words import plain_digits
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

#: 午前 (morning), 午後 (afternoon) and their like stand before the hour; `h`, 時, 시 part it off.
_HALF = r"(?:(?P<early>午前|上午|오전|[ap]\.?m\.?(?=\s?\d))|(?P<late>午後|下午|오후))?\s?"
_TIME = re.compile(
    rf"{_HALF}(?<![\d.,/-])(?<!\d:)(?P<hour>[01]?\d|2[0-3])"
    r"\s?(?:[:時时시點点]|h(?=\s?\d\d)|\.(?=[0-5]\d(?:\.[0-5]\d)?\s?(?:uhr|[ap]\.?\s?m\b|hrs)))\s?"
    r"(?P<minute>[0-5]\d)(?:\s?[:.分분]\s?(?P<second>[0-5]\d)(?!\d))?(?!\d)\s?(?P<half>[ap]\.?\s?m\b)?",
    re.IGNORECASE,
)
#: `kl. 14.05`, `klo 9.30`, `1405 hrs`: a word says that it is a time.
_SAID = re.compile(
    r"(?:(?<![a-z])(?:kl|klo|ora|ore|ura|time|uhrzeit|heure|hora|godz|tid)\.?\s?:?\s?(?P<hour>[01]?\d|2[0-3])[.:]"
    r"(?P<minute>[0-5]\d)(?:[.:](?P<second>[0-5]\d))?(?![\d,]|\.\d)|(?<![\d:.,/-])(?P<hour_>[01]\d|2[0-3])"
    r"(?P<minute_>[0-5]\d)\s?(?:hrs|hours|uhr)\b)",
    re.IGNORECASE,
)
#: `Rechnung Nr. 4711 vom`: the day of the paper stands behind its number.
_NUMBER_OF = re.compile(r"(?i)(?:nr|no|n°|nº|number|#)\W{0,4}\S*\d\S*\s+(?:vom|du|del|of|van|dated|z dnia)\W*$")
#: `04.03.2026 14.05`: beside the day, and nothing else in the row that could be an amount.
_DOTTED = re.compile(
    r"(?:\s{1,4}|\s*(?:um|kl|ore|alle|h)\.?\s*)(?P<hour>[01]?\d|2[0-3])\.(?P<minute>[0-5]\d)(?!\d|[.,%]\d)(?!.*\d[.,]\d\d)",
    re.I,
)
#: Words of coming and of going: a car park, a toll road or a folio prints both, and the paper is made out at the end.
_COMING = re.compile(
    r"入[库庫場场]|入時|到着|チェックイン|入住|체크인|进场|進場|입차|(?<![a-z])in(?:\s?:|(?=\s{1,3}\d{1,4}[./:-]\d))|(?<![a-z])(?:entry|entered|entrance"
    r"|arriv\w*|time in|check.?in|start\w*|opened"
    r"|einfahrt|anreise|ankunft|ankomst|beginn|entree|arrivee|debut|entrada|llegada|inicio|ingresso|arrivo|inizio|inrit|inrijden"
    r"|aankomst|begin|wjazd|przyjazd|poczatek|infart|inpassage|incheckning)(?![a-z])"
)
_GOING = re.compile(
    r"出[库庫場场]|出時|离场|離場|출차|(?<![a-z])out(?:\s?:|(?=\s{1,3}\d{1,4}[./:-]\d))"
    r"|(?<![a-z])(?:exit\w*|time out|left|ausfahrt|ausgang|sortie"
    r"|salida|saida|uscita|uitrit|uitrijden|wyjazd|utfart|utpassage)(?![a-z])"
)
#: `END 08:40`, `Drop-off: 08:40`: the time stands right behind; signatures of tills print `Ende:` and a day, in UTC.
_ENDING = re.compile(r"(?<![a-z])(?:ended|ende?|einde|fin|fine|koniec|slut|drop.?off)(?: time)?\s?:?\s{0,3}$")
#: Words of paying: of two times it is the later one.
_PAYING = re.compile(
    r"支払|支付|缴费|繳費|결제|(?<![a-z])(?:uit\s?:|paid|payment|bezahlt|zahlung|betaald|betaling|pay[ée]e?|paiement|pagad[oa]|pagat[oa]"
    r"|pagamento|pagamiento|pago|zaplacono|zaplata|betalt|betalat|betalning|maksettu|zaplaceno|fizetve)(?![a-z])"
)
#: When a train or a flight leaves is no time of the paper that was paid for it.
_LEAVING = re.compile(
    r"発車|出発|出发|發車|发车|起飞|출발|(?<![a-z])(?:departure|departs?|departing|dep\.?(?=\s?\d)|boarding|abfahrt|abflug|abreise|depart|partenza|vertrek"
    r"|partida|odjazd|wylot|avgang|afgang|avresa|avreise|afrejse|lahto|odjezd|indulas|plecare|kalkis|polazak|odhod)(?![a-z])"
)
#: Who orders or books pays on that day; another day on the paper that no label speaks of may be that of the journey.
_ORDERED = re.compile(
    r"注文|予約|订单|订购|预订|訂購|주문|예약|(?<![a-z])(?:order\w*|book(?:ed|ing)\w*|reserv\w*|purchase\w*|bestel\w*|bestell\w*|bestill\w*|bestilt"
    r"|buchung\w*|gebucht|auftrag\w*|boeking\w*|geboekt|command\w*|pedido|compra\w*|acquist\w*|prenota\w*|ordin\w*|zamowi\w*|rezerw\w*"
    r"|bokning\w*|varaus\w*|tilaus\w*|objednav\w*|rezerva\w*|foglal\w*|rendel\w*|siparis|encomenda)(?![a-z])"
)
_AMOUNT = re.compile(r"\d[.,]\d\d(?!\d)|\d[.,]\d{3}\W{0,3}$")
_ISSUED = re.compile(
    r"(?:ausgestellt|issued|printed|emitid[oa]|emis|emess[oa]|uitgegeven|udstedt|utstedt|utfardad|wystawiono|vystaveno|kiallit)"
    r"\w{0,4}\W{1,3}(?:am|on|le|el|il|em|op|den|dnia|dne|:)?\W{0,3}$"
)
#: `Beitragsrechnung 24. Januar 2014`: the day stands beside the title; no more letters are looked at.
_TITLE = re.compile(
    r"^\W{0,3}(?:\w{0,24}(?:rechnung|gutschrift|quittung)|(?:tax |cash )?(?:invoice|receipt)|facture|factura|fattura"
    r"|factuur|faktura|fatura)\W{1,4}$"
)
_NEAR = 40
#: Names of papers that a number in a row can be of.
_PAPER = re.compile(r"rechn|invoice|receipt|fact|fatt|faktur|fatura|beleg|quittung|bon\b|ticket")
#: `vom 6.12.2013 bis zum 6.12.2014`.
_SPAN_END = re.compile(r"\s(?:-|to|bis|bis zum|au|al|until|t/m|–)\s*$")
_SPAN_START = re.compile(r"\s{0,2}(?:bis|to|until|au|al|t/m)\s(?:zum\s)?\s?\d")
#: A word for the date itself, where `le` or `del` alone may belong to anything.
_DATED = re.compile(r"dat|fech|dato|pvm|tarih|日|일자")
#: Days by which one must pay, or until which something holds, in the languages of the world's tills.
_TERM = re.compile(
    r"付款期限|到期|支払期[限日]|有効期限|賞味期限|납부기한|만료|유효"
    r"|(?<![a-z])(?:due|payable|pay by|best before|expir\w*|valid|zahlbar|fallig\w*|haltbar|frist|limite|echeance|vence"
    r"|vencimient\w*|vencimento|caduca\w*|validade|scadenza|entro|vervaldatum|uiterlijk|geldig|termin|wazn\w*|betalas"
    r"|senast|forfall\w*|forfald\w*|betalingsfrist|erapaiva|splatn\w*|hatarido|lejar\w*|scaden\w*|vade)(?![a-z])"
)
_ENDS_IN_AMOUNT = re.compile(r"[^\W\d_]{2}.*(?:\d[.,]\d{2,3}\W{0,3}\w?|\s{2}\d{1,6})$")
#: A row of so many words is prose.
_PROSE = 4
#: So many rows make a ledger; in each the day stands no further from the edge.
_LEDGER, _EDGE = 3, 2
#: What a day is believed that may be the one of the journey.
_OF_JOURNEY = 0.80
#: So many rows nearer than another must a time of coming be to go before it.
_COME = 5.0
#: A time that lost its space after the year: `18-03-201811:23`.
_STUCK = re.compile(r"(?<=\d)(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Day:
    """A date as read, and where. `value` may be the likelier of two readings: then its confidence says unsure."""

    value: str
    confidence: float
    row: Row
    start: int
    end: int
    alternatives: tuple[str, ...] = ()
    repeated: bool = False
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, HH:MM or HH:MM:SS; `rivals` are others on the paper that could be meant as well.

    Not `firm`: it is when somebody came, and the paper was made out later.
    """

    value: str
    row: Row
    start: int
    end: int
    rivals: tuple[Time, ...] = ()
    firm: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    reading: dates.DateReading
    row: Row
    points: float
    firm: bool


def day(rows: Sequence[Row], order: dates.Order | None) -> tuple[Day | None, tuple[Day, ...]]:
    """Return the day of the paper and the other dates on it, best first; *order* is the country's."""
    found = _scored(rows, order)
    if not found:
        return None, ()
    by_value: dict[str, list[_Found]] = defaultdict(list)
    for each in found:
        by_value[_likely(each.reading, order)].append(each)
    ranked = sorted(by_value.items(), key=lambda item: (-_weight(item[1]), item[1][0].row.index))
    best = _day(*ranked[0], rivals=[group for _, group in ranked[1:]])
    if _of_journey(best.value, ranked[0][1], ranked[1:]):
        best = replace(best, confidence=min(best.confidence, _OF_JOURNEY))
    others = tuple(_day(value, group, ()) for value, group in ranked[1:4])
    return best, others


def _of_journey(value: str, own: Sequence[_Found], ranked: Sequence[tuple[str, Sequence[_Found]]]) -> bool:
    """Whether no label speaks of the day *value*, and an earlier one on the paper is that of an order or a booking."""
    if any(_labelled(each.row, each.reading) for each in own):
        return False
    return any(
        other < value and any(_ORDERED.search(each.row.folded[: each.reading.start]) for each in group)
        for other, group in ranked
    )


def _scored(rows: Sequence[Row], order: dates.Order | None) -> list[_Found]:
    # The dates of the whole paper are company for one another, so they are looked for in one text.
    text = "\n".join(row.text for row in rows)
    starts, at = [], 0
    for row in rows:
        starts.append(at)
        at += len(row.text) + 1
    found = []
    numbers = _long_numbers(text)
    for printed in dates.find(text, order, till=True):
        number = bisect_right(starts, printed.start) - 1
        if "\n" in printed.text or not _plausible(printed):
            continue
        reading = printed if printed.confidence >= 0.90 else _numbered(printed, numbers)
        offset = starts[number]
        moved = replace(reading, start=reading.start - offset, end=reading.end - offset)
        points = _points(rows, number, moved)
        found.append(_Found(moved, rows[number], points, _firm(rows[number], moved)))
    ledger = [_is_entry(each) for each in found]
    if sum(ledger) < _LEDGER:
        return found
    return [
        replace(each, points=each.points - 1.0) if entry else each for each, entry in zip(found, ledger, strict=True)
    ]


def _is_entry(found: _Found) -> bool:
    """Whether a row is one of a ledger (a folio, a statement): a day, what it was for, an amount."""
    return found.reading.start <= _EDGE and _ENDS_IN_AMOUNT.search(found.row.text[found.reading.end :]) is not None


def _long_numbers(text: str) -> frozenset[str]:
    """Every eight digits in a row that longer numbers of the paper begin with or hold behind a prefix of letters."""
    return frozenset(match[1] for match in re.finditer(r"(?<!\d)(20\d{6})(?=\d|[-/_]\d)", text))


def _numbered(reading: dates.DateReading, numbers: frozenset[str]) -> dates.DateReading:
    """Settle an open reading by the number of the paper: of `No. 20260304-0017` the fourth of March is no April."""
    every = [each for each in (reading.value, *reading.alternatives) if each]
    spoken = [each for each in every if each.replace("-", "") in numbers]
    if len(spoken) != 1 or len(every) < 2:
        return reading
    rest = tuple(each for each in every if each != spoken[0])
    return replace(reading, value=spoken[0], alternatives=rest, confidence=0.92)


def _plausible(reading: dates.DateReading) -> bool:
    values = [value for value in (reading.value, *reading.alternatives) if value]
    return any("1995" <= value[:4] <= "2049" for value in values)


def _points(rows: Sequence[Row], number: int, reading: dates.DateReading) -> float:
    row = rows[number]
    before = roles(row.text[: reading.start])
    above = roles(rows[number - 1].text) if number else frozenset()
    leaving = _LEAVING.search(row.folded) is not None
    timed = _timed(row) and not leaving
    points = 1.0 - leaving
    if "other_date" in before or _TERM.search(row.folded[: reading.start]):
        # `Date limite de paiement le`: a label of a day, and not of this one.
        points -= 3.0
    elif _of_reference(row, reading):
        pass
    elif _labelled(row, reading):
        points += 2.0
    elif "other_date" in roles(row.text):
        points -= 3.0
    elif "date" in above:
        points += 1.0
    elif "other_date" in above:
        points -= 1.0
    if _COMING.search(row.folded[: reading.start]):
        points -= 1.5
    elif timed and _GOING.search(row.folded[: reading.start]):
        points += 2.5
    if timed:
        points += 1.0
    if _SPAN_END.search(row.folded[: reading.start]) or _SPAN_START.match(row.folded, reading.end):
        points -= 1.0
    return points


def _labelled(row: Row, reading: dates.DateReading) -> bool:
    before = roles(row.text[: reading.start])
    told = row.folded[max(0, reading.start - _NEAR) : reading.start]
    issued = _ISSUED.search(row.folded[: reading.start]) is not None or _TITLE.search(told) is not None
    return (
        issued or "date" in before or ("number" in before and _NUMBER_OF.search(row.text[: reading.start]) is not None)
    )


def _of_reference(row: Row, reading: dates.DateReading) -> bool:
    """`Bestellnummer EB-653421 (03.01.1997)`: in brackets behind the number of another paper, whose day it is."""
    before = row.text[: reading.start]
    return before.endswith("(") and re.search(r"\d\s*\($", before) is not None and _PAPER.search(row.folded) is None


def _timed(row: Row) -> bool:
    return bool(_TIME.search(row.text) or _STUCK.search(row.text))


def _firm(row: Row, reading: dates.DateReading) -> bool:
    """Whether the row can be the one that dates the paper: not prose, nor a line of what was bought or paid."""
    before, behind = row.folded[: reading.start], row.folded[reading.end :]
    if (_timed(row) or _DOTTED.match(row.text, reading.end)) and not _LEAVING.search(row.folded):
        return True
    if _COMING.search(before) or (reading.start <= _EDGE and _ENDS_IN_AMOUNT.search(behind)):
        return False
    if _labelled(row, reading) and (_DATED.search(before) or not _AMOUNT.search(behind)):
        return True
    rest = f"{before} {behind}"
    return len(re.findall(r"[^\W\d_]{3,}", rest)) < _PROSE and not _AMOUNT.search(rest)


def _likely(reading: dates.DateReading, order: dates.Order | None) -> str:
    """The value, or the reading that fits the country best where it is open; day first where nothing is known."""
    if reading.value:
        return reading.value
    return reading.alternatives[-1 if order is dates.Order.MDY else 0]


def _weight(group: Sequence[_Found]) -> float:
    return max(each.points for each in group) + 0.5 * min(len(group) - 1, 2)


def _day(value: str, group: Sequence[_Found], rivals: Sequence[Sequence[_Found]]) -> Day:
    best = max(group, key=lambda each: (each.reading.confidence, each.points))
    confidence = best.reading.confidence
    lead = min((_weight(group) - _weight(other) for other in rivals), default=3.0)
    if lead < 0.5:
        confidence = min(confidence, 0.70)
    elif lead < 1.0 and len(group) < 2:
        confidence = min(confidence, 0.86)
    if _weight(group) < 0:
        confidence = min(confidence, 0.60)
    elif not any(each.firm for each in group):
        confidence = min(confidence, 0.80)
    glyphs = best.row.confidence_of(best.reading.start, best.reading.end)
    if len(group) < 2:
        confidence = min(confidence, max(glyphs, 0.5))
    return Day(
        value,
        confidence,
        best.row,
        best.reading.start,
        best.reading.end,
        tuple(other for other in best.reading.alternatives if other != value),
        len(group) > 1,
        tuple(each.row for each in group),
    )


def time(rows: Sequence[Row], beside: Day | None) -> Time | None:
    """Return the time printed nearest to the day of the paper, within three rows; opening hours are no times.

    A time of paying or of going goes before others; where two have the same claim, the first has the other in `rivals`.
    """
    dated = {row.index for row in beside.rows} if beside else set()
    ranked: list[tuple[float, float, Time]] = []
    for row in rows:
        distance = abs(row.index - beside.row.index) if beside else 3
        own = row.index in dated
        if (distance > 3 and not own) or (beside is None and "date" not in roles(row.text)):
            continue
        for before, found in _labelled_times(row, beside):
            claim = _claim(before)
            if claim is not None:
                ranked.append((distance + claim + 0.001 * row.index, claim if own else distance + claim, found))
    if not ranked:
        return None
    _, best, first = min(ranked, key=lambda each: each[0])
    equal = tuple(found for _, claim, found in ranked if claim <= best and found.value[:5] != first.value[:5])
    return replace(first, rivals=equal, firm=best < _COME)


def _labelled_times(row: Row, beside: Day | None) -> Iterator[tuple[str, Time]]:
    """Yield the times of *row*, each with the folded words between it and the one before."""
    end = 0
    for found in sorted(_times(row, beside), key=lambda each: (each.start, -each.end)):
        if found.start >= end:
            yield row.folded[end : found.start], found
            end = found.end


def _claim(before: str) -> float | None:
    """What the folded words *before* a time take from its claim, the less the better; None: it is that of a journey."""
    going = bool(_GOING.search(before) or _PAYING.search(before) or _ENDING.search(before))
    if _LEAVING.search(before) and not going:
        return None
    return _COME * bool(_COMING.search(before)) - 1.5 * going


def _times(row: Row, beside: Day | None) -> Iterator[Time]:
    """Yield the times of day printed in *row*; a span (`9:00 - 17:00`) is none."""
    text = plain_digits(row.text)
    for pattern in (_TIME, _STUCK, _SAID):
        for match in pattern.finditer(text):
            before, after = text[max(0, match.start() - 8) : match.start()], text[match.end() : match.end() + 8]
            if not re.match(r"\s?(?:-|–|~|bis|to)\s?\d", after) and not re.search(r"\d\s?(?:-|–|~|bis|to)\s?$", before):
                # The word that says so is no part of it.
                start = match.start() if pattern is not _SAID else max(match.start("hour"), match.start("hour_"))
                yield Time(_clock(match), row, start, match.end())
    dotted = _DOTTED.match(text, beside.end) if beside is not None and beside.row.index == row.index else None
    if dotted is not None:
        yield Time(_clock(dotted), row, dotted.start("hour"), dotted.end("minute"))


def _clock(match: re.Match[str]) -> str:
    parts = match.groupdict()
    hour = int(parts["hour"] or parts["hour_"])
    half = (parts.get("half") or parts.get("early") or "").lower()
    late = half.startswith("p") or parts.get("late")
    if late and hour < 12:
        hour += 12
    elif half and not late and hour == 12:
        hour = 0
    second = parts.get("second")
    return f"{hour:02d}:{parts['minute'] or parts['minute_']}" + (f":{second}" if second else "")
