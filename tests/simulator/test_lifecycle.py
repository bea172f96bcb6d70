# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod from its creation to its end, as clients see it: states, ports, logs, connect."""
import re
import socket

from simulator import EventStream, Simulator, WebSocket, expect, run, same

CLASSES = [
    "InpaintPreprocessor",
    "DepthAnythingV2Preprocessor",
    "IPAdapterModelLoader",
    "IPAdapter",
    "ETN_LoadImageCache",
    "ETN_SaveImageCache",
    "ETN_Translate",
    "INPAINT_LoadFooocusInpaint",
    "INPAINT_ShrinkMask",
    "INPAINT_StabilizeMask",
    "INPAINT_ColorMatch",
]
SDXL_FILES = {
    "upscale_models": ["4x_nmkd-superscale-sp_178000_g.pth", "omnisr_x2_div2k.safetensors"],
    "inpaint": ["mat_places512_g_fp16", "fooocus_inpaint_head.pth", "inpaint_v26.fooocus"],
    "ipadapter": ["ip-adapter_sdxl_vit-h"],
    "clip_vision": ["clip-vision_vit-h.safetensors"],
    "loras": ["hyper-sdxl-8steps-cfg-lora"],
    "checkpoints": ["realvis"],
}


def states_and_ports_follow_time():
    with Simulator() as simulator:
        seen = set()
        for number in range(12):
            pod = simulator.rent(name=f"easel-{number:08x}")
            seen.add(pod["status"])
            if pod["status"] == "PROVISIONING":
                same((pod["actions"], pod["runtime"]), (["start", "terminate"], {}))
            else:
                same((pod["status"], pod["runtime"]), ("RUNNING", None))
            expect(
                pod["template"] is None and pod["startedAt"] is None and pod["ssh"]["proxy"] is None
            )
        same(seen, {"PROVISIONING", "RUNNING"}, "both oddities of create")
        truth = simulator.truth(pod["id"])
        created = simulator.ledger(pod["id"])["created_ms"]
        expect(22000 <= truth["container_ms"] - created <= 60000)
        same(simulator.pod(pod["id"], path="/system_stats").status, 502, "no container")
        simulator.advance((truth["container_ms"] - created) / 1000 - 2)
        same(simulator.get(f"/v2/pods/{pod['id']}").json["runtime"], {})
        simulator.advance(2)
        up = simulator.get(f"/v2/pods/{pod['id']}").json
        same(
            (up["status"], up["runtime"]["uptime"], up["actions"]),
            ("RUNNING", 0, ["stop", "restart", "terminate"]),
        )
        same(up["runtime"]["ports"][0]["private"], 3001)
        same(simulator.pod(pod["id"], path="/system_stats").status, 502, "nginx takes a moment")
        simulator.advance(1)
        page = simulator.pod(pod["id"], path="/system_stats")
        same((page.status, page.kind), (200, "text/html"))
        expect(b"<title>Port Not Up Yet</title>" in page.body)
        same(simulator.pod(pod["id"], "POST", "/prompt", body={}).status, 405)
        same(simulator.pod(pod["id"], "PUT", "/api/etn/image/x", raw=b"1").status, 405)
        same(simulator.pod(pod["id"], path="/ws?clientId=a").status, 502)
        same(simulator.pod(pod["id"], path="/README.md").kind, "text/markdown")
        same(simulator.pod(pod["id"], port=8888).status, 404, "not declared")
        simulator.make_ready(pod["id"])
        same(simulator.pod(pod["id"], path="/system_stats").json["devices"][0]["type"], "cuda")
        same(simulator.delete(pod["id"]).status, 204)
        same(simulator.get(f"/v2/pods/{pod['id']}").status, 404)
        same(simulator.delete(pod["id"]).status, 404)
        gone = simulator.pod(pod["id"], path="/system_stats")
        same((gone.status, gone.kind), (404, "text/html"))
        expect(pod["id"] not in [p["id"] for p in simulator.get("/v2/pods").json["pods"]])


def connect_works_as_the_plugin_does_it():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        simulator.make_ready(pod)
        port = int(simulator.truth(pod)["ports"]["3001"].rsplit(":", 1)[1])
        ask = lambda path: simulator.get(
            path, key=None, port=port, headers={"User-Agent": "Mozilla/5.0"}
        )
        device = ask("/system_stats").json["devices"][0]
        expect(device["name"].startswith("cuda:0 NVIDIA") and device["vram_total"] > 20 * 2**30)
        with WebSocket(f"127.0.0.1:{port}", port, "/ws?clientId=5b1c") as web_socket:
            expect(web_socket.is_open)
            first = web_socket.text()
            same(
                first,
                {
                    "type": "status",
                    "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "5b1c"},
                },
            )
        nodes = ask("/object_info").json
        for name in CLASSES:
            expect(name in nodes, name)
            same(list(ask("/object_info/" + name).json), [name])
            same(list(ask("/api/object_info/" + name).json), [name])
        same(ask("/object_info/NoSuchNode").json, {})
        loaders = {
            "upscale_models": ("UpscaleModelLoader", "model_name"),
            "inpaint": ("INPAINT_LoadInpaintModel", "model_name"),
            "ipadapter": ("IPAdapterModelLoader", "ipadapter_file"),
            "clip_vision": ("CLIPVisionLoader", "clip_name"),
            "loras": ("LoraLoader", "lora_name"),
            "checkpoints": ("CheckpointLoaderSimple", "ckpt_name"),
        }
        for folder, wanted in SDXL_FILES.items():
            node, parameter = loaders[folder]
            files = nodes[node]["input"]["required"][parameter][0]
            same(ask("/models/" + folder).json, files)
            for part in wanted:
                expect(any(part in f.lower() for f in files), folder, part, files)
        info = ask("/api/etn/model_info/checkpoints?offset=0&limit=8").json
        same(info.pop("_meta"), {"offset": 0, "count": 2, "total": 2})
        same({m["base_model"] for m in info.values()}, {"sdxl"})
        same(ask("/api/etn/model_info/nonsense").status, 400)
        same(ask("/models/nonsense").status, 404)
        expect(ask("/api/etn/languages").json)
        same(
            simulator.post(
                "/api/etn/workflow/subscribe", {"client_id": "5b1c"}, key=None, port=port
            ).status,
            200,
        )
        same(ask("/prompt").json, {"exec_info": {"queue_remaining": 0}})
        expect(ask("/experiment/models/checkpoints").json[0]["size"] > 6e9)
        same(
            simulator.get(
                "/system_stats", key=None, port=port, headers={"Sec-Fetch-Site": "cross-site"}
            ).status,
            403,
        )
        same(
            simulator.get(
                "/system_stats", key=None, port=port, headers={"Origin": "http://elsewhere"}
            ).status,
            403,
        )


def work_shows_in_queue_history_and_socket():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        simulator.make_ready(pod)
        host = f"{pod}-3001.localhost:{simulator.port}"
        with WebSocket(host, simulator.port, "/ws?clientId=a") as web_socket:
            web_socket.text()
            answer = simulator.pod(
                pod,
                "POST",
                "/prompt",
                body={"prompt": {"1": {}}, "client_id": "a", "prompt_id": "p-1"},
            )
            same(answer.json["prompt_id"], "p-1")
            same(web_socket.text()["data"]["status"]["exec_info"]["queue_remaining"], 1)
            same(simulator.pod(pod, path="/queue").json["queue_running"][0][1], "p-1")
            same(simulator.pod(pod, path="/history?max_items=1").json, {})
            simulator.advance(7)
            same(web_socket.text()["data"]["status"]["exec_info"]["queue_remaining"], 0)
            history = simulator.pod(pod, path="/history?max_items=1").json
            same(list(history), ["p-1"])
            same(
                [m[0] for m in history["p-1"]["status"]["messages"]],
                ["execution_start", "execution_success"],
            )
            simulator.control(f"pods/{pod}/generate", {"seconds": 30, "count": 2})
            same(simulator.pod(pod, path="/prompt").json["exec_info"]["queue_remaining"], 2)
            same(web_socket.text()["data"]["status"]["exec_info"]["queue_remaining"], 2)
            same(simulator.act(pod, "stop").status, 200)
            same(web_socket.text(), None, "closed with the pod")
        same(simulator.pod(pod, path="/prompt").status, 404)


def files_can_be_uploaded_and_pictures_cached():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        simulator.make_ready(pod)
        put = lambda path, raw: simulator.pod(pod, "PUT", path, raw=raw).status
        same((put("/api/etn/image/ab", b"png"), put("/api/etn/image/ab", b"png")), (201, 200))
        same(simulator.pod(pod, path="/api/etn/image/ab").body, b"png")
        same(simulator.pod(pod, path="/api/etn/image/none").status, 404)
        same(put("/api/etn/upload/loras/mine.safetensors", b"x" * 1000), 201)
        same(put("/api/etn/upload/loras/mine.safetensors", b"y"), 200)
        same(put("/api/etn/upload/loras/mine.exe", b"y"), 400)
        same(put("/api/etn/upload/nowhere/mine.sft", b"y"), 400)
        sizes = {
            f["name"]: f["size"] for f in simulator.pod(pod, path="/experiment/models/loras").json
        }
        same(sizes["mine.safetensors"], 1000)


def the_log_has_the_documented_order():
    marks = [
        "create container",
        "Pull complete",
        "start container",
        "Starting Nginx service...",
        "Running pre-start script...",
        "Generative AI for Krita - Model download - v1.52.0",
        "RealVis (SDXL - Photography):",
        "Pod Started",
        "Setting up SSH...",
        "Starting Jupyter Lab...",
        "Jupyter Lab started",
        "Exporting environment variables...",
        "Container is READY!",
        "Starting server",
        "To see the GUI go to: http://0.0.0.0:3000",
    ]
    with Simulator() as simulator:
        pod = simulator.rent(
            env={"PUBLIC_KEY": "ssh-ed25519 made-up", "JUPYTER_PASSWORD": "made-up"},
            ports=["3001/http", "8888/http", "22/tcp"],
        )["id"]
        simulator.make_ready(pod)
        with EventStream(simulator, f"/v2/pods/{pod}/logs?tail=5000") as stream:
            same(stream.answer.headers["Content-Type"], "text/event-stream")
            events = stream.until("To see the GUI")
            lines = [data["line"] for _, data in events]
            places = [next(i for i, line in enumerate(lines) if mark in line) for mark in marks]
            same(places, sorted(places), list(zip(places, marks)))
            same([i for i, _ in events], sorted(i for i, _ in events))
            for event_id, data in events:
                expect(
                    re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/\d{12}", event_id)
                    and event_id.startswith(data["ts"])
                )
            bars = "\n".join(lines)
            expect("\r" in bars and "\x1b[A" in bars and "100%|██████████|" in bars)
            sizes = re.findall(
                r"(\d+)%\|[^|]*\| [\d.]+[kMG]?/[\d.]+[kMG]? \[\d\d:\d\d<\d\d:\d\d, [\d.]+MB/s\]",
                bars,
            )
            expect(len(sizes) > 100)
        middle = events[len(events) // 2][0]
        with EventStream(simulator, f"/v2/pods/{pod}/logs", {"Last-Event-ID": middle}) as stream:
            same(stream.next()[0], events[len(events) // 2 + 1][0])
        with EventStream(simulator, f"/v2/pods/{pod}/logs?source=system&tail=2") as stream:
            same([stream.next()[1]["source"] for _ in range(2)], ["system", "system"])
        with EventStream(simulator, f"/v2/pods/{pod}/logs?since=" + events[-1][1]["ts"]) as stream:
            same(stream.next()[1]["ts"], events[-1][1]["ts"])
        same(simulator.pod(pod, port=8888, path="/api/status?token=made-up").status, 200)
        same(simulator.pod(pod, port=8888, path="/api/status").status, 403)


def the_log_goes_on_and_ends_with_the_pod():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        with EventStream(simulator, f"/v2/pods/{pod}/logs?tail=0") as stream:
            simulator.advance(8)
            expect("create container" in stream.next()[1]["line"])
            simulator.advance(3600)
            stream.until("To see the GUI")
            simulator.act(pod, "restart")
            simulator.advance(60)
            events = stream.until("found - skipping")
            expect(all("RealVis" not in e[1]["line"] or "found" in e[1]["line"] for e in events))
            simulator.delete(pod)
            while stream.next():
                pass
        same(simulator.get(f"/v2/pods/{pod}/logs").status, 404)


def start_arguments_choose_the_downloads():
    def files_after(simulator, **changes):
        pod = simulator.rent(**changes)["id"]
        simulator.make_ready(pod)
        files = [
            f
            for folder in simulator.pod(pod, path="/models").json
            for f in simulator.pod(pod, path="/models/" + folder).json
        ]
        simulator.delete(pod)
        return files

    with Simulator() as simulator:
        same(len(files_after(simulator)), 16, "--recommended is the image's own command")
        lean = files_after(simulator, args="/start.sh --sdxl --checkpoint realvis")
        same(sum("XL" in f and "Hyper" not in f for f in lean), 1)
        expect(not any("controlnet" in f for f in lean))
        trap = files_after(simulator, args="/start.sh --flux --checkpoints")
        expect(not any(f.startswith("flux1") for f in trap), "the trap of 1.53")
        flux = files_after(
            simulator,
            cmd=["/start.sh", "--flux", "--checkpoints", "--controlnet", "--backend", "cpu"],
        )
        same(sum(f.startswith("flux1") for f in flux), 2)
        quoted = files_after(
            simulator,
            cmd=["bash", "-c", "echo hello; exec /start.sh --zimage --checkpoints & wait --sdxl"],
        )
        expect(any("z_image" in f for f in quoted) and not any("Hyper" in f for f in quoted))
        same(files_after(simulator, args="/start.sh"), [])


def commands_are_read_back_as_understood():
    with Simulator() as simulator:
        pod = simulator.rent(cmd=["bash", "-c", "exec /start.sh --sdxl"])
        same((pod["cmd"], pod["entrypoint"]), (["bash", "-c", "exec /start.sh --sdxl"], []))
        pod = simulator.rent(args="bash -c 'exec /start.sh --sdxl'")
        same(
            (pod["args"], pod["cmd"]),
            ("bash -c 'exec /start.sh --sdxl'", ["bash", "-c", "exec /start.sh --sdxl"]),
        )
        pod = simulator.rent(args="", env={"A": "1"}, templateId="own0templ8", image=None)
        same((pod["args"], pod["env"]), ("", {"A": "1"}))
        pod = simulator.rent(
            templateId="own0templ8", image=None, ports=None, disk=None, mounts=None
        )
        same(
            (pod["args"], pod["disk"], pod["mounts"]["persistent"]["size"]),
            ("/start.sh --sdxl --checkpoint realvis", 20, 30),
        )
        pod = simulator.rent(startJupyter=True)
        same(len(pod["env"]["JUPYTER_PASSWORD"]), 16)


def stop_and_start_keep_the_address_and_the_models():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        simulator.make_ready(pod)
        direct = simulator.truth(pod)["ports"]
        stopped = simulator.act(pod, "stop").json
        same(
            (stopped["status"], stopped["actions"], stopped["cost"], stopped["runtime"]),
            ("EXITED", ["start", "terminate"], 0, None),
        )
        same(simulator.act(pod, "stop").status, 409)
        same(simulator.act(pod, "restart").status, 409)
        same(simulator.pod(pod).status, 404)
        same(simulator.act(pod, "start").status, 200)
        same(simulator.act(pod, "start").status, 409)
        simulator.make_ready(pod)
        same(simulator.truth(pod)["ports"], direct)
        clock = simulator.control("clock")["now_ms"]
        expect(
            clock - simulator.ledger(pod)["intervals"][-1]["from_ms"] < 90000,
            "nothing is fetched twice",
        )
        simulator.control(f"pods/{pod}/lock", {"locked": True})
        for answer in (simulator.act(pod, "stop"), simulator.delete(pod)):
            same(answer.status, 409)
            expect("locked" in answer.detail)
        same(
            simulator.call("PATCH", f"/v2/pods/{pod}", {"locked": False, "name": "renamed"}).json[
                "name"
            ],
            "renamed",
        )
        same(simulator.act(pod, "terminate").status, 204)
        bare = simulator.rent(templateId=None, mounts=None)["id"]
        simulator.make_ready(bare)
        simulator.act(bare, "stop")
        simulator.act(bare, "start")
        simulator.advance(60)
        same(
            simulator.pod(bare, path="/system_stats").kind,
            "text/html",
            "without a lasting disk all is fetched anew",
        )


def pages_have_a_cursor():
    with Simulator() as simulator:
        made = [simulator.rent(name=f"easel-{i:08x}")["id"] for i in range(5)]
        got, path = [], "/v2/pods?limit=2"
        while path:
            page = simulator.get(path).json
            got += [p["id"] for p in page["pods"]]
            cursor = page["pagination"]["nextCursor"]
            same(page["pagination"]["hasNextPage"], cursor is not None)
            path = f"/v2/pods?limit=2&cursor={cursor}" if cursor else None
        same(got, made)
        simulator.fault(page_size=1)
        same(len(simulator.get("/v2/pods").json["pods"]), 1)


def only_loopback_listens():
    with Simulator() as simulator:
        probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            probe.connect(("192.0.2.1", 9))
            outside = probe.getsockname()[0]
        except OSError:
            return "no other address on this machine"
        finally:
            probe.close()
        if outside.startswith("127."):
            return "no other address on this machine"
        try:
            socket.create_connection((outside, simulator.port), timeout=5).close()
        except OSError:
            return None
        raise AssertionError("reachable from outside")


run(
    [
        states_and_ports_follow_time,
        connect_works_as_the_plugin_does_it,
        work_shows_in_queue_history_and_socket,
        files_can_be_uploaded_and_pictures_cached,
        the_log_has_the_documented_order,
        the_log_goes_on_and_ends_with_the_pod,
        start_arguments_choose_the_downloads,
        commands_are_read_back_as_understood,
        stop_and_start_keep_the_address_and_the_models,
        pages_have_a_cursor,
        only_loopback_listens,
    ]
)
