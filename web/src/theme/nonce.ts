// The nonce that the server gives this page's styles (Content-Security-Policy).

/** The nonce; "" where there is none, as in development. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}
