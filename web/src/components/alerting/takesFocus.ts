// The field of a dialog that takes the focus when it opens.

/** For `ref`: a dialog of the browser's own gives the focus to what has the attribute, which React does not write. */
export function takesFocus(element: HTMLElement | null): void {
  element?.setAttribute("autofocus", "");
}
