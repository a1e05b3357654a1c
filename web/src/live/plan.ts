// Which topics share a stream: as few streams as can be, and as few of them opened again as can be. Pure.

/** Topics that the server takes in one stream. */
export const TOPICS_MAX = 32;
/** Streams that a browser keeps open: it has six connections a host over HTTP/1.1, and pages need some. */
export const STREAMS_MAX = 3;

/**
 * Groups of topics, each for one stream. Streams that are open keep their topics while all of those are wanted; what is
 * left over goes together. Topics beyond all room are in no group.
 */
export function planStreams(wanted: readonly string[], open: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const all = [...new Set(wanted)].sort();
  const kept = open.filter((group) => group.every((topic) => all.includes(topic)));
  const placed = new Set(kept.flat());
  const rest = all.filter((topic) => !placed.has(topic));
  if (rest.length === 0) return tidy(kept, all);
  // New topics join the smallest open group: one stream opened again instead of one more.
  const join = kept.filter((group) => group.length < TOPICS_MAX).sort((a, b) => a.length - b.length)[0];
  const others = kept.filter((group) => group !== join);
  const pool = [...(join ?? []), ...rest].sort();
  return tidy([...others, ...chunks(pool)], all);
}

/** Where kept groups leave no room, everything is packed anew. */
function tidy(groups: readonly (readonly string[])[], all: readonly string[]): readonly (readonly string[])[] {
  const fewest = Math.ceil(all.length / TOPICS_MAX);
  return groups.length > Math.max(1, fewest) ? chunks(all).slice(0, STREAMS_MAX) : groups.slice(0, STREAMS_MAX);
}

function chunks(topics: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (let start = 0; start < topics.length; start += TOPICS_MAX) groups.push(topics.slice(start, start + TOPICS_MAX));
  return groups;
}

/**
 * The topic that a message of a stream belongs to. The server writes the topic's place into the id
 * (`SESSION-NUMBER-PLACE`); without it, the kind of the message decides where that leaves one topic. `undefined`: all.
 */
export function topicOf(event: string, id: string | undefined, topics: readonly string[]): string | undefined | "none" {
  if (event === "lost") return undefined;
  if (event === "change") return topics.find((topic) => topic === "changes") ?? "none";
  const place = id?.split("-")[2];
  if (place !== undefined && /^\d+$/.test(place)) return topics[Number(place)] ?? "none";
  const prefix = event === "log" ? "logs" : event === "trace" ? "traces" : event;
  const [first, ...more] = topics.filter((topic) => topic === prefix || topic.startsWith(`${prefix}:`));
  return first !== undefined && more.length === 0 ? first : "none";
}
