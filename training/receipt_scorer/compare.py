"""Hold hand weights and trained ones against each other on the same folds, merchants apart.

    python -m training.receipt_scorer.compare evidence.jsonl

Prints how often each chooses the merchant, and what each vouches for: how many names at 0.90 and more, how many of them
wrong, and how many on papers the merchant's rows were cut out of. Needs scikit-learn, in an environment of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

FOLDS = 10
SURE = 0.90
#: Papers whose merchant no reader can see are fewer than this share of real ones.
UNSEEN = 0.05
#: Sets that may be trained on; the others only measure.
TRAINED = frozenset({"sroie", "receipts_de", "zugferd", "synthetic"})

Paper = dict[str, Any]
MODELS: dict[str, Callable[[], Any]] = {
    "logistic": lambda: LogisticRegression(C=0.5, max_iter=5000),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=6, min_samples_leaf=6),
}


def folds(papers: Sequence[Paper]) -> list[int]:
    """The fold of each paper: all papers of one merchant lie in one."""
    groups = sorted({paper["group"] for paper in papers})
    np.random.default_rng(1).shuffle(groups)
    fold = {group: at % FOLDS for at, group in enumerate(groups)}
    return [fold[paper["group"]] for paper in papers]


def choosing(papers: Sequence[Paper], names: Sequence[str]) -> None:
    """Print how often the merchant is chosen of those who can be."""
    whole = [paper for paper in papers if paper["variant"] == "whole" and any(each["right"] for each in paper["names"])]
    told = {"by hand": [max(paper["names"], key=lambda each: each["points"])["right"] for paper in whole]}
    fold = folds(whole)
    for model, make in MODELS.items():
        right = [False] * len(whole)
        for held in range(FOLDS):
            taken = [p for p, at in zip(whole, fold, strict=True) if at != held and p["set"] in TRAINED]
            each = [one for paper in taken for one in paper["names"]]
            fitted = make().fit(_matrix(each, names), [one["right"] for one in each])
            for at, paper in enumerate(whole):
                if fold[at] == held:
                    best = int(np.argmax(fitted.predict_proba(_matrix(paper["names"], names))[:, 1]))
                    right[at] = paper["names"][best]["right"]
        told[model] = right
    for model, right in told.items():
        by = {name: [r for r, paper in zip(right, whole, strict=True) if paper["set"] == name] for name in _sets(whole)}
        print(f"{model:10}", {name: f"{sum(each)}/{len(each)}" for name, each in by.items()})


def vouching(papers: Sequence[Paper], names: Sequence[str]) -> None:
    """Print what is given at 0.90 and more, and how much of it is wrong."""
    best = [(paper, max(paper["names"], key=lambda each: each["points"])) for paper in papers if paper["names"]]
    best = [(paper, each) for paper, each in best if each["points"] >= 1]
    sure = {"by hand": np.array([each["confidence"] for _, each in best])}
    fold, matrix = folds([paper for paper, _ in best]), np.array([_winner(paper, each, names) for paper, each in best])
    right = np.array([each["exact"] for _, each in best])
    weights = np.array([1.0 if paper["variant"] == "whole" else UNSEEN for paper, _ in best])
    trained = np.array([paper["set"] in TRAINED for paper, _ in best])
    for model, make in MODELS.items():
        sure[model] = np.zeros(len(best))
        for held in range(FOLDS):
            out = np.array(fold) == held
            fitted = make().fit(matrix[~out & trained], right[~out & trained], sample_weight=weights[~out & trained])
            sure[model][out] = fitted.predict_proba(matrix[out])[:, 1]
    whole = np.array([paper["variant"] == "whole" for paper, _ in best])
    for model, confidence in sure.items():
        given = confidence >= SURE
        print(
            f"{model:10} sure {np.sum(given & whole)} of {np.sum(whole)}, wrong {np.sum(given & whole & ~right)};"
            f" merchant cut out: sure {np.sum(given & ~whole & ~right)} of {np.sum(~whole & ~right)}"
        )


def _sets(papers: Sequence[Paper]) -> list[str]:
    return sorted({paper["set"] for paper in papers})


def _matrix(each: Sequence[Paper], names: Sequence[str]) -> np.ndarray:
    return np.array([[one["evidence"].get(name, 0.0) for name in names] for one in each])


def _winner(paper: Paper, each: Paper, names: Sequence[str]) -> list[float]:
    others = [other for other in paper["names"] if other is not each]
    lead = each["points"] - max((other["points"] for other in others), default=-1.0)
    legal = any("legal" in other["evidence"] for other in others)
    evidence = [each["evidence"].get(name, 0.0) for name in names]
    return [*evidence, each["points"], min(lead, 3.0), legal, each["glyphs"], each["printed"]]


def main() -> None:
    """Compare on the papers of one file of evidence."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("evidence", type=Path)
    data = arguments.parse_args().evidence.read_bytes()
    papers = [json.loads(line) for line in data.splitlines()]
    names = sorted({name for paper in papers for each in paper["names"] for name in each["evidence"]})
    print(
        f"{len(papers)} papers, {len({paper['group'] for paper in papers})} merchants,",
        hashlib.sha256(data).hexdigest(),
    )
    choosing(papers, names)
    vouching(papers, names)


if __name__ == "__main__":
    main()
