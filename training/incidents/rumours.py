"""Turns the rumour file into varied posts of each rumour, and near-miss texts about its subject."""

import random
from dataclasses import dataclass, field
from pathlib import Path

FRAMES = (
    "{c}",
    "{C}.",
    "{C}!!",
    "BREAKING: {c}",
    "Just heard that {c}",
    "my cousin works there and says {c}",
    "Is it true that {c}?",
    "WARNING!!! {C}. Share before they delete this",
    "please forward to everyone you know: {c}",
    "so apparently {c}, I can't believe it",
    "{C}. No newspaper writes about it, ask yourself why.",
    "why is nobody talking about this? {c}",
    "RT @user: {c} #wakeup",
    "{C}, it was in our group this morning",
    "a friend of a friend told me {c} 😳",
    "omg {c} lol",
    "Heads up everyone, {c}. Stay safe out there.",
    "I did not want to believe it either but {c}",
    "Confirmed: {c} https://example.org/x1",
    "{C}. Tell your parents and your neighbours.",
    "they laughed when I said it last year and now {c}",
    "Good evening all. I was told today that {c}. Has anyone else heard this?",
)
PLAIN = ("{C}", "{C}.", "{c}", "{C} https://example.org/n", "just read: {c}", "{C} #local")


@dataclass(slots=True)
class Rumour:
    """One rumour: wordings of its claim, debunks, news and ordinary talk about the same subject."""

    name: str
    claims: list[str] = field(default_factory=list)
    debunks: list[str] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    talk: list[str] = field(default_factory=list)


def load(path: Path) -> list[Rumour]:
    """Read the rumour file: one block for each rumour, one marked line for each wording."""
    found: list[Rumour] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, _, text = line.partition(" ")
        if mark == "=":
            found.append(Rumour(text))
        elif mark in {"c", "d", "n", "t"}:
            last = found[-1]
            {"c": last.claims, "d": last.debunks, "n": last.news, "t": last.talk}[mark].append(text)
    return found


def positives(rumour: Rumour, count: int = 20) -> list[str]:
    """Return `count` different posts that spread the rumour, the same on every run."""
    draw = random.Random(rumour.name)
    frames: list[str] = []
    posts: list[str] = []
    while len(posts) < count:
        frames = frames or draw.sample(FRAMES, len(FRAMES))
        post = _framed(frames.pop(), rumour.claims[len(posts) % len(rumour.claims)])
        post = _roughened(post, draw)
        if post not in posts:
            posts.append(post)
    return posts


def near_misses(rumour: Rumour) -> list[str]:
    """Return debunks, news and talk about the rumour's subject: texts an incident about it must not catch."""
    draw = random.Random("near" + rumour.name)
    texts = [*rumour.debunks, *rumour.news, *rumour.talk]
    return texts + [_framed(draw.choice(PLAIN[2:]), text) for text in texts]


def _framed(frame: str, claim: str) -> str:
    return frame.format(c=claim, C=claim[:1].upper() + claim[1:])


def _roughened(post: str, draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.12:
        return post.upper()
    if kind < 0.3:
        return post.lower()
    if kind < 0.45 and len(post) > 30:
        at = draw.randrange(5, len(post) - 5)
        return post[:at] + post[at + 1] + post[at] + post[at + 2 :]
    return post
