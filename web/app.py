"""The server's application: its pages, its API, and what guards both."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from web.state import WebState

STATIC = Path(__file__).parent / "static"


def create_app(state: WebState) -> FastAPI:
    """The application for one database."""
    app = FastAPI(title="Pantau", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.state.pantau = state
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
