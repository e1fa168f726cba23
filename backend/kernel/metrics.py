"""Prometheus metrics. Labels are route templates and codes, never what a person typed."""

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
outbox_rows = Gauge("yimen_outbox_rows", "Outbox rows by state", ("state",), registry=registry)


def page() -> bytes:
    """The metrics in Prometheus' text format."""
    return generate_latest(registry)
