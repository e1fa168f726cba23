"""A served city, a person signed in, and the two ways a department is registered."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey

from backend.outside.demo import read_people
from tests.browser.served import ROOT, ServedCity
from tests.miniprogram.tools import install, node

HERE = Path(__file__).parent
LAW = "《社会保险法》第七十四条"


@dataclass
class Signed:
    """A person signed in at the served city."""

    city: ServedCity
    http: httpx2.Client
    csrf: str

    @property
    def cookie(self) -> str:
        return f"yimen_session={self.http.cookies['yimen_session']}"

    def told(self) -> dict[str, Any]:
        """What a Node program needs to act for this person."""
        return {"address": self.city.address, "issuer": f"{self.city.address}/auth",
                "cookie": self.cookie, "csrf": self.csrf}  # fmt: skip


class DepartmentPage:
    """A department's own website: one page with oidc-client-ts, on a port of its own."""

    def __init__(self) -> None:
        library = HERE / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
        files = {"/oidc.js": library, "/": HERE / "department.html", "/app.js": HERE / "app.js"}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:  # noqa: N805
                file = files.get(handler.path.partition("?")[0])
                handler.send_response(200 if file else 404)
                kind = "text/html" if file and file.suffix == ".html" else "text/javascript"
                handler.send_header("Content-Type", f"{kind}; charset=utf-8")
                handler.end_headers()
                handler.wfile.write(file.read_bytes() if file else b"")

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://localhost:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="session")
def page() -> Iterator[DepartmentPage]:
    """The department's website."""
    found = DepartmentPage()
    yield found
    found.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCity]:
    """A city in a process of its own, and Node's packages."""
    install(HERE)
    with ServedCity(tmp_path_factory.mktemp("parties") / "city") as city:
        yield city
        assert city.errors() == []


@pytest.fixture(scope="session")
def resident(served: ServedCity) -> dict[str, Any]:
    """A demo person with an account, and a child to act for."""
    who = read_people()[0]
    http = served.visit()
    http.post("/auth/codes", json={"phone": who["phone"], "purpose": "register"})
    body = {
        "name": who["population"]["XM"], "id_number": who["population"]["GMSFHM"],
        "phone": who["phone"], "code": served.sms_code(who["phone"]), "consent": True,
        "password": "one that is long",
    }  # fmt: skip
    answer = http.post("/auth/registrations", json=body)
    assert answer.status_code == 201, answer.text
    http.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    proved = http.post("/auth/session/proofs", json={"way": "pwd", "secret": body["password"]})
    http.headers["X-CSRF-Token"] = proved.json()["csrf_token"]
    children = "/auth/representations/children"
    child = http.get(children).json()["children"][0]["child"]
    begun = http.post(children, json={"child": child, "consent": True})
    assert begun.is_success, begun.text
    return body | {"child": begun.json()["id"]}


_signed: list[Signed] = []


@pytest.fixture
def signed(served: ServedCity, resident: dict[str, Any]) -> Signed:
    """The person in a browser of their own; the last test's, unless that one signed out."""
    if _signed and _signed[-1].http.get("/auth/session").json()["signed_in"]:
        return _signed[-1]
    http = served.visit()
    body = {"account": resident["phone"], "password": resident["password"]}
    answer = http.post("/auth/sessions", json=body)
    assert answer.status_code == 201, answer.text
    _signed.append(Signed(served, http, answer.json()["csrf_token"]))
    return _signed[-1]


@dataclass
class Party:
    """A registered system and what it keeps to itself."""

    client_id: str
    secret: str = ""
    sig: ECKey | None = None
    enc: ECKey | None = None


BACK, BYE = "http://localhost:1/back", "http://localhost:1/bye"
URIS = {"redirect_uris": [BACK], "post_logout_redirect_uris": [BYE]}
EVERY_WAY = {"grants": ["authorization_code", "refresh_token", "device_code", "ciba"]}


@pytest.fixture(scope="session")
def parties(
    served: ServedCity, page: DepartmentPage, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Party]:
    """Every department of these tests, registered by the command as an operator types it."""
    folder = tmp_path_factory.mktemp("registrations")
    sig, enc, public = keys()
    high = {"profile": "high", "jwks": public, **URIS, **EVERY_WAY}
    made = {
        "node-rs256": {"id_token_alg": "RS256", **URIS, **EVERY_WAY},
        "node-es256": {"id_token_alg": "ES256", **URIS},
        "node-high": high,
        "authlib-std": {**URIS, **EVERY_WAY},
        "authlib-high": high,
        "browser-app": {"auth_method": "none", "redirect_uris": [page.address],
                        "post_logout_redirect_uris": [page.address]},
    }  # fmt: skip
    files = []
    for name, registration in made.items():
        files.append(folder / f"{name}.json")
        files[-1].write_text(json.dumps({
            "client_id": name, "name": "社保网上服务厅", "department": "RS",
            "department_name": "佛山市人力资源和社会保障局", "purpose": "查询和办理您的社会保险",
            "legal_basis": {"id_number": LAW}, "place": "祖庙街道政务服务中心",
            "scopes": ["openid", "profile", "phone", "real_name", "id_number", "capacity"],
            **registration,
        }))  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", "client", "add", *map(str, files)], cwd=ROOT,
        env=served.environ, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = {name: Party(name, sig=sig, enc=enc) for name in made}
    name = ""
    for line in done.stdout.splitlines():
        if " is registered" in line:
            name = line.split()[0]
        else:
            found[name].secret = line.rpartition(": ")[2]
    return found


def keys() -> tuple[ECKey, ECKey, dict[str, Any]]:
    """A signing key, an encryption key, and the set to register."""
    sig = ECKey.generate_key("P-256", {"kid": "sig"})
    enc = ECKey.generate_key("P-256", {"kid": "enc"})
    public = [
        {**sig.as_dict(private=False), "use": "sig", "alg": "ES256"},
        {**enc.as_dict(private=False), "use": "enc", "alg": "ECDH-ES+A256KW"},
    ]
    return sig, enc, {"keys": public}


def run(script: str, told: dict[str, Any]) -> dict[str, Any]:
    """What a Node program printed."""
    done = subprocess.run(
        [node(), str(HERE / script)], input=json.dumps(told), text=True, cwd=HERE,
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]
