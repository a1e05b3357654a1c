"""Sends remote write 2.0 made from the published schema, checks the answers and what can be read back.

`--only-read` checks the reading alone, after a restart, with the `--time` of the first run. Prints one line a
check and `N passed, M failed, 0 skipped` at the end.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from remote_write_message import COUNTER, GAUGE, HISTOGRAM, Request
from remote_write_message import custom_histogram, float_histogram, int_histogram, snappy

PROTO = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
HOUR = 3_600_000
JOB = {"job": "rw2"}


class Checks:
    def __init__(self, url, now):
        self.url, self.now = url, now
        self.passed = self.failed = 0

    def same(self, name, found, wanted):
        good = wanted(found) if callable(wanted) else found == wanted
        if good:
            self.passed += 1
            print(f"ok     {name}")
        else:
            self.failed += 1
            print(f"FAILED {name}: {found!r}" + ("" if callable(wanted) else f", not {wanted!r}"))

    def post(self, body, kind=PROTO, encoding="snappy"):
        """Status, text, and the three headers about what was written."""
        headers = {"Content-Type": kind, "Content-Encoding": encoding, "X-Prometheus-Remote-Write-Version": "2.0.0"}
        request = urllib.request.Request(f"{self.url}/api/v1/write", body, headers, method="POST")
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
            names = ("Samples", "Histograms", "Exemplars")
            written = [answer.headers.get(f"X-Prometheus-Remote-Write-{name}-Written") for name in names]
        return answer.status, text, written

    def get(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=30) as answer:
            return json.load(answer)["data"]

    def instant(self, query, at=None):
        return self.get("query", query=query, time=(at or self.now + 1) / 1000)["result"]

    def value(self, query, at=None):
        """The value of the only series; None if there is not exactly one."""
        result = self.instant(query, at)
        return result[0]["value"][1] if len(result) == 1 else None


def labels(name, **more):
    return {"__name__": name, **JOB, **more}


def send_all(checks):
    now, start = checks.now, checks.now - 600_000
    request = Request()
    request.add(
        labels("rw2_requests_total", path="/ünï"),
        samples=[(now - 30_000, 5.0, start), (now, 7.5, start)],
        exemplars=[({"trace_id": "abc123", "größe": "1"}, 0.25, now - 10)],
        metadata=(COUNTER, "Requests\nof all kinds", "requests"),
    )
    request.add(labels("rw2_memory_bytes"), samples=[(now, float("nan"), None)], metadata=(GAUGE, "Memory", "bytes"))
    request.add(
        labels("rw2_latency_seconds", kind="int"),
        histograms=[
            int_histogram(now - 30_000, 3, 9.0, 0, (0.001, 1), ([(0, 2)], [1, 0]), start=start),
            int_histogram(now, 6, 18.5, 0, (0.001, 2), ([(0, 2), (1, 1)], [1, 1, -1]), start=start),
        ],
        metadata=(HISTOGRAM, "Latency", "seconds"),
    )
    negative, positive = ([(0, 1)], [0.5]), ([(-1, 2)], [1.25, 0.75])
    request.add(
        labels("rw2_latency_seconds", kind="float"),
        histograms=[float_histogram(now, 4.0, -3.5, 1, (0.01, 1.5), positive, negative, hint=3)],
        exemplars=[({"trace_id": "def456"}, 0.75, now)],
    )
    request.add(
        labels("rw2_latency_seconds", kind="custom"),
        histograms=[custom_histogram(now, 10, 12.0, [0.1, 1.0, 10.0], [4, -1, -2, 1])],
    )
    status, text, written = checks.post(request.body())
    checks.same("a whole request is taken", (status, text), (204, ""))
    checks.same("the headers say how much", written, ["3", "4", "2"])
    status, _, written = checks.post(Request().body())
    checks.same("an empty request is taken", (status, written), (204, ["0", "0", "0"]))


def read_back(checks):
    now = checks.now
    counter = 'rw2_requests_total{path="/ünï",job="rw2"}'
    checks.same("the newest sample", checks.value(counter), "7.5")
    checks.same("the one before", checks.value(counter, now - 15_000), "5")
    checks.same("NaN is NaN", checks.value("rw2_memory_bytes"), "NaN")
    started = float(checks.value(f"start_timestamp({counter})") or 0)
    checks.same("the start of a counter", started, (now - 600_000) / 1000)
    started = float(checks.value('start_timestamp(rw2_latency_seconds{kind="int"})') or 0)
    checks.same("the start of a histogram", started, (now - 600_000) / 1000)
    found = checks.instant('rw2_latency_seconds{kind="int"}')[0]["histogram"][1]
    buckets = [[3, "-0.001", "0.001", "2"], [0, "0.5", "1", "1"], [0, "1", "2", "2"], [0, "4", "8", "1"]]
    checks.same("a histogram of integers", found, {"count": "6", "sum": "18.5", "buckets": buckets})
    found = checks.instant('rw2_latency_seconds{kind="float"}')[0]["histogram"][1]
    checks.same("a histogram of floats", (found["count"], found["sum"]), ("4", "-3.5"))
    signs = [(bucket[0], float(bucket[1]) < 0, bucket[3]) for bucket in found["buckets"]]
    wanted = [(1, True, "0.5"), (3, True, "1.5"), (0, False, "1.25"), (0, False, "0.75")]
    checks.same("its buckets", signs, wanted)
    found = checks.instant('rw2_latency_seconds{kind="custom"}')[0]["histogram"][1]
    uppers = [(bucket[2], bucket[3]) for bucket in found["buckets"]]
    checks.same("custom bounds", uppers, [("0.1", "4"), ("1", "3"), ("10", "1"), ("+Inf", "2")])
    checks.same("their sum", checks.value('histogram_sum(rw2_latency_seconds{kind="custom"})'), "12")
    quantile = checks.value('histogram_quantile(0.7, rw2_latency_seconds{kind="custom"})')
    checks.same("their quantile", float(quantile or 0), lambda value: abs(value - 1) < 1e-9)
    grown = 'histogram_count(increase(rw2_latency_seconds{kind="int"}[1m]))'
    checks.same("increase of a histogram", float(checks.value(grown) or 0), lambda count: 2.9 < count < 6.1)
    everything = checks.get("metadata")
    counted = {"type": "counter", "help": "Requests\nof all kinds", "unit": "requests"}
    checks.same("metadata of a counter", everything.get("rw2_requests_total"), [counted])
    timed = {"type": "histogram", "help": "Latency", "unit": "seconds"}
    checks.same("metadata of a histogram", everything.get("rw2_latency_seconds"), [timed])
    period = {"start": (now - HOUR) / 1000, "end": (now + 1000) / 1000}
    found = checks.get("query_exemplars", query="rw2_requests_total", **period)
    exemplar = {"labels": {"trace_id": "abc123", "größe": "1"}, "value": "0.25", "timestamp": (now - 10) / 1000}
    shown = [{"seriesLabels": labels("rw2_requests_total", path="/ünï"), "exemplars": [exemplar]}]
    checks.same("an exemplar of a counter", found, shown)
    found = checks.get("query_exemplars", query='rw2_latency_seconds{kind="float"}', **period)
    traces = [one["labels"]["trace_id"] for series in found for one in series["exemplars"]]
    checks.same("an exemplar of a histogram", traces, ["def456"])
    checks.same("what was kept of refused requests", checks.value("count(rw2_good)"), "9")


def refused(checks):
    """Each bad series beside a good one, which is kept where the specification says so."""
    now = checks.now

    def mixed(name, wanted, *bad, **more):
        request = Request()
        if bad:
            request.add(*bad, **more)
        else:
            request.add(labels("rw2_bad"), **more)
        request.add(labels("rw2_good", beside=name), samples=[(now, 1.0, None)])
        status, text, written = checks.post(request.body())
        checks.same(f"{name}: the status", status, 400)
        checks.same(f"{name}: the reason", text, lambda text: wanted in text)
        checks.same(f"{name}: what was written", written, ["1", "0", "0"])

    counter = labels("rw2_requests_total", path="/ünï")
    mixed("duplicate", "duplicate sample for timestamp", counter, samples=[(now, 8.5, None)])
    mixed("too old", "too old sample", counter, samples=[(now - 2 * HOUR, 1.0, None)])
    mixed("too new", "out of bounds", counter, samples=[(now + HOUR, 1.0, None)])
    mixed("no samples", "must contain at least one sample or histogram", labels("rw2_empty"))
    mixed("reference beyond the symbols", "", label_refs=[1, 9999], samples=[(now, 1.0, None)])
    mixed("half a pair of references", "", label_refs=[1], samples=[(now, 1.0, None)])
    mixed("no name", "invalid", {"job": "rw2"}, samples=[(now, 1.0, None)])
    broken = int_histogram(now, 1, 1.0, 0, (0.001, 0), ([(0, 2)], [5, 5]))
    mixed("counts that do not add up", "", labels("rw2_broken"), histograms=[broken])
    broken = int_histogram(now, 1, 1.0, 0, (0.001, 0), ([(0, 3)], [1]))
    mixed("spans without buckets", "", labels("rw2_broken"), histograms=[broken])
    checks.same("nothing of them is there", checks.instant('{__name__=~"rw2_(bad|broken|empty)"}'), [])
    checks.same("the first value stays", checks.value('rw2_requests_total{path="/ünï"}'), "7.5")

    again = Request().add(counter, samples=[(now, 7.5, None)])
    checks.same("the same sample again is fine", checks.post(again.body())[0], 204)
    late = Request().add(counter, samples=[(now - HOUR // 2, 3.0, None)])
    checks.same("a late sample inside the window", checks.post(late.body())[0], 204)
    checks.same("it is there", checks.value('rw2_requests_total{path="/ünï"}', now - HOUR // 2 + 1000), "3")


def whole_requests(checks):
    good = Request().add(labels("rw2_never"), samples=[(checks.now, 1.0, None)])
    unknown = "application/x-protobuf;proto=io.prometheus.write.v3.Request"
    checks.same("an unknown message", checks.post(good.body(), kind=unknown)[0], 415)
    checks.same("another type", checks.post(good.body(), kind="application/json")[0], 415)
    checks.same("another encoding", checks.post(good.body(), encoding="zstd")[0], 415)
    checks.same("no snappy", checks.post(good.message())[0], 400)
    checks.same("a snappy length that lies", checks.post(b"\xff\xff\xff\xff\x7f\x00")[0], lambda code: code in (400, 413))
    checks.same("no protobuf", checks.post(snappy(b"\xff" * 40))[0], 400)
    checks.same("an empty body", checks.post(b"")[0], 400)
    checks.same("nothing of them is there", checks.instant("rw2_never"), [])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True, help="base of the Prometheus API, before /api/v1")
    parser.add_argument("--time", type=int, default=int(time.time() * 1000), help="Unix milliseconds of the newest sample")
    parser.add_argument("--only-read", action="store_true")
    arguments = parser.parse_args()
    checks = Checks(arguments.url, arguments.time)
    if not arguments.only_read:
        send_all(checks)
        refused(checks)
        whole_requests(checks)
    read_back(checks)
    print(f"{checks.passed} passed, {checks.failed} failed, 0 skipped")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
