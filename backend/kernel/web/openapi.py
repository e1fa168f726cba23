"""The route table as OpenAPI 3.1. Clients' types are generated from it."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from backend.kernel.web.budgets import BUDGETS
from backend.kernel.web.problems import MEDIA_TYPE
from backend.kernel.web.route import Route

_PARAM = re.compile(r"\{(\w+)(?::\w+)?\}")

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "fix", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "fix": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def describe(routes: Sequence[Route], *, title: str, version: str) -> dict[str, Any]:
    """The whole description, ready to be written as JSON or YAML."""
    models: dict[tuple[type[BaseModel], str], None] = {}
    for route in routes:
        for model, mode in (
            (route.body, "validation"),
            (route.query, "validation"),
            (route.returns, "serialization"),
        ):
            if model is not None:
                models[(model, mode)] = None
    refs, definitions = models_json_schema(
        [(m, mode) for m, mode in models],  # type: ignore[misc]
        ref_template="#/components/schemas/{model}",
    )
    schemas = dict(sorted(definitions.get("$defs", {}).items()))
    schemas["Problem"] = PROBLEM
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = _PARAM.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, refs, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "cookie": {"type": "apiKey", "in": "cookie", "name": "yimen_session"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }  # fmt: skip


def _operation(route: Route, refs: dict[Any, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAM.findall(route.path)
    ]
    if route.query is not None:
        schema = schemas[refs[(route.query, "validation")]["$ref"].rsplit("/", 1)[-1]]
        required = schema.get("required", [])
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": one}
            for name, one in schema["properties"].items()
        ]
    if route.idempotent:
        key = {"type": "string", "minLength": 8, "maxLength": 64}
        parameters.append(
            {"name": "Idempotency-Key", "in": "header", "required": True, "schema": key}
        )
    if route.acts is not None:
        which = {"type": "string", "description": "A representation's id, or `self`"}
        parameters.append(
            {"name": "Yimen-Acting", "in": "header", "required": False, "schema": which}
        )
    operation: dict[str, Any] = {
        "operationId": route.endpoint.__name__,
        "summary": route.summary,
        "tags": list(route.tags) or [route.path.split("/")[1]],
        "x-actor": route.actor.name,
        "responses": _responses(route, refs),
    }
    if route.fresh is not None:
        operation["x-fresh"] = {"aal": route.fresh.aal, "within": route.fresh.within}
    if route.budget != "free":
        budget = BUDGETS[route.budget]
        operation["x-budget"] = {"times": budget.times, "seconds": budget.seconds}
    if route.acts is not None:
        operation["x-acts"] = route.acts
    if parameters:
        operation["parameters"] = parameters
    if route.actor.name not in ("anyone", "signed"):
        operation["security"] = [{"cookie": []}, {"bearer": []}]
    if route.body is not None:
        content = {"application/json": {"schema": refs[(route.body, "validation")]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(route: Route, refs: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "OK"}
    if route.returns is not None:
        schema = refs[(route.returns, "serialization")]
        good["content"] = {route.media_type: {"schema": schema}}
    elif route.status != 204 and route.media_type != "application/json":
        good["content"] = {route.media_type: {"schema": {}}}
    problem: dict[str, Any] = {
        "description": "A refusal that says the nearest thing to do",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for media_type in route.refuses:
        problem["content"][media_type] = {"schema": {}}
    others = {str(status): {"description": "OK"} for status in route.other_statuses}
    return {str(route.status): good, **others, "4XX": problem, "503": problem}
