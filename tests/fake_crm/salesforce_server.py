"""A Salesforce of our own: a real HTTP server on 127.0.0.1 that speaks OAuth, REST and the Bulk API 2.0.

`python salesforce_server.py --deals N --page N [--key FILE]` prints its port. What happens in the org, and
what shall go wrong, is said over HTTP: POST /_do with a list [NAME, {...}] (see `Server.do`).
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import csv
import io
import json
import socket
import struct
import sys
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

sys.path.insert(0, str(Path(__file__).parent))
from salesforce_org import Org, Record, Refused

CLIENT_ID, CLIENT_SECRET, USERNAME = "3MVG9-consumer-key", "s3cr3t-of-the-app", "sync@acme.example"
_DATA = "/services/data/v59.0/"


class Server(ThreadingHTTPServer):
    """The org and what shall go wrong next."""

    daemon_threads = True

    def __init__(self, deals: int, page: int, key: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.org, self.page, self.key = Org(deals), page, key
        self.tokens: list[str] = []
        self.used, self.allowed = 0, 15_000
        self.faults: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.cursors: dict[str, list[Record]] = {}
        self.hung = 0
        self.lock = threading.RLock()

    def do(self, name: str, given: dict[str, Any]) -> Any:
        """Change the org (a method of Org), or the server: `fault`, `expire`, `allow`, `asked`, `hung`."""
        if name == "fault":  # {"on": part of a request, "kind": ..., "times": n, "after": n}
            self.faults.append({"times": 1, "after": 0, **given})
        elif name == "expire":
            self.tokens.clear()
        elif name == "allow":
            self.used, self.allowed = given["used"], given["allowed"]
        elif name == "forget":
            self.asked.clear()
            self.faults.clear()
        elif name == "asked":
            return self.asked
        elif name == "hung":
            return self.hung
        elif name == "rows":
            return self.org.query(given["soql"], everything=True)
        elif name == "retype":
            self.org.types[given["object"]][given["field"]] = given["type"]
        elif name == "set":  # a value that the API would not take
            self.org.objects[given["object"]][given["id"]].update(given["fields"])
        else:
            return getattr(self.org, name)(**given)
        return None

    def fault_for(self, request: str) -> dict[str, Any] | None:
        """What shall go wrong with a request."""
        for fault in self.faults:
            if fault["on"] in request and fault["times"] > 0:
                if fault["after"] > 0:
                    fault["after"] -= 1
                    continue
                fault["times"] -= 1
                return fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: else the kernel waits 40 ms between them
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def do_DELETE(self) -> None:
        self._serve("")

    def _serve(self, body: str) -> None:
        url = urlsplit(self.path)
        if url.path == "/_do":
            name, given = json.loads(body)
            with self.server.lock:
                self._send(200, self.server.do(name, given))
            return
        asked = f"{self.command} {url.path} {parse_qs(url.query).get('q', [''])[0]} {body}"
        with self.server.lock:
            self.server.asked.append(asked)
            fault = self.server.fault_for(asked) or {"kind": ""}
        if self._goes_wrong(fault):
            return
        try:
            with self.server.lock:
                answer = self._answer(url.path, {k: v[0] for k, v in parse_qs(url.query).items()}, body)
        except Refused as refused:
            status, code, message = refused.args
            self._send(status, [{"errorCode": code, "message": message}])
            return
        self._send(*answer, half=fault["kind"] == "half", broken=fault["kind"] == "broken")

    def _goes_wrong(self, fault: dict[str, Any]) -> bool:
        """Do what a fault says; whether that was all of the answer."""
        kind = fault["kind"]
        if kind in ("429", "503", "500"):
            pause = {"Retry-After": "2"} if kind != "500" else {}
            self._send(int(kind), [{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}], pause)
        elif kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif kind == "hang":
            self.server.hung += 1
            time.sleep(60)
        elif kind == "signal":
            self.server.hung += 1
            return False
        elif kind == "expire":
            self.server.tokens.clear()
            return False
        elif kind == "first":  # something happens in the org before the answer
            with self.server.lock:
                self.server.do(*fault["do"])
            return False
        elif kind == "slow":
            time.sleep(fault["seconds"])
            return False
        else:
            return False
        return True

    def _answer(self, path: str, params: dict[str, str], body: str) -> tuple[Any, ...]:
        if path == "/services/oauth2/token":
            return self._token({k: v[0] for k, v in parse_qs(body).items()})
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.server.tokens:
            raise Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if self.server.used >= self.server.allowed:
            raise Refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.server.used += 1
        what = path.removeprefix(_DATA).strip("/").split("/")
        if what[0] in ("query", "queryAll"):
            return self._query(what, params)
        if what[0] == "sobjects" and what[2] == "describe":
            return self._describe(what[1])
        if what[0] == "sobjects" and what[2] == "deleted":
            return self._deleted(params)
        if what[:2] == ["jobs", "query"]:
            return self._job(what[2:], params, body)
        raise Refused(404, "NOT_FOUND", "The requested resource does not exist")

    def _token(self, given: dict[str, str]) -> tuple[Any, ...]:
        def refuse(error: str, description: str) -> tuple[Any, ...]:
            return 400, {"error": error, "error_description": description}

        if given["grant_type"] == "client_credentials":
            pair = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            if pair != f"{CLIENT_ID}:{CLIENT_SECRET}":
                return refuse("invalid_client", f"invalid client credentials {pair}")
        else:
            try:
                claims = jwt.decode(
                    given["assertion"], self.server.key, ["RS256"], audience="https://login.salesforce.com"
                )
            except jwt.PyJWTError:
                return refuse("invalid_grant", "invalid assertion")
            if (claims["iss"], claims["sub"]) != (CLIENT_ID, USERNAME):
                return refuse("invalid_grant", "user hasn't approved this consumer")
        self.server.tokens.append(f"00D!session-token-{len(self.server.asked)}")
        host = f"http://127.0.0.1:{self.server.server_port}"
        return 200, {"access_token": self.server.tokens[-1], "instance_url": host}

    def _describe(self, name: str) -> tuple[Any, ...]:
        if name not in self.server.org.types:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        fields = self.server.org.types[name]
        return 200, {"name": name, "fields": [{"name": n, "type": t} for n, t in fields.items()]}

    def _query(self, what: list[str], params: dict[str, str]) -> tuple[Any, ...]:
        if len(what) == 2:
            name, _, start = what[1].partition("-")
            rows, first = self.server.cursors[name], int(start)
        else:
            rows, first = self.server.org.query(params["q"], everything=what[0] == "queryAll"), 0
            name = f"01g{len(self.server.cursors)}"
            self.server.cursors[name] = rows
        page = rows[first : first + self.server.page]
        end = first + len(page)
        more = {} if end >= len(rows) else {"nextRecordsUrl": f"{_DATA}{what[0]}/{name}-{end}"}
        records = [_nested(row) for row in page]
        return 200, {"totalSize": len(rows), "done": not more, **more, "records": records}

    def _deleted(self, params: dict[str, str]) -> tuple[Any, ...]:
        start, end = (datetime.fromisoformat(params[name]) for name in ("start", "end"))
        rows = [
            {"id": id_, "deletedDate": at}
            for id_, at in self.server.org.deleted.items()
            if start <= datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%f%z") <= end
        ]
        return 200, {"deletedRecords": rows, "latestDateCovered": params["end"]}

    def _job(self, what: list[str], params: dict[str, str], body: str) -> tuple[Any, ...]:
        jobs = self.server.jobs
        if not what:
            given = json.loads(body)
            id_ = f"750{len(jobs)}"
            rows = self.server.org.query(given["query"], everything=given["operation"] == "queryAll")
            jobs[id_] = {"rows": rows, "polls": 0}
            return 200, {"id": id_, "state": "UploadComplete"}
        job = jobs[what[0]]
        if len(what) == 2:
            return self._results(job["rows"], params)
        if self.command == "DELETE":
            return 204, None
        job["polls"] += 1
        if self.server.fault_for(f"JOB {what[0]}"):
            return 200, {"id": what[0], "state": "Failed", "errorMessage": "InvalidBatch : too complex"}
        return 200, {"id": what[0], "state": "JobComplete" if job["polls"] > 1 else "InProgress"}

    def _results(self, rows: list[Record], params: dict[str, str]) -> tuple[Any, ...]:
        first = int(base64.b64decode(params["locator"])) if "locator" in params else 0
        page = rows[first : first + min(self.server.page, int(params["maxRecords"]))]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([[_cell(value) for value in row.values()] for row in page])
        end = first + len(page)
        locator = base64.b64encode(str(end).encode()).decode() if end < len(rows) else "null"
        told = {
            "Sforce-NumberOfRecords": str(len(page)),
            "Sforce-Locator": locator,
            "Content-Type": "text/csv",
        }
        if self.server.fault_for("FEWER ROWS"):
            told["Sforce-NumberOfRecords"] = str(len(page) + 1)
        return 200, text.getvalue().encode(), told

    def _send(
        self,
        status: int,
        content: Any,
        headers: dict[str, str] | None = None,
        *,
        half: bool = False,
        broken: bool = False,
    ) -> None:
        body = (
            content if isinstance(content, bytes) else b"" if status == 204 else json.dumps(content).encode()
        )
        if broken:
            body = body[: len(body) // 2]
        self.send_response(status)
        limits = {"Sforce-Limit-Info": f"api-usage={self.server.used}/{self.server.allowed}"}
        for name, value in {"Content-Type": "application/json", **limits, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self.close_connection = True


def _nested(row: Record) -> Record:
    """A row as JSON has it: a parent's fields in the parent."""
    record: Record = {"attributes": {"type": "sObject"}}
    for column, value in row.items():
        first, _, rest = column.partition(".")
        if rest:
            record[first] = (record.get(first) or {}) | {rest: value}
        else:
            record[first] = value
    return record


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:E}" if isinstance(value, float) and value >= 1e7 else str(value).replace("+0000", "Z")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--deals", type=int, default=30)
    options.add_argument("--page", type=int, default=2000)
    options.add_argument("--key", default="")
    asked_for = options.parse_args()
    public_key = Path(asked_for.key).read_text() if asked_for.key else ""
    server = Server(asked_for.deals, asked_for.page, public_key)
    print(server.server_port, flush=True)
    server.serve_forever()
