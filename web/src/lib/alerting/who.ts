// Who sits here: the name for acknowledgements, silences and overrides, remembered by the browser.
import { remember, remembered } from "@/lib/storage";

/** The name that was given last; "" if none was. */
export function rememberedName(): string {
  return remembered("who") ?? "";
}

/** Remembers a name. */
export function rememberName(name: string): void {
  const trimmed = name.trim();
  if (trimmed !== "") remember("who", trimmed);
}
