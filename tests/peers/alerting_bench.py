"""Measures rules and alerting of a release build, for docs/performance.md. Nothing is asserted.

    python3 -B tests/peers/alerting_bench.py --tacho target/release/tacho --folder target/bench-alerting
"""

import argparse
import json
import os
import statistics
import subprocess
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERIES, RULES = 100_000, 1_000
TICKS = os.sysconf("SC_CLK_TCK")


def call(url, body=None, kind="application/json"):
    request = urllib.request.Request(url, body, {"Content-Type": kind} if body else {})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.read()


class Server:
    def __init__(self, program, folder, keys):
        subprocess.run(["rm", "-rf", folder], check=True)
        os.makedirs(folder)
        ready = os.path.join(folder, "ready.json")
        command = [program, "serve", "--data-dir", f"{folder}/data", "--http", "127.0.0.1:0", "--otlp-grpc", "127.0.0.1:0",
                   "--otlp-http", "127.0.0.1:0", "--ready-file", ready, "--set", "rules.builtin=false"]
        for key, value in keys.items():
            command += ["--set", f"{key}={value}"]
        self.child = subprocess.Popen(command, stdout=open(f"{folder}/log", "w"), stderr=subprocess.STDOUT)
        while not os.path.exists(ready):
            time.sleep(0.05)
        with open(ready, encoding="utf-8") as file:
            told = json.load(file)
        self.url, self.otlp = f"http://{told['http']}", f"http://{told['otlp_http']}"

    def cpu(self):
        with open(f"/proc/{self.child.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, name="VmRSS"):
        with open(f"/proc/{self.child.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith(name))

    def stop(self):
        self.child.terminate()
        self.child.wait()


def serve(answer):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answer("GET", self.path, b"")
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            answer("POST", self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_address[1]}"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def rules(arguments):
    """CPU a minute of 1,000 alerting rules over 100,000 series, each 30 s, beside scraping them."""
    each = SERIES // RULES
    lines = [f'load_{k}_total{{path="/{n}",instance="i{n % 7}"}} {{}}' for k in range(RULES) for n in range(each)]
    text = "\n".join(lines)
    count = [0]

    def answer(*_):
        count[0] += 30
        return (text.replace("{}", str(count[0])) + "\n").encode()

    target = serve(answer)
    base = os.path.join(arguments.folder, "files")
    scrape = write(f"{base}/prometheus.yml", f"global: {{scrape_interval: 30s, scrape_timeout: 25s}}\nscrape_configs: [{{job_name: load, static_configs: [{{targets: ['{target}']}}]}}]\n")
    body = "".join(f"  - alert: Load{k}\n    expr: sum by (instance) (rate(load_{k}_total[2m])) > 1e9\n    for: 5m\n" for k in range(RULES))
    file = write(f"{base}/rules.yml", f"groups:\n- name: load\n  interval: 30s\n  rules:\n{body}")
    used = {}
    for name, keys in (("scraping alone", {}), ("with 1,000 rules", {"alerting.rules_file": file})):
        server = Server(arguments.tacho, f"{arguments.folder}/rules", {"scrape.prometheus_config": scrape, **keys})
        time.sleep(100)
        before = server.cpu()
        time.sleep(120)
        used[name] = (server.cpu() - before) / 2
        print(f"rules: {name}: {used[name]:.2f} s of CPU a minute, {server.memory():.0f} MiB", flush=True)
        if keys:
            groups = json.loads(call(f"{server.url}/prometheus/api/v1/rules"))["data"]["groups"]
            print(f"rules: one evaluation of {len(groups[0]['rules'])} rules took {groups[0]['evaluationTime'] * 1e3:.0f} ms", flush=True)
        server.stop()
    print(f"rules: the rules alone: {used['with 1,000 rules'] - used['scraping alone']:.2f} s of CPU a minute", flush=True)


def otlp_gauge(value):
    now = str(time.time_ns())
    point = {"timeUnixNano": now, "asDouble": value, "attributes": []}
    metric = {"name": "bench_pressure", "gauge": {"dataPoints": [point]}}
    return json.dumps({"resourceMetrics": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "bench"}}]},
                                            "scopeMetrics": [{"metrics": [metric]}]}]}).encode()


def latency(arguments):
    """Seconds from the acknowledged sample to the message at a webhook, beyond `for` and `group_wait` (both 0)."""
    heard = []
    target = serve(lambda method, path, body: (heard.append((time.monotonic(), path, json.loads(body) if body else None)), b"")[1])
    base = os.path.join(arguments.folder, "files")
    routes = write(f"{base}/alertmanager.yml", f"route: {{receiver: w, group_wait: 0s, group_interval: 1s, group_by: ['...']}}\nreceivers: [{{name: w, webhook_configs: [{{url: 'http://{target}/w'}}]}}]\n")
    for name, more, rounds in (("on arrival", "\n    on_arrival: true", 20), ("each 30 s", "", 6)):
        file = write(f"{base}/pressure.yml", f"groups:\n- name: g\n  interval: 30s\n  rules:\n  - alert: Pressure\n    expr: bench_pressure > 5{more}\n")
        server = Server(arguments.tacho, f"{arguments.folder}/latency", {"alerting.alertmanager_config": routes, "alerting.rules_file": file})
        taken = []
        for _ in range(rounds):
            for value, state in ((9, "firing"), (1, "resolved")):
                heard.clear()
                time.sleep(0.7)
                call(f"{server.otlp}/v1/metrics", otlp_gauge(value))
                begun = time.monotonic()
                while not any(body and body["status"] == state for _, _, body in heard):
                    time.sleep(0.005)
                    if time.monotonic() - begun > 90:
                        break
                if state == "firing":
                    taken.append(next((at for at, _, body in heard if body and body["status"] == state), begun + 90) - begun)
        print(f"latency {name}: median {statistics.median(taken):.2f} s, most {max(taken):.2f} s of {rounds}", flush=True)
        server.stop()


def alerts(arguments):
    """CPU and memory of 100,000 firing alerts in 1,000 groups: taken, told, taken again."""
    heard = [0]
    target = serve(lambda *_: (heard.__setitem__(0, heard[0] + 1), b"")[1])
    base = os.path.join(arguments.folder, "files")
    routes = write(f"{base}/many.yml", f"route: {{receiver: w, group_wait: 5s, group_interval: 1m, group_by: [service]}}\nreceivers: [{{name: w, webhook_configs: [{{url: 'http://{target}/w', max_alerts: 100}}]}}]\n")
    server = Server(arguments.tacho, f"{arguments.folder}/alerts", {"alerting.alertmanager_config": routes, "alerting.storm.groups_per_minute": 0})
    print(f"alerts: none yet: {server.memory():.0f} MiB", flush=True)
    batches = []
    for start in range(0, 100_000, 1_000):
        batches.append(json.dumps([{"labels": {"alertname": f"Load{n % 50}", "service": f"s{n // 100}", "instance": f"i{n}", "severity": "warning"},
                                    "annotations": {"summary": f"instance i{n} of s{n // 100} is under pressure"}, "startsAt": "2026-01-01T00:00:00Z"}
                                   for n in range(start, start + 1_000)]).encode())
    for name in ("taken for the first time", "taken again, unchanged"):
        before = server.cpu()
        for batch in batches:
            call(f"{server.url}/alertmanager/api/v2/alerts", batch)
        print(f"alerts: 100,000 {name}: {server.cpu() - before:.2f} s of CPU, {server.memory():.0f} MiB", flush=True)
        if name.startswith("taken for"):
            before = server.cpu()
            time.sleep(45)
            print(f"alerts: 1,000 groups told ({heard[0]} messages): {server.cpu() - before:.2f} s of CPU, {server.memory():.0f} MiB (peak {server.memory('VmHWM'):.0f})", flush=True)
    server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tacho", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--only", action="append", default=[])
    arguments = parser.parse_args()
    arguments.folder = os.path.abspath(arguments.folder)
    for part in (latency, alerts, rules):
        if not arguments.only or part.__name__ in arguments.only:
            part(arguments)


if __name__ == "__main__":
    main()
