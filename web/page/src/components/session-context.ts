import { createContext } from 'preact';
import type { Session } from '../state/session.js';
import type { Store } from '../state/store.js';

/** What is on the screen but not in its address. */
export interface UiState {
  /** Row of the list that the keyboard is at; -1 before it is used. */
  readonly row: number;
  /** Run whose curves are pointed at. */
  readonly pointed: string | null;
  readonly dialog: 'keys' | 'copy' | null;
}

/** The session with what is on the screen. */
export interface PageSession extends Session {
  readonly ui: Store<UiState>;
}

/** What every component works with. */
export const SessionContext = createContext<PageSession>(null as unknown as PageSession);
