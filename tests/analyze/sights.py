"""Doubles of everything that sees, and a client of image:analyze over them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np
from fastapi import FastAPI
from fastapi.testclient import TestClient

from quell.analyze.domain import Severity
from quell.analyze.harm_model import ModelHarmAnalyzer
from quell.analyze.image_assembly import image_routers
from quell.analyze.image_domain import Coverage
from quell.analyze.image_evidence import Scenes, Symbols
from quell.analyze.image_service import ImageAnalysis
from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.http.auth import NoAuthentication
from quell.http.operations import load_operations
from quell.http.pipeline import create_edge
from quell.incidents.domain import ImageMatch
from quell.media.intake import PictureIntake
from quell.media.schemas import ImageData
from quell.media.source import Received, Sent
from quell.nudity import NudityReading
from quell.ocr import TextLine
from quell.pictures.domain import Frame, Picture
from quell.witness import NOBODY, Witness
from quell.workers import Workers
from tests.doubles import TinyHarms


@dataclass
class Sights:
    """What the doubles say of every picture, and what they were asked."""

    nudity: int = 0
    lines: tuple[str, ...] = ()
    hits: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset({"badge", "flag"})
    asked: list[str] = field(default_factory=list)
    required: Coverage = Coverage.NONE
    symbols: dict[str, Severity] = field(default_factory=dict)
    harms: TinyHarms = field(default_factory=TinyHarms)
    witness: Witness = NOBODY
    scenes: Scenes | None = None

    def fetch(self, image: ImageData, target: str = "image") -> Sent:
        """Accept any content but "broken"."""
        self.asked.append("picture")
        if image.content == "broken":
            raise InvalidRequestBody("The picture is broken.", target=f"{target}.content")
        return Sent(b"", f"{target}.content")

    def decode(self, sent: Sent) -> Received:
        """Return a white picture for everything."""
        return Received(sent.data, blank())

    def detect(self, picture: Picture, names: Sequence[str], target: str) -> list[ImageMatch]:
        """Hit what is to be hit."""
        self.asked.append("incidents")
        for place, name in enumerate(names):
            if name not in self.known:
                raise ResourceNotFound(f"The incident '{name}' does not exist.", target=f"{target}[{place}]")
        return [ImageMatch(name, name in self.hits, float(name in self.hits), 0.5) for name in names]

    def explain(self, picture: Picture, names: Sequence[str], target: str) -> list[ImageMatch]:
        """Hit what is to be hit, in the left upper corner."""
        return [
            replace(match, how="geometry", sample_id="sample-1", region=(0, 0, 30, 20))
            if match.hit
            else match
            for match in self.detect(picture, names, target)
        ]

    def read_nudity(self, picture: Picture) -> NudityReading:
        """Return the severity that is set."""
        self.asked.append("nudity")
        chance = self.nudity / 6
        shares = {"ordinary": 1 - chance, "explicit": chance}
        return NudityReading(self.nudity, chance, shares, 0, "white")  # type: ignore[arg-type]  # 0, 2, 4, 6

    def read_text(self, picture: Picture) -> tuple[TextLine, ...]:
        """Return the lines that are set."""
        self.asked.append("text")
        box = ((0.0, 0.0), (9.0, 0.0), (9.0, 3.0), (0.0, 3.0))
        return tuple(TextLine(line, box, 0.9, 0) for line in self.lines)

    def analysis(self) -> ImageAnalysis:
        """Return what decides over pictures."""
        return ImageAnalysis(
            nudity=SimpleNamespace(read=self.read_nudity),
            text=SimpleNamespace(read=self.read_text),
            harm=ModelHarmAnalyzer(self.harms),
            incidents=self,
            symbols=Symbols(self, self.symbols),
            scenes=self.scenes,
            required=self.required,
            witness=self.witness,
        )

    def client(self, workers: Workers, waiting: Workers | None = None) -> TestClient:
        """Return an HTTP client through the real edge."""
        app = FastAPI()
        for router in image_routers(
            self.analysis(), PictureIntake(self, workers, workers), waiting or workers
        ):
            app.include_router(router)
        edge = create_edge(app, operations=load_operations(), authenticator=NoAuthentication())
        return TestClient(edge, base_url="https://safety.example.org")


def blank() -> Picture:
    """Return a white picture."""
    return Picture("PNG", 60, 60, (Frame(np.full((60, 60, 3), 255, np.uint8), None),), 1)
