import { offsetReader } from '../local-time.sql.js';

/**
 * Makes texts of moments as DashAI keeps them: the zone's local time without a zone (`2026-11-21 06:28:07.560000`).
 * @param timeZone IANA name of the home's zone
 */
export function createLocalClock(timeZone: string): (ms: number) => string {
  const offsetOf = offsetReader(timeZone);
  return (ms) => {
    const local = ms + offsetOf(Math.floor(ms / 1000) * 1000) * 1000;
    return `${new Date(local).toISOString().replace('T', ' ').slice(0, -1)}000`;
  };
}
