"""Prometheus metrics. Labels are route templates and codes, never what a person typed."""

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

registry = CollectorRegistry()

requests = Counter(
    "yimen_requests_total", "HTTP requests", ("method", "route", "status"), registry=registry
)
request_seconds = Histogram(
    "yimen_request_seconds", "Time to answer", ("method", "route"), registry=registry
)
outbox_jobs = Counter(
    "yimen_outbox_jobs_total", "Outbox rows carried out", ("kind", "outcome"), registry=registry
)
papers_scanned = Counter(
    "yimen_papers_scanned_total", "Papers the virus scanner judged", ("verdict",), registry=registry
)
outbox_rows = Gauge("yimen_outbox_rows", "Outbox rows by state", ("state",), registry=registry)


@lru_cache(maxsize=2000)
def _of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The two metrics of one kind of answer; finding them by labels costs more than counting."""
    return requests.labels(method, route, status), request_seconds.labels(method, route)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer. ``method`` is one that a route states, so that labels stay few."""
    count, time = _of(method, route, status)
    count.inc()
    time.observe(seconds)


def page() -> bytes:
    """The metrics in Prometheus' text format."""
    return generate_latest(registry)
