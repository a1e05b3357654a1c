// The SharedWorker: one hub for all tabs of the browser.
import { Hub, type HubPort } from "@/live/hub";
import { isToHub } from "@/live/protocol";
import { realWorld } from "@/live/world";

const hub = new Hub(realWorld);

globalThis.addEventListener("connect", (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (port === undefined) return;
  const tab: HubPort = { post: (message) => port.postMessage(message) };
  port.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (isToHub(data)) hub.receive(tab, data);
  });
  port.start();
});
