// How server state is kept: for a minute after its last user, asked again when a passing failure may be over.
import { QueryClient } from "@tanstack/react-query";
import { ApiFailure } from "@/api/failure";

/** Failures that trying again may mend. */
const TRIES = 2;

/** The cache of all calls. Ranges move on: what nobody looks at any more is dropped after a minute. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      gcTime: 60_000,
      staleTime: 5_000,
      networkMode: "always",
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (failures, error) => error instanceof ApiFailure && error.passing && failures < TRIES,
      retryDelay: (failures) => 400 * 2 ** failures,
    },
    mutations: { networkMode: "always" },
  },
});
