// Queries that were run in this browser.

/** Under this name they are kept. */
export const HISTORY = "explore.history";
/** How many of them. */
export const HISTORY_SIZE = 50;
