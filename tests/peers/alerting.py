"""Holds our alerting against Debian's Alertmanager, amtool, Prometheus and a real SMTP server.

Starts all of them (and `tacho`) on free ports of loopback with data below `--folder`. Prints one line a check and
`N passed, M failed, 0 skipped` at the end. `--only` takes a part by name.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

from alerting_world import Collector, Mailbox, Process, Tacho, free_port, movable, wait_for

ROUTES = """
global: {{resolve_timeout: 5m}}
route:
  receiver: all
  group_by: [service]
  group_wait: 2s
  group_interval: 4s
  repeat_interval: 1h
  routes:
  - receiver: critical
    matchers: [severity="critical"]
    continue: true
    group_by: [alertname]
  - receiver: team
    matchers: [team=~"core|edge"]
    group_by: ['...']
    repeat_interval: 1h
inhibit_rules:
- source_matchers: [severity="critical"]
  target_matchers: [severity="warning"]
  equal: [service]
receivers:
- name: all
  webhook_configs: [{{url: "{url}/all", send_resolved: true}}]
- name: critical
  webhook_configs: [{{url: "{url}/critical", send_resolved: true}}, {{url: "{url}/critical-2", send_resolved: false}}]
- name: team
  webhook_configs: [{{url: "{url}/team", send_resolved: true}}]
"""


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def same(self, name, found, wanted):
        good = wanted(found) if callable(wanted) else found == wanted
        if good:
            self.passed += 1
            print(f"ok     {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED {name}: {found!r}" + ("" if callable(wanted) else f"\n       not {wanted!r}"), flush=True)


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        answer = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        text = answer.read().decode()
    try:
        return answer.status, json.loads(text) if text else None
    except json.JSONDecodeError:
        return answer.status, text


def at(seconds=0):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def alert(name, starts, ends=None, **labels):
    one = {"labels": {"alertname": name, **labels}, "annotations": {"summary": f"{name} is wrong"}, "startsAt": starts}
    if ends:
        one["endsAt"] = ends
    return one


def both(world, method, path, body=None):
    return [call(method, f"{url}/api/v2/{path}", body) for url in (world.theirs, world.ours)]


# ---------------------------------------------------------------- notifications as Alertmanager sends them


def told(messages):
    """Of each receiver and group what was told, in order, without times; equal ones in a row once."""
    groups = {}
    for path, body in messages:
        key = (path, body["groupKey"])
        alerts = sorted((a["status"], json.dumps(a["labels"], sort_keys=True)) for a in body["alerts"])
        line = (body["status"], body["receiver"], alerts, body["groupLabels"], body["commonLabels"], body["truncatedAlerts"])
        if groups.setdefault(key, []) and groups[key][-1] == line:
            continue
        groups[key].append(line)
    return groups


def differential(checks, world):
    starts = at(-30)
    many = lambda *alerts: both(world, "POST", "alerts", list(alerts))
    many(
        alert("Down", starts, service="a", severity="critical", team="core"),
        alert("Slow", starts, service="a", severity="warning"),
        alert("Slow", starts, service="b", severity="warning", team="edge"),
        alert("Full", starts, service="c", severity="info"),
    )
    time.sleep(3.2)
    many(alert("Hot", starts, service="c", severity="info"))
    time.sleep(1)
    silence = {
        "matchers": [{"name": "alertname", "value": "Full|Later", "isRegex": True, "isEqual": True}],
        "startsAt": at(), "endsAt": at(3600), "createdBy": "test", "comment": "known",
    }
    made = both(world, "POST", "silences", silence)
    checks.same("both take a silence", [status for status, _ in made], [200, 200])
    many(alert("Later", starts, service="d", severity="info"))
    time.sleep(4)
    many(alert("Down", starts, at(-1), service="a", severity="critical", team="core"))
    time.sleep(9)
    for (_, answer), url in zip(made, (world.theirs, world.ours)):
        call("DELETE", f"{url}/api/v2/silence/{answer['silenceID']}")
    time.sleep(8)
    many(*[alert(n, starts, at(-1), service=s, **more) for n, s, more in [
        ("Slow", "a", {"severity": "warning"}), ("Slow", "b", {"severity": "warning", "team": "edge"}),
        ("Full", "c", {"severity": "info"}), ("Hot", "c", {"severity": "info"}), ("Later", "d", {"severity": "info"}),
    ]])
    time.sleep(9)
    theirs, ours = told(world.heard("theirs")), told(world.heard("ours"))
    checks.same("groups that were told, and to whom", sorted(ours), sorted(theirs))
    for key in sorted(theirs):
        checks.same(f"what {key[0]} was told about {key[1]}", ours.get(key), theirs[key])
    checks.same("the first message to each came at the same time", lateness(world), lambda late: late is not None and late < 3)
    for path in ("alerts", "alerts/groups", "silences", "receivers"):
        (_, theirs_now), (_, ours_now) = both(world, "GET", path)
        checks.same(f"GET {path}: the same shape", shape(ours_now), shape(theirs_now))


def lateness(world):
    """Seconds between the first messages of a group, there and here, at most."""
    first = {}
    for who in ("theirs", "ours"):
        for when, path, body in world.timed(who):
            first.setdefault((path, body["groupKey"]), {}).setdefault(who, when)
    both_told = [times for times in first.values() if len(times) == 2]
    return max((abs(t["theirs"] - t["ours"]) for t in both_told), default=None)


def shape(value):
    """Names and kinds of what is there, whatever its values and ids."""
    if isinstance(value, list):
        kinds = {json.dumps(shape(one), sort_keys=True) for one in value}
        return sorted(kinds)
    if isinstance(value, dict):
        plain = {"labels", "annotations", "groupLabels"}
        return {k: ("labels" if k in plain else shape(v)) for k, v in value.items() if k not in ("mutedBy", "annotations")}
    return type(value).__name__


# ---------------------------------------------------------------- amtool


def amtool(checks, world):
    def run(*arguments, code=0):
        command = [world.amtool, f"--alertmanager.url={world.ours}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "HOME": world.folder})
        checks.same(f"amtool {' '.join(arguments)[:60]}", (done.returncode, done.stderr[-300:]) if done.returncode != code else code, code)
        return done.stdout

    run("alert", "add", "alertname=FromTool", "service=tool", "severity=info", "--annotation=summary=made by hand")
    seen = run("alert", "query", "alertname=FromTool", "-o", "json")
    found = json.loads(seen or "[]")
    checks.same("amtool sees its alert", [a["labels"].get("service") for a in found], ["tool"])
    made = run("silence", "add", "alertname=FromTool", "--author=me", "--comment=known", "--duration=1h").strip()
    checks.same("amtool made a silence", len(made), 36)
    listed = json.loads(run("silence", "query", "-o", "json") or "[]")
    checks.same("amtool lists it", [s["createdBy"] for s in listed if s["id"] == made], ["me"])
    hidden = json.loads(run("alert", "query", "--silenced", "-o", "json") or "[]")
    checks.same("the alert is silenced", [a["status"]["silencedBy"] for a in hidden if a["labels"]["alertname"] == "FromTool"], [[made]])
    run("silence", "update", made, "--comment=still known")
    run("silence", "expire", made)
    left = json.loads(run("silence", "query", "-o", "json") or "[]")
    checks.same("it is gone", [s["id"] for s in left if s["id"] == made], [])
    text = run("config", "show")
    checks.same("amtool shows the configuration", "group_interval" in text, True)
    run("silence", "add", "alertname=", "--comment=x", "--author=me", code=1)


# ---------------------------------------------------------------- a Prometheus that sends its alerts


def prometheus(checks, world):
    folder = os.path.join(world.folder, "prometheus")
    os.makedirs(folder, exist_ok=True)
    port = free_port()
    rules = "groups:\n- name: g\n  rules:\n  - alert: AlwaysThere\n    expr: vector(7) > 5\n    labels: {severity: info, service: prom}\n    annotations: {summary: 'it is {{ $value }}'}\n"
    with open(os.path.join(folder, "rules.yml"), "w", encoding="utf-8") as file:
        file.write(rules)
    host = world.ours.removeprefix("http://").removesuffix("/alertmanager")
    config = f"global: {{evaluation_interval: 1s, external_labels: {{cluster: here}}}}\nrule_files: [rules.yml]\nalerting:\n  alertmanagers:\n  - path_prefix: /alertmanager\n    static_configs: [{{targets: ['{host}']}}]\n"
    with open(os.path.join(folder, "prometheus.yml"), "w", encoding="utf-8") as file:
        file.write(config)
    command = [world.prometheus, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
               f"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle", "--rules.alert.resend-delay=1s", "--log.level=warn"]
    with Process(command, os.path.join(folder, "log")):
        find = lambda: [a for a in call("GET", f"{world.ours}/api/v2/alerts")[1] if a["labels"]["alertname"] == "AlwaysThere"]
        found = wait_for(find, 40)
        checks.same("an alert of a real Prometheus is here", [a["labels"].get("cluster") for a in found or []], ["here"])
        checks.same("with its annotations", [a["annotations"] for a in found or []], [{"summary": "it is 7"}])
        with open(os.path.join(folder, "rules.yml"), "w", encoding="utf-8") as file:
            file.write(rules.replace("vector(7) > 5", "vector(7) > 9"))
        call("POST", f"http://127.0.0.1:{port}/-/reload")
        gone = wait_for(lambda: not find(), 40)
        checks.same("its end is here too", gone, True)


# ---------------------------------------------------------------- mail


def mail(checks, world):
    with Mailbox(world.folder) as box:
        config = f"""
global: {{smtp_smarthost: "localhost:{box.port}", smtp_from: tacho@example.org, smtp_auth_username: tacho, smtp_auth_password: right}}
route: {{receiver: mail, group_wait: 1s, group_interval: 2s, repeat_interval: 1h, group_by: [alertname], routes: [{{receiver: wrong, matchers: [who="wrong"]}}]}}
receivers:
- name: mail
  email_configs: [{{to: "on-call@example.org, second@example.org", send_resolved: true, tls_config: {{ca_file: "{box.certificate}"}}}}]
- name: wrong
  email_configs: [{{to: nobody@example.org, auth_password: wrong, tls_config: {{ca_file: "{box.certificate}"}}}}]
"""
        with Tacho(world.tacho, os.path.join(world.folder, "mail"), config) as tacho:
            starts = at(-30)
            post = lambda *alerts: call("POST", f"{tacho.url}/alertmanager/api/v2/alerts", list(alerts))
            post(alert("DiskFull", starts, service="db", severity="critical"), alert("Nope", starts, who="wrong"))
            wait_for(lambda: box.messages, 30)
            post(alert("DiskFull", starts, at(-1), service="db", severity="critical"))
            wait_for(lambda: len(box.messages) >= 2, 30)
            first, second = (box.messages + [None, None])[:2]
            checks.same("a mail came, encrypted and with a password", first and (first.tls, first.user), (True, "tacho"))
            if first:
                checks.same("to everybody", first.to, ["on-call@example.org", "second@example.org"])
                checks.same("its subject tells what and where", first.message["Subject"], lambda s: "DiskFull" in s)
                parts = [part.get_content_type() for part in first.message.walk() if not part.is_multipart()]
                checks.same("it has text and HTML", parts, ["text/plain", "text/html"])
                text = first.message.get_body(("plain",)).get_content()
                checks.same("the text leads to the alert", "/alerts/alert-" in text, True)
                checks.same("and names its labels", "service" in text and "db" in text, True)
            if first and second:
                ids = second.message["References"] or second.message["In-Reply-To"] or ""
                checks.same("the end joins the thread", ids.strip() != "" and ids.split()[0] in (first.message["References"] or first.message["Message-ID"]), True)
            dead = wait_for(lambda: call("GET", f"{tacho.url}/api/v1/notifications?status=dead,retrying")[1].get("notifications"), 30)
            checks.same("a wrong password is told", [n["receiver"] for n in dead or []][:1], ["wrong"])
            checks.same("why it is", [n.get("error") for n in dead or []][:1], lambda e: e and e[0] and "535" in e[0])


# ---------------------------------------------------------------- kill -9


def crash(checks, world):
    with Collector() as heard:
        config = ROUTES.format(url=heard.url)
        folder = os.path.join(world.folder, "crash")
        starts = at(-30)
        with Tacho(world.tacho, folder, config) as tacho:
            call("POST", f"{tacho.url}/alertmanager/api/v2/alerts", [alert("Kept", starts, service="k", severity="info")])
            made = call("POST", f"{tacho.url}/alertmanager/api/v2/silences", {
                "matchers": [{"name": "service", "value": "hidden", "isRegex": False, "isEqual": True}],
                "startsAt": at(), "endsAt": at(3600), "createdBy": "t", "comment": "c"})
            tacho.kill()
        checks.same("nothing was told before the kill", len(heard.messages), 0)
        with Tacho(world.tacho, folder, config) as tacho:
            call("POST", f"{tacho.url}/alertmanager/api/v2/alerts", [alert("Hidden", starts, service="hidden", severity="info")])
            wait_for(lambda: heard.messages, 30)
            time.sleep(1)
            names = [a["labels"]["alertname"] for _, body in heard.bodies() for a in body["alerts"]]
            checks.same("the alert of before is told once", names, ["Kept"])
            silences = [s["id"] for s in call("GET", f"{tacho.url}/alertmanager/api/v2/silences")[1]]
            checks.same("the silence is still there", silences, [made[1]["silenceID"]])
            tacho.kill()
        with Tacho(world.tacho, folder, config) as tacho:
            time.sleep(6)
            names = [a["labels"]["alertname"] for _, body in heard.bodies() for a in body["alerts"]]
            checks.same("and not again after the next kill", names, lambda found: found.count("Kept") <= 1 and "Hidden" not in found)


class World:
    def __init__(self, arguments):
        self.folder = os.path.abspath(arguments.folder)
        self.tacho, self.amtool, self.prometheus = arguments.tacho, arguments.amtool, arguments.prometheus
        self.collectors = {"theirs": Collector(), "ours": Collector()}

    def heard(self, who):
        return self.collectors[who].bodies()

    def timed(self, who):
        return self.collectors[who].timed()


def with_peers(checks, world, arguments, parts):
    folder = os.path.join(world.folder, "alertmanager")
    os.makedirs(folder, exist_ok=True)
    with world.collectors["theirs"] as theirs, world.collectors["ours"] as ours:
        port = free_port()
        with open(os.path.join(folder, "alertmanager.yml"), "w", encoding="utf-8") as file:
            file.write(ROUTES.format(url=theirs.url))
        program = movable(arguments.alertmanager, folder)
        command = [program, f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data",
                   f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=warn"]
        world.theirs = f"http://127.0.0.1:{port}"
        with Process(command, os.path.join(folder, "log"), folder=folder), Tacho(world.tacho, os.path.join(world.folder, "ours"), ROUTES.format(url=ours.url)) as tacho:
            world.ours = f"{tacho.url}/alertmanager"
            wait_for(lambda: call("GET", f"{world.theirs}/-/ready")[0] == 200, 30)
            for part in parts:
                part(checks, world)


def main():
    parser = argparse.ArgumentParser()
    for name in ("tacho", "alertmanager", "amtool", "prometheus", "folder"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--only", action="append", default=[])
    arguments = parser.parse_args()
    checks, world = Checks(), World(arguments)
    wanted = lambda part: not arguments.only or part.__name__ in arguments.only
    # These three mostly wait, each for servers of its own.
    aside = [threading.Thread(target=guarded, args=(checks, part, world)) for part in (mail, crash) if wanted(part)]
    for thread in aside:
        thread.start()
    parts = [part for part in (differential, amtool, prometheus) if wanted(part)]
    if parts:
        guarded(checks, lambda checks, world: with_peers(checks, world, arguments, parts), world)
    for thread in aside:
        thread.join()
    print(f"{checks.passed} passed, {checks.failed} failed, 0 skipped")
    return 1 if checks.failed else 0


def guarded(checks, part, world):
    try:
        part(checks, world)
    except Exception as error:  # a part that breaks off is one failure
        checks.same(f"{getattr(part, '__name__', 'a part')} went through", f"{type(error).__name__}: {error}", None)


if __name__ == "__main__":
    sys.exit(main())
