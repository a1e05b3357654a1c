// Toasts: short words about something that happened and needs no answer. What shows them loads with the first one.

/** Whether something went well or not; what failed stays until it is closed. */
export type ToastKind = "done" | "failed";

const STAYS_MS = 5_000;
const listeners = new Set<() => void>();
let used = false;

/** Shows a toast. */
export function toast(message: string, kind: ToastKind = "done"): void {
  used = true;
  for (const listener of listeners) listener();
  const shown = import("@mantine/notifications").then(({ notifications }) =>
    notifications.show({
      // The same words twice are one toast.
      id: message,
      message,
      withBorder: true,
      color: kind === "failed" ? "red" : "gray",
      autoClose: kind === "failed" ? false : STAYS_MS,
      role: kind === "failed" ? "alert" : "status",
      closeButtonProps: { "aria-label": "Close" },
    }),
  );
  // Without a connection there may be no toasts: the banner says so then.
  shown.catch(() => undefined);
}

/** Whether there was a toast yet. */
export function toastsUsed(): boolean {
  return used;
}

/** Calls back at the first toast. */
export function onToast(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
