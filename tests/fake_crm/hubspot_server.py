"""A HubSpot of our own: a real HTTP server on 127.0.0.1 with deals that change, limits and accidents.

`python hubspot_server.py --token T --deals N --cap N` prints its port. What it holds and what goes wrong
is set over HTTP: POST /_do with {"do": NAME, ...} (see `HubSpotServer.do`). It checks what HubSpot checks:
the token, how many records a request may name, and that a search never reaches beyond its cap.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import struct
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

START = 1_704_099_600_000  # 2024-01-01 09:00 UTC
DAY = 86_400_000
PROPERTIES = (
    *("dealname", "dealstage", "pipeline", "amount", "deal_currency_code", "closedate", "createdate"),
    *("hubspot_owner_id", "dealtype", "hs_deal_stage_probability", "hs_manual_forecast_category"),
    *("hs_next_step", "notes_last_updated", "hs_analytics_source", "hs_lastmodifieddate"),
    *("hs_merged_object_ids", "hs_object_id"),
)
STAGES = (
    *(("appointmentscheduled", "Appointment Scheduled", "0.2", "false"), ("c1", "Proposal", "0.5", "false")),
    *(("closedwon", "Closed Won", "1.0", "true"), ("closedlost", "Closed Lost", "0.0", "true")),
)


def iso(moment: int) -> str:
    """A moment in milliseconds as HubSpot writes it."""
    return (
        datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


class Account:
    """What the account holds. Each change is kept with its moment, as HubSpot keeps it."""

    def __init__(self, deals: int) -> None:
        self.deals: dict[str, dict] = {}
        self.gone_properties: set[str] = set()
        self.without_contacts: set[str] = set()
        self.rates: list[dict] = []
        self.pipelines = [
            {"id": "default", "label": "Sales", "stages": [self._stage(*stage) for stage in STAGES]},
            {"id": "p2", "label": "Renewals", "stages": [self._stage("r1", "Proposal", "0.7", "false")]},
        ]
        for number in range(1, deals + 1):
            self.create(number)

    @staticmethod
    def _stage(id_: str, label: str, probability: str, closed: str) -> dict:
        return {
            "id": id_,
            "label": label,
            "displayOrder": 0,
            "metadata": {"probability": probability, "isClosed": closed},
        }

    def create(self, number: int) -> None:
        """Deal `number`; those from 11 to 250 were last changed in one moment, as an import does it."""
        id_, at = str(1000 + number), START + number * 1000
        self.deals[id_] = {"id": id_, "properties": {"hs_object_id": id_}, "history": {}, "archived": False}
        self.change(
            id_,
            at,
            dealname=f"Deal {number}",
            dealstage="appointmentscheduled" if number % 5 else "r1",
            pipeline="default" if number % 5 else "p2",
            amount=str(100 * number),
            deal_currency_code="EUR",
            closedate=iso(START + 90 * DAY),
            createdate=iso(at),
            hubspot_owner_id=str(number % 3 + 1),
        )
        later = START + 10 * DAY + (0 if 10 < number <= 250 else number * 60_000)
        self.change(id_, later, amount=str(110 * number), hs_next_step=f"call, then\nmail {number}")
        if number % 4 == 0 and number % 5:
            self.change(id_, later, dealstage="closedwon", hs_deal_stage_probability="1.0")

    def change(self, id_: str, at: int, **properties: str) -> None:
        """Set properties of a deal at a moment."""
        deal = self.deals[id_]
        for name, value in {**properties, "hs_lastmodifieddate": iso(at)}.items():
            deal["properties"][name] = value
            if name != "hs_lastmodifieddate":
                deal["history"].setdefault(name, []).insert(
                    0, {"value": value, "timestamp": iso(at), "sourceType": "CRM_UI"}
                )
        deal["at"] = at

    def archive(self, id_: str, at: int) -> None:
        """Delete a deal."""
        self.deals[id_] |= {"archived": True, "archivedAt": iso(at)}

    def forget_deal(self, id_: str) -> None:
        """Lose a deal for good, as HubSpot does 90 days after its deletion."""
        del self.deals[id_]

    def rate(self, currency: str, rate: object, since: int, to: str = "USD") -> None:
        """Set an exchange rate."""
        said = {"fromCurrencyCode": currency, "toCurrencyCode": to, "conversionRate": rate}
        self.rates.append({"id": str(len(self.rates)), **said, "effectiveAt": iso(since)})

    def part(self, id_: str) -> None:
        """Take a deal's contacts away."""
        self.without_contacts.add(id_)

    def vanish(self, name: str) -> None:
        """Take a property out of the schema."""
        self.gone_properties.add(name)

    def rename(self, stage: str, label: str) -> None:
        """Call a stage something else."""
        for pipeline in self.pipelines:
            for one in pipeline["stages"]:
                one["label"] = label if one["id"] == stage else one["label"]

    def shown(self, deal: dict, properties: list[str], history: list[str]) -> dict:
        """A deal as the API shows it."""
        asked = [name for name in properties if name not in self.gone_properties]
        body = {
            "id": deal["id"],
            "properties": {name: deal["properties"].get(name) for name in asked},
            "createdAt": deal["properties"]["createdate"],
            "updatedAt": deal["properties"]["hs_lastmodifieddate"],
            "archived": deal["archived"],
        }
        if deal["archived"]:
            body["archivedAt"] = deal["archivedAt"]
        if history:
            body["propertiesWithHistory"] = {
                name: deal["history"].get(name, []) for name in history if name not in self.gone_properties
            }
        return body


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, headers: dict[str, str] | None = None, **body: object) -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers or {}, {"status": "error", **body}


class HubSpotServer(ThreadingHTTPServer):
    """The server: one account, its limits, the accidents that are due, and a log of what was asked."""

    daemon_threads = True

    def __init__(self, token: str, deals: int, cap: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.token, self.cap = token, cap
        self.account = Account(deals)
        self.lock = threading.Lock()
        self.faults: list[dict] = []
        self.log: list[str] = []
        self.hanging = False
        self.used, self.allowed = 0, 100_000

    def do(self, order: dict) -> object:
        """An order of the test: what the account does, or what shall go wrong."""
        name = order.pop("do")
        if name == "fault":
            self.faults.append({"after": 0, "times": 1} | order)
        elif name == "limit":
            self.used, self.allowed = order["used"], order["allowed"]
        elif name == "log":
            return {"log": self.log, "hanging": self.hanging}
        elif name == "forget":
            self.log, self.faults, self.hanging = [], [], False
        else:
            getattr(self.account, name)(**order)
        return {}

    def due(self, asked: str) -> dict | None:
        """The accident that happens to this request."""
        for fault in self.faults:
            if fault["path"] in asked:
                if fault["after"] > 0:
                    fault["after"] -= 1
                elif fault["times"] > 0:
                    fault["times"] -= 1
                    return fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: HubSpotServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for the other side's confirmation

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}"))

    def _answer(self, body: dict) -> None:
        path = urlsplit(self.path).path
        if path == "/_do":
            with self.server.lock:
                self._send(200, self.server.do(body))
            return
        with self.server.lock:
            self.server.log.append(f"{self.command} {path}")
            self.server.used += 1
            fault = self.server.due(f"{self.command} {path} ")
        if fault and self._accident(fault, body):
            return
        try:
            if self.headers.get("Authorization") != f"Bearer {self.server.token}":
                raise Refusal(
                    401, category="INVALID_AUTHENTICATION", message="Authentication credentials not found"
                )
            with self.server.lock:
                status, found = self._route(path, body)
            self._send(status, found)
        except Refusal as no:
            self._send(no.status, no.body, no.headers)

    def _accident(self, fault: dict, body: dict) -> bool:
        """Let something go wrong; True: the request is answered with it."""
        kind = fault["kind"]
        if kind == "change":  # somebody works in HubSpot between two pages
            with self.server.lock:
                self.server.account.change(**fault["what"])
            return False
        if kind == "hang":
            self.server.hanging = True
            time.sleep(30)
        elif kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif kind == "drip":
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2000")
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(2000):
                    self.wfile.write(b" ")
                    time.sleep(0.05)
            self.close_connection = True
        elif kind == "half":
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b'{"results": [{"id": "1001", "prop')
            self.close_connection = True
        elif kind == "status":
            self._send(fault["status"], fault.get("body", {}), fault.get("headers", {}))
        return True

    def _send(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        left = self.server.allowed - self.server.used
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-HubSpot-RateLimit-Daily", str(self.server.allowed))
            self.send_header("X-HubSpot-RateLimit-Daily-Remaining", str(left))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    # --- the API ---

    def _route(self, path: str, body: dict) -> tuple[int, dict]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        account = self.server.account
        lists = {
            "/crm/v3/properties/deals": [
                {"name": name} for name in PROPERTIES if name not in account.gone_properties
            ],
            "/crm/v3/pipelines/deals": account.pipelines,
        }
        if path in lists:
            return 200, {"results": lists[path]}
        if path == "/crm/v3/owners":
            return 200, {"results": self._owners(asked["archived"] == "true")}
        if path == "/settings/v3/currencies/exchange-rates":
            return 200, {"results": account.rates}
        if path == "/crm/v3/objects/deals":
            return 200, self._archived(asked)
        if path == "/crm/v3/objects/deals/search":
            return 200, self._search(body)
        if path == "/crm/v3/objects/deals/batch/read":
            return self._deals(body)
        if path.startswith("/crm/v4/associations/deals/"):
            return 200, {"results": [self._links(path, one["id"]) for one in body["inputs"]]}
        if path in ("/crm/v3/objects/companies/batch/read", "/crm/v3/objects/contacts/batch/read"):
            self._at_most(body["inputs"], 100)
            return 200, {"results": [self._record(one["id"]) for one in body["inputs"]]}
        raise Refusal(404, message=f"no {path}")

    @staticmethod
    def _owners(archived: bool) -> list[dict]:
        if archived:
            return [{"id": "3", "email": "cy@x.test", "firstName": "Cy", "lastName": "Old", "archived": True}]
        team = [{"id": "1", "name": "North", "primary": True}]
        return [
            {"id": "1", "email": "ann@x.test", "firstName": "Ann", "lastName": "Bo", "teams": team},
            {"id": "2", "email": "bob@x.test", "firstName": "", "lastName": ""},
        ]

    @staticmethod
    def _at_most(inputs: list, most: int) -> None:
        if len(inputs) > most:
            raise Refusal(400, category="VALIDATION_ERROR", message=f"at most {most} inputs")

    def _archived(self, asked: dict[str, str]) -> dict:
        assert asked["archived"] == "true"
        limit, start = int(asked["limit"]), int(asked.get("after", 0))
        if limit > 50:
            raise Refusal(400, category="VALIDATION_ERROR", message="at most 50 with history")
        gone = [deal for deal in self.server.account.deals.values() if deal["archived"]]
        page = gone[start : start + limit]
        split = [asked["properties"].split(","), asked["propertiesWithHistory"].split(",")]
        body: dict = {"results": [self.server.account.shown(deal, *split) for deal in page]}
        if start + limit < len(gone):
            body["paging"] = {"next": {"after": str(start + limit)}}
        return body

    def _search(self, body: dict) -> dict:
        limit, start = body["limit"], int(body.get("after", 0))
        if limit > 200 or start + limit > self.server.cap:
            raise Refusal(400, category="VALIDATION_ERROR", message="paging beyond the cap of the search")
        tests = body["filterGroups"][0]["filters"]
        compare = {"GTE": int.__ge__, "GT": int.__gt__, "EQ": int.__eq__}

        def value(deal: dict, name: str) -> int:
            return deal["at"] if name == "hs_lastmodifieddate" else int(deal["id"])

        found = [
            deal
            for deal in self.server.account.deals.values()
            if not deal["archived"]
            and all(compare[t["operator"]](value(deal, t["propertyName"]), int(t["value"])) for t in tests)
        ]
        found.sort(key=lambda deal: value(deal, body["sorts"][0]["propertyName"]))
        page = found[start : start + limit]
        shown = [self.server.account.shown(deal, body["properties"], []) for deal in page]
        return {"total": len(found), "results": shown}

    def _deals(self, body: dict) -> tuple[int, dict]:
        self._at_most(body["inputs"], 50 if body.get("propertiesWithHistory") else 100)
        account, results, missing = self.server.account, [], []
        for one in body["inputs"]:
            deal = account.deals.get(one["id"])
            if deal is None or deal["archived"]:
                missing.append(one["id"])
            else:
                results.append(account.shown(deal, body["properties"], body.get("propertiesWithHistory", [])))
        if missing:
            return 207, {"results": results, "errors": [{"context": {"ids": missing}}], "numErrors": 1}
        return 200, {"results": results}

    def _links(self, path: str, deal: str) -> dict:
        number, kind = int(deal), "companies" if "companies" in path else "contacts"
        if kind == "contacts" and deal in self.server.account.without_contacts:
            return {"from": {"id": deal}, "to": []}
        label = "Primary" if kind == "companies" else ("Budget holder" if number % 2 else None)
        types = [{"category": "HUBSPOT_DEFINED", "typeId": 5, "label": label}]
        return {"from": {"id": deal}, "to": [{"toObjectId": 5000 + number % 7, "associationTypes": types}]}

    @staticmethod
    def _record(id_: str) -> dict:
        person = {"firstname": "Pat", "lastname": f"No {id_}", "jobtitle": "CFO"}
        return {"id": id_, "properties": {"name": f"Company {id_}", **person}}


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--token", required=True)
    parser.add_argument("--deals", type=int, default=0)
    parser.add_argument("--cap", type=int, default=10_000)
    given = parser.parse_args()
    server = HubSpotServer(given.token, given.deals, given.cap)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
