"""The settings of pictures: which are accepted, and what judges them."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from quell.errors import SettingsRefused
from quell.setting_types import AbsolutePath, CommaSeparated, PublicUrl


class ImageSettings(BaseModel):
    """Which pictures are accepted, and what judges them."""

    max_image_side: int = Field(
        7_200, ge=50, le=20_000, description="The longest side of an image that is accepted, in pixels."
    )
    decoding_processes: int = Field(
        2,
        ge=0,
        le=64,
        description="The child processes that decode images; 0 decodes in the server's own process.",
    )
    required_image_coverage: Literal["none", "text-only", "full"] = Field(
        "none",
        description="Refuse image analysis of categories that less evidence stands behind: "
        "`text-only`, `full`, or `none` to answer always.",
    )
    image_clip: AbsolutePath | None = Field(
        None,
        description="A folder with a CLIP model as ONNX, which judges what images show in all categories.",
    )
    image_llm_url: PublicUrl = Field(
        "",
        description="The base URL of an OpenAI-compatible server whose model sees images, "
        "and judges them in all categories in place of `image_clip`.",
    )
    image_llm_model: str = Field(
        "", max_length=256, description="The model that `image_llm_url` is asked for."
    )
    image_llm_key_file: AbsolutePath | None = Field(
        None, description="A file with the key for `image_llm_url`; it goes to that host and to no other."
    )
    image_llm_timeout: float = Field(
        30.0,
        gt=0,
        le=600,
        allow_inf_nan=False,
        description="The seconds that model may take for an image, with all attempts.",
    )
    image_llm_failure: Literal["refuse", "lower"] = Field(
        "refuse",
        description="Where that model does not answer: `refuse` the request, "
        "or answer without it and `lower` the coverage that the answer tells.",
    )
    image_incident_categories: CommaSeparated = Field(
        (),
        description="Image incidents whose hits count for a category in every image analysis: "
        "`name=Category:severity`, separated by commas, with severity 2, 4 or 6.",
    )

    @model_validator(mode="after")
    def _one_model_of_scenes(self) -> "ImageSettings":
        if bool(self.image_llm_url) != bool(self.image_llm_model):
            raise SettingsRefused("The settings image_llm_url and image_llm_model must be given together.")
        if self.image_llm_url and self.image_clip:
            raise SettingsRefused("Only one of the settings image_llm_url and image_clip may be given.")
        return self

    @property
    def vision(self) -> tuple[str, str, Path | None, float, bool]:
        """A vision model: its URL, name, key file and seconds, and whether a verdict may do without it."""
        lenient = self.image_llm_failure == "lower"
        return (
            self.image_llm_url,
            self.image_llm_model,
            self.image_llm_key_file,
            self.image_llm_timeout,
            lenient,
        )
