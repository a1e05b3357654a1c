"""Evaluates 1,000 alert expressions over the metrics of the load generator, in batches, once for each of three minutes.

Use: `alerts.py http://HOST:PORT PID END_UNIX [BATCH]`; END_UNIX is `end_ns` of the data's JSON file in seconds. Prints the
server's CPU seconds of each minute and how many expressions fired.
"""

import json
import sys
import time
import urllib.parse
import urllib.request

TASKS = "orchestrator_tasks_total"
TOKENS = "orchestrator_llm_tokens_total"
BUCKETS = "orchestrator_task_duration_seconds_bucket"


def values(base, label, selector):
    query = urllib.parse.urlencode({"match[]": selector})
    with urllib.request.urlopen(f"{base}/prometheus/api/v1/label/{label}/values?{query}") as answer:
        return json.load(answer)["data"]


def of_host(host, status):
    yield f'sum by (agent) (rate({TASKS}{{host="{host}",status!="{status}"}}[5m])) > 2'
    yield f'histogram_quantile(0.95, sum by (le, agent) (rate({BUCKETS}{{host="{host}"}}[5m]))) > 60'
    yield f'avg by (host) (orchestrator_queue_depth{{host="{host}"}}) > 20'
    yield f'sum by (service) (rate(process_cpu_seconds_total{{host="{host}"}}[5m])) > 0.9'


def of_agent(agent, model, statuses, directions):
    one = f'agent="{agent}",model="{model}"'
    for status in statuses:
        yield f'sum by (host) (rate({TASKS}{{{one},status="{status}"}}[5m])) > 5'
    for direction in directions:
        yield f'sum(rate({TOKENS}{{{one},direction="{direction}"}}[5m])) > 1e6'
    yield f'histogram_quantile(0.95, sum by (le) (rate({BUCKETS}{{{one}}}[5m]))) > 120'


def expressions(base):
    hosts, agents = values(base, "host", TASKS), values(base, "agent", TASKS)
    models, statuses = values(base, "model", TASKS), values(base, "status", TASKS)
    directions = values(base, "direction", TOKENS)
    found = [text for host in hosts for text in of_host(host, statuses[0])]
    for agent in agents:
        for model in models:
            found += of_agent(agent, model, statuses, directions)
    for threshold in range(100, 110):
        for labels in ("agent", "model", "host", "agent, model", "status"):
            found.append(f"sum by ({labels}) (rate({TASKS}[5m])) > {threshold}")
    for i in range(1000 - len(found)):
        one = f'host="{hosts[i % len(hosts)]}",agent="{agents[i % len(agents)]}"'
        found.append(f"sum by (agent, model) (increase({TOKENS}{{{one}}}[10m])) > {10_000_000 + i}")
    return found[:1000]


def cpu(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def evaluate(base, batch, at):
    queries = [{"id": str(i), "expr": text, "instant": str(at)} for i, text in enumerate(batch)]
    body = json.dumps({"queries": queries}).encode()
    request = urllib.request.Request(f"{base}/api/v1/metrics/query", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        results = json.load(answer)["results"].values()
    failed = [result for result in results if result["status"] != "success"]
    if failed:
        sys.exit(f"{len(failed)} failed: {failed[0]}")
    return sum(1 for result in results if result["data"]["result"])


def main():
    base, pid, end = sys.argv[1], sys.argv[2], float(sys.argv[3])
    size = int(sys.argv[4]) if len(sys.argv) > 4 else 100
    found = expressions(base)
    assert len(set(found)) == 1000
    for minute in range(3):
        before, began = cpu(pid), time.time()
        at = end - 180 + 60 * minute
        fired = sum(evaluate(base, found[i : i + size], at) for i in range(0, 1000, size))
        print(f"minute {minute}: CPU {cpu(pid) - before:.2f} s, wall {time.time() - began:.2f} s, {fired} fired")


main()
