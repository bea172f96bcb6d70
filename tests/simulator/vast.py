# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the simulated vast.ai share: its routes, a good search, a good order."""
import json

from simulator import GOOD_KEY, Simulator, quote

IMAGE = "aclysia/sd-comfyui-krita:v1.52.0"
ORDER = {
    "image": IMAGE,
    "runtype": "args",
    "args": ["/start.sh", "--sdxl"],
    "disk": 60,
    "label": "easel-0badcafe",
    "env": {"-p 3001:3001": "1", "EASEL": "yes"},
    "target_state": "running",
    "cancel_unavail": True,
}
SEARCH = {
    "verified": {"eq": True},
    "rentable": {"eq": True},
    "rented": {"eq": False},
    "external": {"eq": False},
    "num_gpus": {"eq": 1},
    "gpu_ram": {"gte": 11000},
    "cpu_arch": {"eq": "amd64"},
    "gpu_arch": {"eq": "nvidia"},
    "disk_space": {"gte": 90},
    "direct_port_count": {"gte": 2},
    "reliability": {"gte": 0.95},
    "cuda_max_good": {"gte": 13.0},
    "inet_down": {"gte": 200},
    "duration": {"gte": 259200},
    "type": "on-demand",
    "allocated_storage": 60,
    "order": [["dph_total", "asc"]],
    "limit": 64,
}
MINUTE = 60
DAY = 86400


def changed(original, **changes):
    """A copy with top-level members replaced; None removes one."""
    body = json.loads(json.dumps(original))
    for name, value in changes.items():
        if value is None:
            body.pop(name, None)
        else:
            body[name] = value
    return body


class Vast(Simulator):
    """The simulator as vast.ai; nobody is held to the intervals unless a test says so."""

    def __init__(self, *arguments, intervals=False, **rest):
        if not intervals:
            arguments += ("--ignore-intervals",)
        super().__init__(*arguments, **rest)

    def odd(self, **oddities):
        self.control("faults", {"vast": oddities})

    def put(self, path, body=None, **rest):
        return self.call("PUT", path, body, **rest)

    def search(self, query=None, **changes):
        answer = self.post("/api/v0/bundles/", changed(query or SEARCH, **changes))
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json["offers"]

    def offer(self, index=0):
        return self.search()[index]

    def ask(self, offer, key=GOOD_KEY, **changes):
        return self.put(f"/api/v0/asks/{offer}/", changed(ORDER, **changes), key=key)

    def rent(self, offer=None, key=GOOD_KEY, **changes):
        """The new instance's id, as text."""
        answer = self.ask(offer or self.offer()["id"], key, **changes)
        assert answer.status == 200 and answer.json["success"], (answer.status, answer.body)
        return str(answer.json["new_contract"])

    def instance(self, instance):
        answer = self.get(f"/api/v0/instances/{instance}/")
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json["instances"]

    def state(self, instance):
        one = self.instance(instance)
        return one["actual_status"], one["intended_status"], one["cur_state"]

    def change(self, instance, **body):
        return self.put(f"/api/v0/instances/{instance}/", body)

    def destroy(self, instance, **rest):
        return self.call("DELETE", f"/api/v0/instances/{instance}/", {}, **rest)

    def list(self, **parameters):
        return self.get("/api/v1/instances/" + query_text(parameters))

    def charges(self, **parameters):
        now = self.control("clock")["now_ms"] // 1000
        day = {"day": {"gte": now - 400 * DAY, "lte": now + DAY}, "type": {"in": ["instance"]}}
        return self.get("/api/v0/charges/" + query_text(dict(parameters, select_filters=day)))

    def wait_until(self, instance, status, step=10, limit=3600):
        """Lets time pass until the instance says so."""
        for _ in range(0, limit, step):
            if self.state(instance)[0] == status:
                return self.instance(instance)
            self.advance(step)
        raise AssertionError((status, self.instance(instance)))

    def door(self, instance, port=3001):
        """Where a port of the container is on this computer."""
        one = self.instance(instance)
        return int(one["ports"][f"{port}/tcp"][0]["HostPort"])


def query_text(parameters):
    """Values other than text become JSON."""
    parts = [
        name + "=" + quote(value if isinstance(value, str) else json.dumps(value))
        for name, value in parameters.items()
    ]
    return "?" + "&".join(parts) if parts else ""
