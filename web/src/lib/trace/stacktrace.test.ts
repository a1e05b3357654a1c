import { describe, expect, it } from "vitest";
import { parseStack } from "./stacktrace";

/** Frames in short: `where file:line`, those of libraries with a `-` in front; other lines as they are. */
const short = (text: string): string[] =>
  parseStack(text).map((line) => (line.kind === "text" ? line.text : `${line.library ? "- " : ""}${line.where} ${line.file}:${line.line}${line.code === "" ? "" : ` | ${line.code}`}`));

describe("parseStack", () => {
  it("reads Python", () => {
    expect(short('Traceback (most recent call last):\n  File "/app/main.py", line 12, in run\n    go(1)\n    ^^^^^\n  File "/usr/lib/python3.12/asyncio/base.py", line 3, in loop\n    x()\nValueError: bad')).toEqual([
      "Traceback (most recent call last):", "run /app/main.py:12 | go(1)", "- loop /usr/lib/python3.12/asyncio/base.py:3 | x()", "ValueError: bad",
    ]);
  });
  it("reads JavaScript", () => {
    expect(short("TypeError: x\n    at charge (/srv/app/charge.ts:42:20)\n    at async /srv/app/a.js:1:2\n    at node:internal/process/task_queues:105:5\n    at Object.<anonymous> (/srv/node_modules/jest/index.js:9:1)\nrender@https://app/x.js:10:5")).toEqual([
      "TypeError: x", "charge /srv/app/charge.ts:42", "(anonymous) /srv/app/a.js:1", "- (anonymous) node:internal/process/task_queues:105", "- Object.<anonymous> /srv/node_modules/jest/index.js:9", "render https://app/x.js:10",
    ]);
  });
  it("reads Java", () => {
    expect(short("java.lang.IllegalStateException: no\n\tat com.shop.Cart.add(Cart.java:31)\n\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)\n\tat com.shop.Main.main(Native Method)\nCaused by: x\n\t... 12 more")).toEqual([
      "java.lang.IllegalStateException: no", "com.shop.Cart.add Cart.java:31", "- java.util.ArrayList.forEach ArrayList.java:1511", "com.shop.Main.main Native Method:", "Caused by: x", "\t... 12 more",
    ]);
  });
  it("reads Rust", () => {
    expect(short("thread 'main' panicked at src/main.rs:4:5:\nboom\n   0: rust_begin_unwind\n             at /rustc/abc/library/std/src/panicking.rs:652:5\n   1: core::panicking::panic_fmt\n   2: orders::cart::add\n             at ./src/cart.rs:14:9")).toEqual([
      "thread 'main' panicked at src/main.rs:4:5:", "boom", "- rust_begin_unwind /rustc/abc/library/std/src/panicking.rs:652", "- core::panicking::panic_fmt :", "orders::cart::add ./src/cart.rs:14",
    ]);
  });
  it("reads Go", () => {
    expect(short("goroutine 1 [running]:\nmain.(*Cart).Add(0xc000, 0x1)\n\t/app/cart.go:20 +0x1d\nnet/http.HandlerFunc.ServeHTTP(...)\n\t/usr/local/go/src/net/http/server.go:2136")).toEqual([
      "goroutine 1 [running]:", "main.(*Cart).Add /app/cart.go:20", "- net/http.HandlerFunc.ServeHTTP /usr/local/go/src/net/http/server.go:2136",
    ]);
  });
  it("keeps what it does not know", () => {
    expect(short("something\nelse")).toEqual(["something", "else"]);
    expect(short("")).toEqual([]);
  });
});
