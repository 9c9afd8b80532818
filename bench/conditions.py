"""A thousand synthetic passports, cards and visas, each photographed under conditions drawn by lot.

    python -m bench.conditions --count 1000 --out out/bench/passports

writes JPEGs and `mrz/truth.jsonl` in the shape that ../shared/bench/score.py takes (`score.py mrz --data OUT`).

How hard a picture is, is a number in 0..1 computed from its parameters and from nothing else. Every effect has a load:
0 where it is absent, 1 where it alone takes a person to the edge of reading the characters (optical effects) or is as
awkward as we make it (posture). Loads of a group add up, at most to 1, and

    difficulty = 0.65 * optical + 0.35 * posture

Optical effects eat the same margin, so their sum is kept at or below 1: at difficulty 1 a patient person still reads
most characters, and the truth is in the picture.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.camera import photograph
from bench.travel_documents import Clean, cached, draw_negative

OPTICAL_SHARE, POSTURE_SHARE = 0.65, 0.35
#: Pixels a character: at COARSE a person can just tell the letters of an otherwise perfect picture.
FINE, COARSE = 26.0, 5.2
#: The value at which an optical effect has load 1 (see `Condition` for the units).
FULL = {
    "defocus": 0.2, "motion": 0.55, "noise": 110.0, "compression": 1.0, "faint": 0.9, "busy": 1.0, "glare": 0.93,
    "shadow": 0.92,
}  # fmt: skip
#: Load of a posture at its largest value, and that value.
POSTURE = {
    "skew": (30.0, 0.6), "tilt": (0.2, 0.6), "curve": (0.07, 0.5), "clutter": (1.0, 0.25),
}  # fmt: skip
TURNS = {0: 0.0, 90: 0.35, 180: 0.35, 270: 0.35}
#: A whole sheet is scanned at 200 dots an inch at most.
SHEET_PITCH = 20.0
COMPANY = {"alone": 0.0, "sheet": 0.35, "pair": 0.25, "near print": 0.3, "frame": 0.25}


@dataclass(frozen=True, slots=True)
class Condition:
    """How one picture was taken. The first group is optical, the second posture.

    pitch: pixels a character; defocus (Gaussian sigma) and motion (length): in characters; noise: grey levels (sigma)
    at 26 pixels a character; compression: 0 (JPEG quality 95) to 1; faint: share of the ink that is gone; busy:
    contrast of the pattern behind the zone; glare, shadow: share of the contrast lost at the worst place.
    turn, skew: degrees; tilt: how far a corner leaves its place, of the document's width; curve: height of the page's
    bulge, of its width; clutter: contrast of what lies around it.
    """

    pitch: float = FINE
    defocus: float = 0.0
    motion: float = 0.0
    noise: float = 0.0
    compression: float = 0.0
    faint: float = 0.0
    busy: float = 0.0
    glare: float = 0.0
    shadow: float = 0.0
    turn: int = 0
    skew: float = 0.0
    tilt: float = 0.0
    curve: float = 0.0
    clutter: float = 0.0
    company: str = "alone"
    mirrored: bool = False
    infrared: bool = False

    def optical(self) -> dict[str, float]:
        """The load of each optical effect."""
        coarse = np.log(FINE / self.pitch) / np.log(FINE / COARSE)
        loads = {"resolution": float(np.clip(coarse, 0, 1))}
        return loads | {name: getattr(self, name) / full for name, full in FULL.items()}

    def posture(self) -> dict[str, float]:
        """The load of each effect of posture and company."""
        loads = {name: abs(getattr(self, name)) / most * load for name, (most, load) in POSTURE.items()}
        return loads | {
            "turn": TURNS[self.turn],
            "company": COMPANY[self.company],
            "mirrored": 0.5 * self.mirrored,
        }

    @property
    def difficulty(self) -> float:
        """How hard the picture is, in 0..1, by the formula at the top of this module."""
        optical, posture = sum(self.optical().values()), sum(self.posture().values())
        return OPTICAL_SHARE * min(1.0, optical) + POSTURE_SHARE * min(1.0, posture)

    @property
    def label(self) -> str:
        """The effects that matter, joined by plus signs; "plain" where none does."""
        loads = self.optical() | self.posture()
        names = [name for name, load in loads.items() if load >= 0.12 and name != "company"]
        names += [self.company] if self.company != "alone" else []
        return "+".join(names + ["infrared"] * self.infrared) or "plain"


def drawn(rng: np.random.Generator, *, pairs: bool) -> Condition:
    """Draw a condition whose difficulty is spread evenly over 0..1; *pairs* where the document has another side."""
    target = rng.random()
    low = max(0.0, (target - OPTICAL_SHARE) / POSTURE_SHARE)
    posture = rng.uniform(low, min(1.0, target / POSTURE_SHARE))
    optical = (target - POSTURE_SHARE * posture) / OPTICAL_SHARE
    held = _posture(rng, posture, pairs=pairs)
    fine = SHEET_PITCH if held.get("company") == "sheet" else FINE * float(rng.uniform(1.0, 1.2))
    return Condition(**_optical(rng, optical, fine), **held, infrared=bool(rng.random() < 0.05))


def _optical(rng: np.random.Generator, total: float, fine: float) -> dict[str, float]:
    """Share *total* out among a few effects, less what pictures of *fine* pixels a character have lost already."""
    total = max(0.0, total - Condition(pitch=fine).optical()["resolution"])
    names = ["pitch", *FULL]
    weights = np.array([2.2, 1.2, 0.9, 0.9, 1.0, 1.0, 0.9, 1.0, 0.8])
    some = rng.choice(len(names), int(rng.integers(1, 5)), replace=False, p=weights / weights.sum())
    loads = dict(zip((names[n] for n in some), rng.dirichlet(np.full(len(some), 1.3)) * total, strict=True))
    values = {name: load * FULL[name] for name, load in loads.items() if name != "pitch"}
    return {"pitch": min(fine, FINE) * (COARSE / FINE) ** loads["pitch"] if "pitch" in loads else fine} | values


def _posture(rng: np.random.Generator, total: float, *, pairs: bool) -> dict[str, Any]:
    """Fill *total* with postures in a drawn order, each as far as its largest load and the rest allow."""
    values: dict[str, Any] = {}
    left = total
    for name in rng.permutation([*POSTURE, "turn", "company", "mirrored"]):
        if name in POSTURE:
            most, load = POSTURE[name]
            share = min(left, load) * rng.uniform(0.4, 1.0)
            values[name] = float(share / load * most * (rng.choice([-1, 1]) if name in ("skew", "curve") else 1))
            left -= share
        elif name == "turn" and left >= TURNS[90] and rng.random() < 0.6:
            values["turn"] = int(rng.choice([90, 180, 270]))
            left -= TURNS[90]
        elif name == "mirrored" and left >= 0.5 and rng.random() < 0.25:
            values["mirrored"] = True
            left -= 0.5
        elif name == "company":
            fitting = [company for company, load in COMPANY.items() if load <= left and (pairs or company != "pair")]
            values["company"] = str(rng.choice(fitting))
            left -= COMPANY[values["company"]]
    return values


def row(clean: Clean, condition: Condition, file: str) -> dict[str, Any]:
    """One line of truth.jsonl."""
    holder = clean.holder
    facts: dict[str, Any] = {"file": file, "mrz": [], "format": None, "negative": clean.name}
    if holder is not None:
        known = "<" not in holder.birth
        facts = {
            "file": file,
            "mrz": list(holder.lines),
            "format": holder.format,
            "surname": holder.surname,
            "given_names": holder.given_names,
            "document_number": holder.number,
            # Unknown parts of a date are not asked for: score.py compares whole days.
            "birth_yymmdd": holder.birth if known else None,
            "expiry_yymmdd": holder.expiry or None,
            "nationality": holder.nationality,
            "issuing_state": holder.state,
            "sex": holder.sex,
        }
    return facts | {
        "cond": condition.label,
        "split": "dev",
        "difficulty": round(condition.difficulty, 4),
        "condition": {name: _short(value) for name, value in asdict(condition).items()},
        "document": clean.name,
    }


def _short(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def make(out: Path, *, count: int, bases: int, seed: int, negatives: float = 0.05) -> list[Mapping[str, Any]]:
    """Write *count* pictures and their truth under *out*/mrz, and return the truth. Same arguments, same bytes."""
    folder = out / "mrz" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        if rng.random() < negatives:
            clean = draw_negative(int(rng.integers(0, 10_000)))
        else:
            clean = cached(int(rng.integers(0, bases)), out.parent / "documents")
        condition = drawn(rng, pairs=clean.front is not None)
        file = f"mrz/pictures/{number:04d}.jpg"
        (out / file).write_bytes(photograph(clean, condition, rng))
        rows.append(row(clean, condition, file))
    with (out / "mrz" / "truth.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--bases", type=int, default=120, help="how many clean documents they are taken of")
    parser.add_argument("--seed", type=int, default=9303)
    parser.add_argument("--out", type=Path, default=Path("out/bench/passports"))
    args = parser.parse_args()
    rows = make(args.out, count=args.count, bases=args.bases, seed=args.seed)
    print(f"{len(rows)} pictures, {sum(not each['mrz'] for each in rows)} without a zone, in {args.out}")


if __name__ == "__main__":
    main()
