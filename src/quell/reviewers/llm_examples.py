"""Which examples a model is shown: a few of each label, unlike each other, within a budget."""

from collections.abc import Sequence

from quell.reviewers.domain import Example, Policy

MOST_SHOWN = 40
_CANDIDATES = 50  # of each label; more would only slow the choice down
_FRAME = 60  # tokens around an example: marks, the request, the form of the answer


def tokens(text: str) -> int:
    """Return about how many tokens a text takes, rather too many: a third of its bytes."""
    return len(text.encode("utf-8", "replace")) // 3 + 1


def choose(policy: Policy, budget: int) -> tuple[int, ...]:
    """Return the places of the examples to show, the labels taking turns; at most `budget` tokens in all."""
    waiting = [_candidates(policy.examples, label.name) for label in policy.labels]
    words = {at: frozenset(policy.examples[at].text.casefold().split()) for own in waiting for at in own}
    shown: list[int] = []
    taken: list[list[int]] = [[] for _ in waiting]
    while any(waiting) and len(shown) < MOST_SHOWN:
        for own, chosen in zip(waiting, taken, strict=True):
            own[:] = [at for at in own if _cost(policy.examples[at]) <= budget]
            if not own or len(shown) >= MOST_SHOWN:
                continue
            best = max(own, key=lambda at: (_apart(words, at, chosen), -at))
            own.remove(best)
            chosen.append(best)
            shown.append(best)
            budget -= _cost(policy.examples[best])
    return tuple(shown)


def _candidates(examples: Sequence[Example], label: str) -> list[int]:
    own = [at for at, example in enumerate(examples) if example.label == label]
    explained = [at for at in own if examples[at].reasoning]
    # An example that says why teaches more than one that does not.
    ranked = explained or own
    return (
        [ranked[number * len(ranked) // _CANDIDATES] for number in range(_CANDIDATES)]
        if (len(ranked) > _CANDIDATES)
        else ranked
    )


def _cost(example: Example) -> int:
    return tokens(example.text) + tokens(example.reasoning or example.label) + _FRAME


def _apart(words: dict[int, frozenset[str]], at: int, chosen: Sequence[int]) -> float:
    """Return how unlike an example is to the most similar one that was chosen: 1 has no word in common."""
    return min(
        (1 - len(words[at] & words[one]) / max(1, len(words[at] | words[one])) for one in chosen), default=1.0
    )
