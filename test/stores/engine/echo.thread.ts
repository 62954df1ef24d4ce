import { setTimeout as after } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';

import { refuse } from '../../../src/core/errors.js';
import { serveThread } from '../../../src/stores/engine/thread.js';

/** Answers with what it was started with and what it was asked; `'slow'` after a moment, `'refuse'` with a rule error. */
serveThread((message: unknown, reply) => {
  if (message === 'slow') reply(after(50, message));
  else if (message === 'refuse') reply(Promise.reject(refuse('INVALID', 'Not this.', ['input'])));
  else reply(Promise.resolve({ startedWith: workerData as unknown, asked: message }));
});
