// What the keyboard of this machine calls its keys.

/** Whether Cmd stands where others have Ctrl. */
export function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
