"""The routes of the feature; called by the composition root and by nothing else."""

from fastapi import APIRouter

from quell.analyze.batch_endpoints import BatchEndpoints
from quell.analyze.endpoints import AnalyzeEndpoints
from quell.analyze.explain_endpoints import ExplainEndpoints
from quell.analyze.service import TextAnalysis
from quell.workers import Workers


def routers(analysis: TextAnalysis, workers: Workers) -> list[APIRouter]:
    """Return text:analyze and Quell's own text:explain and text:batch."""
    endpoints = (AnalyzeEndpoints, ExplainEndpoints, BatchEndpoints)
    return [kind(analysis, workers).router() for kind in endpoints]
