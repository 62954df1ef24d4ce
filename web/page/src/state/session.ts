import { RunGraph } from '@rungraph/sdk';
import { createAddressedView } from './address.js';
import { createConnection, type Connection } from './connection.js';
import { createCurves, type Curves } from './curves.js';
import { createFacts, type Facts } from './facts.js';
import { createFrames, type Frames } from './frames.js';
import { createNames } from './names.js';
import { createRunList, type RunList } from './run-list.js';
import type { Store } from './store.js';
import { createTheme } from './theme.js';
import type { View } from '../model/view.js';

/** Everything the page works with; each part owns its state. */
export interface Session {
  readonly client: RunGraph;
  /** Address of the API. */
  readonly url: string;
  readonly view: Store<View>;
  readonly connection: Connection;
  readonly list: RunList;
  readonly facts: Facts;
  readonly curves: Curves;
  readonly frames: Frames;
  readonly names: ReturnType<typeof createNames>;
  readonly theme: ReturnType<typeof createTheme>;
}

/** Starts to read and to listen, as the address of the page says. */
export function createSession(): Session {
  // Relative, so that the page also works behind a proxy that adds a path prefix.
  const url = new URL('graphql', document.baseURI).href;
  const client = new RunGraph({ url });
  const { view } = createAddressedView();
  const connection = createConnection();
  const frames = createFrames();
  const list = createRunList(client, view, connection);
  const facts = createFacts(client, view);
  const curves = createCurves(client, view, facts, connection, frames);
  list.onEvent(facts.onEvent);
  connection.onBack(facts.refresh);
  return { client, url, view, connection, list, facts, curves, frames, names: createNames(client), theme: createTheme() };
}
