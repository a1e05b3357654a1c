// Times with nanoseconds: RFC 3339 as the API writes it, Unix nanoseconds as its parameters take them.

/** Unix nanoseconds of an RFC 3339 time in UTC; undefined for what is no time. */
export function nanosOf(rfc3339: string): bigint | undefined {
  const match = /^(.*?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/.exec(rfc3339);
  const ms = Date.parse(match ? `${match[1] ?? ""}${match[3] ?? ""}` : "");
  if (!match || Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}

/** Unix nanoseconds as digits, `nanos` later. */
export function nanosText(rfc3339: string, nanos = 0): string {
  const at = nanosOf(rfc3339);
  return at === undefined ? rfc3339 : String(at + BigInt(nanos));
}
