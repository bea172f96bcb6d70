# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator refuses what the provider refuses, with the documented status and words."""
from simulator import AGENT, Simulator, expect, order, quote, run, same

CAPACITY = "There are no longer any instances available"


def unknown_and_mistyped_members_are_422():
    gpu = {"id": "NVIDIA GeForce RTX 3090", "count": 1}
    table = [
        (order(gpuTypeIds=["x"]), "additional properties 'gpuTypeIds' not allowed"),
        (order(gpu=dict(gpu, foo=1)), "$.gpu: additional properties 'foo' not allowed"),
        (order(gpu=dict(gpu, count=0)), "$.gpu.count: minimum"),
        (order(gpu=dict(gpu, count="1")), "$.gpu.count: got string, want integer"),
        (order(gpu=dict(gpu, minCudaVersion="13")), "does not match pattern"),
        (order(gpu={"count": 1}), "missing property 'id'"),
        (order(name=None), "missing property 'name'"),
        (order(name=""), "minLength"),
        (order(name=7), "$.name: got number, want string"),
        (order(cloud="ALL"), "value must be one of 'SECURE', 'COMMUNITY'"),
        (order(env={"A": 1}), "$.env.A: got number, want string"),
        (order(env=["A=1"]), "$.env: got array, want object"),
        (order(ports="3001/http"), "$.ports: got string, want array"),
        (
            order(mounts={"persistent": {"size": 9, "path": "/w"}}),
            "$.mounts.persistent.size: minimum",
        ),
        (order(mounts={"persistent": {"size": 40}}), "missing property 'path'"),
        (order(mounts={"scratch": {}}), "additional properties 'scratch'"),
        (order(startSsh="no"), "$.startSsh: got string, want boolean"),
        (order(disk=20.5), "want integer"),
        (order(templateId="z9y8x7w6v5"), "serverless"),
        ([1, 2], "$: got array, want object"),
    ]
    with Simulator() as simulator:
        for body, words in table:
            answer = simulator.post("/v2/pods", body)
            same(answer.status, 422, body)
            same(answer.kind, "application/problem+json")
            same(answer.json["title"], "Unprocessable Entity")
            expect(any(words in line for line in answer.json["errors"]), words, answer.json)
        same(simulator.ledger()["pods"], [])


def rules_between_members_are_400():
    gpu = {"id": "NVIDIA GeForce RTX 3090", "count": 1}
    table = [
        (order(gpu=None), "exactly one of gpu or cpu"),
        (order(cpu={"id": "cpu3c", "vcpuCount": 2}), "exactly one of gpu or cpu"),
        (order(templateId=None, image=None), "image is required"),
        (order(templateId=None, disk=None), "You must either provide a template id"),
        (
            order(gpu=dict(gpu, minCudaVersion="12.8", allowedCudaVersions=["12.8"])),
            "mutually exclusive",
        ),
        (order(ports=[f"{p}/http" for p in range(3000, 3011)]), "at most 10 http ports"),
        (order(env={f"V{i}": "x" for i in range(51)}), "at most 50"),
        (order(args="/start.sh --all", cmd=["/start.sh", "--sdxl"]), "different commands"),
        (order(gpu={"id": "NVIDIA GeForce RTX 9999", "count": 1}), "Unknown GPU type"),
        (order(gpu={"id": "NVIDIA GeForce RTX 3090"}), CAPACITY),
        (order(gpu=dict(gpu, count=5)), CAPACITY),
        (order(gpu=dict(gpu, minCudaVersion="14.0")), CAPACITY),
        (order(gpu=dict(gpu, allowedCudaVersions=["11.1"])), CAPACITY),
        (order(dataCenterIds=["EU-RO-1"]), CAPACITY),
        (order(disk=9000), CAPACITY),
    ]
    with Simulator() as simulator:
        for body, words in table:
            answer = simulator.post("/v2/pods", body)
            same(answer.status, 400, body)
            expect(words in answer.detail, words, answer.detail)
        same(simulator.post("/v2/pods", order(templateId="nosuch")).status, 404)
        same(simulator.post("/v2/pods", order(templateId="nosuch")).detail, "template not found")
        same(simulator.ledger()["open"], 0)


def bodies_that_are_no_json_or_too_large():
    with Simulator() as simulator:
        head = {"Content-Type": "application/json"}
        same(simulator.post("/v2/pods", raw=b"{", headers=head).status, 400)
        same(simulator.post("/v2/pods", raw=b"", headers=head).status, 400)
        same(simulator.post("/v2/pods", raw=b"[" * 90000, headers=head).status, 400)
        same(
            simulator.post("/v2/pods", raw=b"{}", headers={"Content-Type": "text/plain"}).status,
            415,
        )
        same(simulator.post("/v2/pods", raw=b" " * 102401, headers=head).status, 413)
        same(simulator.post("/v2/pods", order(env={"A": "x" * 110000})).status, 413)
        same(simulator.post("/v2/pods", order(env={"A": "x" * 90000})).status, 201)
        chunked = simulator.post("/v2/pods", raw=iter([b" " * 60000, b" " * 60000]), headers=head)
        same(chunked.status, 413, "a body of untold length")


def keys_decide_who_may_do_what():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        same(simulator.get("/v2/pods", key=None).detail, "missing bearer token")
        for key in ("wrong", "rpa_made_up", "practice", "", "prâctice-key"):
            answer = simulator.call("GET", "/v2/pods", key=key.encode().decode("latin-1"))
            same(answer.status, 401, key)
            same(answer.json["title"], "Unauthorized")
        same([p["id"] for p in simulator.get("/v2/pods", key="readonly-key").json["pods"]], [pod])
        for answer in (
            simulator.post("/v2/pods", order(), key="readonly-key"),
            simulator.delete(pod, key="readonly-key"),
            simulator.act(pod, "stop", key="readonly-key"),
        ):
            same((answer.status, answer.detail), (403, "access denied"))
        poor = simulator.post("/v2/pods", order(), key="poor-key")
        same(poor.status, 402)
        expect("balance is too low" in poor.detail)
        same(simulator.get("/v2/pods", key="practice-other").json["pods"], [], "another account")
        same(simulator.get(f"/v2/pods/{pod}", key="practice-other").status, 404)
        same(simulator.delete(pod, key="practice-other").status, 404)
        same(
            len(simulator.get("/v2/pods", key="practice-key.second").json["pods"]),
            1,
            "another key of the account",
        )
        edge = simulator.get("/v2/pods", headers={"User-Agent": "Python-urllib/3.11"})
        same((edge.status, edge.kind, edge.body), (403, "text/plain", b"error code: 1010"))


def catalog_parameters_are_held_to_their_rules():
    base = "/v2/catalog/gpus"
    stock = base + "?include=AVAILABILITY&product=POD"
    table = [
        (base, 200),
        (stock, 200),
        (stock + "&cloud=COMMUNITY&count=1&minCudaVersion=13.0", 200),
        (stock + "&minCudaVersion=13", 200),
        (stock + "&cudaVersions=12.8,13.0", 200),
        (stock + "&countryCodes=RO,SE", 200),
        (base + "?include=AVAILABILITY", 400),
        (base + "?product=POD", 400),
        (base + "?cloud=SECURE", 400),
        (base + "?minCudaVersion=13.0", 400),
        (stock + "&cudaVersions=13.0&minCudaVersion=13.0", 400),
        (stock + "&cloud=ANY", 422),
        (stock + "&count=0", 422),
        (stock + "&countryCodes=ro", 422),
        (stock + "&minCudaVersion=x", 422),
        (stock + "&cudaVersions=13", 422),
        (base + "?include=STOCK", 422),
        (base + "?include=AVAILABILITY&product=PODS", 422),
        (base + "?whatever=1", 200),
        (base + "/" + quote("NVIDIA GeForce RTX 4090"), 200),
        (base + "/" + quote("NVIDIA Nothing"), 404),
        ("/v2/pods?limit=0", 422),
        ("/v2/pods?limit=1001", 422),
        ("/v2/pods?cursor=zzz", 422),
        ("/v2/pods?limit=1", 200),
        ("/v2/pods?includeClusterPods=maybe", 422),
        ("/v2/pods?desiredStatus=RUNNING", 200),
        ("/v2/catalog/templates?source=mine", 422),
        ("/v2/billing/pods?lastN=3&startTime=2026-11-01T00:00:00Z", 400),
        ("/v2/billing/pods?bucketSize=minute", 422),
        ("/v2/nothing", 404),
        ("/nothing", 404),
    ]
    with Simulator() as simulator:
        for path, status in table:
            same(simulator.get(path).status, status, path)
        wrong_method = simulator.call("PUT", "/v2/pods")
        same(wrong_method.status, 405)
        same(wrong_method.headers["Allow"], "GET, POST")


def the_catalog_tells_what_it_should():
    with Simulator() as simulator:
        secure = simulator.get("/v2/catalog/gpus?include=AVAILABILITY&product=POD").json["gpus"]
        community = simulator.get(
            "/v2/catalog/gpus?include=AVAILABILITY&product=POD&cloud=COMMUNITY"
        ).json["gpus"]
        expect(len(secure) > 15)
        by_id = {gpu["id"]: gpu for gpu in secure}
        expect(
            "unknown" in by_id
            and "AMD Instinct MI300X OAM" in by_id
            and any("MIG" in i for i in by_id)
        )
        for gpu in secure:
            same("dataCenters" in gpu, gpu["availability"] != "NONE", gpu["id"])
            expect(gpu["secure"] or gpu["availability"] == "NONE")
        for gpu in community:
            expect("dataCenters" not in gpu)
        old = {g["id"]: g["availability"] for g in community}["NVIDIA GeForce RTX 3080 Ti"]
        simulator.control(
            "stock",
            {"gpu": "NVIDIA GeForce RTX 3080 Ti", "cloud": "COMMUNITY", "availability": "HIGH"},
        )
        new = simulator.get(
            "/v2/catalog/gpus?include=AVAILABILITY&product=POD&cloud=COMMUNITY&minCudaVersion=13.0"
        ).json
        same(
            {g["id"]: g["availability"] for g in new["gpus"]}["NVIDIA GeForce RTX 3080 Ti"],
            "NONE",
            f"was {old}, driver too old",
        )
        romania = simulator.get(
            "/v2/catalog/gpus?include=AVAILABILITY&product=POD&countryCodes=RO"
        ).json["gpus"]
        for gpu in romania:
            expect(all(c["id"] == "EU-RO-1" for c in gpu.get("dataCenters", [])), gpu)
        simulator.fault(gpus=0)
        same(simulator.get("/v2/catalog/gpus").json["gpus"], [])
        simulator.fault(gpus=500)
        same(len(simulator.get("/v2/catalog/gpus").json["gpus"]), 500)
        same(
            simulator.rent(gpu={"id": "NVIDIA Practice 400", "count": 1})["gpu"]["id"],
            "NVIDIA Practice 400",
        )


def templates_come_in_their_slices():
    with Simulator() as simulator:
        krita = simulator.get("/v2/templates/8myumeqonw").json
        same(
            (krita["name"], krita["public"], krita["serverless"]),
            ("Stable Diffusion ComfyUI for Krita", True, False),
        )
        same(krita["ports"], ["3001/http", "8888/http", "22/tcp"])
        slices = {
            s: simulator.get("/v2/catalog/templates?source=" + s).json["templates"]
            for s in ("official", "verified", "community")
        }
        slices["own"] = simulator.get("/v2/templates").json["templates"]
        listed = [t["id"] for s in slices.values() for t in s]
        expect("8myumeqonw" not in listed, "only to be had by its id")
        same(len(listed), len(set(listed)))
        everything = [t for s in slices.values() for t in s]
        expect(any("3001/http" not in t["ports"] and not t["serverless"] for t in everything))
        expect(
            any(t["serverless"] for t in everything)
            and any("<script>" in t["name"] for t in everything)
        )
        expect(all(not t["public"] for t in slices["own"]) and slices["own"])
        same(simulator.get("/v2/templates/nosuch").detail, "template not found")


def graphql_knows_one_query():
    query = "query { myself { id email clientBalance currentSpendPerHr spendLimit } }"
    with Simulator() as simulator:

        def ask(text, key="practice-key"):
            return simulator.post("/graphql", {"query": text}, key=key)

        me = ask(query).json["data"]["myself"]
        same((me["clientBalance"], me["currentSpendPerHr"], me["spendLimit"]), (25, 0, 80))
        same(ask(query, None).json, {"data": {"myself": None}})
        same(ask(query, "wrong").status, 401)
        same(ask("{ myself { id pets } }").status, 400)
        same(ask("{ __schema { types { name } } }").status, 400)
        same(ask(query, "poor-x").json["data"]["myself"]["clientBalance"], 0)


def the_tag_list_is_paged():
    with Simulator("--image-tags", "v1.52.0,v1.50.0,base") as simulator:
        path = "/hub/v2/repositories/aclysia/sd-comfyui-krita/tags"
        first = simulator.get(path + "?page_size=2", key=None).json
        same(([t["name"] for t in first["results"]], first["count"]), (["v1.52.0", "v1.50.0"], 3))
        second = simulator.get(first["next"].split(str(simulator.port), 1)[1], key=None).json
        same(([t["name"] for t in second["results"]], second["next"]), (["base"], None))


def rate_limits_are_told_and_held_on_request():
    with Simulator("--rate-limit") as simulator:
        first = simulator.get("/v2/pods")
        expect('"minute";r=179' in first.headers["RateLimit"], first.headers["RateLimit"])
        expect('"day";q=86400;w=86400' in first.headers["RateLimit-Policy"])
        expect(first.headers["x-request-id"].startswith("req-"))
        for _ in range(179):
            same(simulator.get("/v2/pods").status, 200)
        late = simulator.get("/v2/pods")
        same((late.status, late.detail), (429, "rate limit exceeded for the minute window"))
        wait = int(late.headers["Retry-After"])
        expect(1 <= wait <= 60)
        same(simulator.get("/v2/pods", key="practice-other").status, 200, "per account")
        simulator.advance(wait)
        same(simulator.get("/v2/pods").status, 200)


def control_and_requests_tell_no_key():
    with Simulator() as simulator:
        simulator.rent(env={"TOKEN": "practice-key"})
        simulator.get("/v2/pods/practice-key")
        log = simulator.control("requests")
        expect("practice-key" not in str(log))
        same((log["counts"]["create"], log["counts"]["get"], log["leaks"]), (1, 1, 2))
        simulator.get("/graphql?api_key=practice-canary.7", key=None)
        simulator.get("/v2/pods?limit=1")
        log = simulator.control("requests")
        expect("canary" not in str(log) and log["leaks"] == 3, log["leaks"])
        same(
            [(r["auth"], r["query"]) for r in log["requests"]],
            [
                ("present", None),
                ("present", None),
                ("absent", "api_key=[key]"),
                ("present", "limit=1"),
            ],
        )
        same(log["requests"][0]["user_agent"], AGENT)
        simulator.control("requests", method="DELETE")
        same(simulator.control("requests")["total"], 0)
        expect("practice-key" not in str(simulator.ledger()))


run(
    [
        unknown_and_mistyped_members_are_422,
        rules_between_members_are_400,
        bodies_that_are_no_json_or_too_large,
        keys_decide_who_may_do_what,
        catalog_parameters_are_held_to_their_rules,
        the_catalog_tells_what_it_should,
        templates_come_in_their_slices,
        graphql_knows_one_query,
        the_tag_list_is_paged,
        rate_limits_are_told_and_held_on_request,
        control_and_requests_tell_no_key,
    ]
)
