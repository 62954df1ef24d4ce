/** Whether a host name or address means this computer alone. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);

/**
 * Whether a `Host` header names this computer. A page elsewhere can let a name of its own point to 127.0.0.1 (DNS rebinding)
 * and would then be of the same origin as a server that listens there; its requests carry that name.
 */
export function isLoopbackHeader(host: string | undefined): boolean {
  const url = `http://${host ?? ''}`;
  return URL.canParse(url) && isLoopback(new URL(url).hostname);
}
