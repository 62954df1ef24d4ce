import { checkIds } from './answers.js';
import type { CallNeeds } from './call-needs.js';

/**
 * What shows which home a DashAI serves, as its paths call it. Runs are none: DashAI answers one with the number of every row it
 * was trained on.
 */
export type WitnessKind = 'model-session' | 'notebook' | 'generative-session';

/** What DashAI says of its rows. */
export interface WitnessCalls {
  /**
   * When DashAI created something: its own text, in its host's time without a zone (`2026-11-21T06:28:07.948415`).
   * @returns null when it does not say
   * @throws NOT_FOUND when it has no such thing
   */
  createdAt(kind: WitnessKind, id: number): Promise<string | null>;
}

export function createWitnessCalls({ transport }: CallNeeds): WitnessCalls {
  return {
    async createdAt(kind, id) {
      checkIds({ id });
      const row = (await transport.send({ method: 'GET', path: `/${kind}/${id}` })) as { readonly created?: unknown } | null;
      return typeof row?.created === 'string' ? row.created : null;
    },
  };
}
