// The path of the page that is open, below the base.
import { useLocation } from "@tanstack/react-router";
import { basePath } from "@/lib/base";

/** `/`, `/traces`, `/traces/4bf9…`: without the base and without a slash at its end. */
export function usePath(): string {
  const base = basePath().slice(0, -1);
  return useLocation({
    select: ({ pathname }) => {
      const path = pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : pathname;
      return path.replace(/\/+$/, "") || "/";
    },
  });
}
