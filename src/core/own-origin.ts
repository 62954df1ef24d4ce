import type { IncomingHttpHeaders } from 'node:http';

/** Browsers let any page open a stream to any host: a page of another origin must not read experiments through its visitor. */
export function isOwnOrigin({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site === 'cross-site') return false;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
