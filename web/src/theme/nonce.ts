// The nonce that the server gives this page's styles (Content-Security-Policy).

/** The nonce; "" where there is none, as in development. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

/** Libraries that write styles of their own (scroll locks of dialogs) look for the nonce under this name. */
export function shareNonce(): void {
  const nonce = cspNonce();
  if (nonce !== "") Object.assign(globalThis, { __webpack_nonce__: nonce });
}
