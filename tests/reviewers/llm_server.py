"""A scripted server of chat completions on loopback: answers what a test says, keeps what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from quell.chat import ChatClient, Exchange, Place
from quell.reviewers.domain import Example, Label, Policy
from quell.reviewers.llm import Fallback, LlmEngine
from quell.reviewers.llm_reviewer import LlmReviewer

POLICY = Policy(
    "Kettles",
    (
        Label("Sale", "Offers to sell or buy a real kettle."),
        Label("GameTalk", "Kettles that exist only inside a video game."),
        Label("Other", "Everything else."),
    ),
    (
        Example("selling my old kettle for cash", "Sale", "It offers a kettle."),
        Example("my kettle levels up in the game", "GameTalk"),
        Example("violin lessons on monday", "Other"),
    ),
)


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """The last message."""
        return str(self.body["messages"][-1]["content"])


@dataclass(frozen=True)
class Answer:
    """What to send; `pause` is in seconds before it, `trickle` in seconds between its bytes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    trickle: float = 0.0
    broken: bool = False


Script = Callable[[Asked], Answer]


def says(content: str | None, **choice: Any) -> Answer:
    """Return a completion with these words."""
    made = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop", **choice}
    return Answer(body=json.dumps({"choices": [made]}).encode())


def decides(label: str, reasoning: str = "It offers one.", **choice: Any) -> Answer:
    """Return a completion that chooses a label."""
    return says(json.dumps({"labelName": label, "reasoning": reasoning}), **choice)


def complains(status: int, message: str, code: str | None = None, **headers: str) -> Answer:
    """Return an error in the shape of OpenAI's; underscores in names of headers are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps({"error": {"message": message, "code": code}}).encode(), named)


class FakeLlm:
    """A server that follows a script: the answers in turn, the last one again and again, or a function."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.script: Script = lambda _: decides("Sale")
        self._next = 0

    def follow(self, *answers: Answer) -> None:
        """Give these answers in turn."""

        def script(_: Asked) -> Answer:
            self._next += 1
            return answers[min(self._next, len(answers)) - 1]

        self._next, self.script = 0, script


@dataclass
class Desk:
    """An engine on the scripted server, with what it waited for."""

    server: FakeLlm
    pauses: list[float] = field(default_factory=list)
    key: str | None = "sesame"
    path: str = "/v1"
    seconds: float = 10.0
    fallback: Fallback | None = None
    brought: bool = False
    example_tokens: int = 1_500
    now: float = 1_000.0

    def engine(self) -> LlmEngine:
        """Return the engine; pauses between attempts are noted and not made."""
        made = Place.at(f"{self.server.url}{self.path}", "tiny", self.key)
        place = Place(made.link, made.model, made.key, made.key_header, self.brought)
        exchange = Exchange(
            ChatClient(place), sleep=self.pauses.append, chance=lambda: 0.5, clock=lambda: self.now
        )
        return LlmEngine(
            exchange, seconds=self.seconds, example_tokens=self.example_tokens, fallback=self.fallback
        )

    def reviewer(self, policy: Policy = POLICY) -> LlmReviewer:
        """Return a reviewer of a policy."""
        engine = self.engine()
        made = engine.load(policy, engine.build(policy, lambda _: None))
        assert isinstance(made, LlmReviewer)
        return made


@contextmanager
def running_llm() -> Iterator[FakeLlm]:
    """Run a scripted server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            fake.asked.append(asked)
            self._send(fake.script(asked))

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.pause)
            if answer.broken:
                return
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if not answer.trickle:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                for piece in _pieces(answer):
                    self.wfile.write(piece)
                    time.sleep(answer.trickle)
            except OSError:
                pass  # the client has seen enough

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    fake = FakeLlm(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pieces(answer: Answer) -> Sequence[bytes]:
    if not answer.trickle:
        return [answer.body]
    return [answer.body[at : at + 1] for at in range(len(answer.body))]
