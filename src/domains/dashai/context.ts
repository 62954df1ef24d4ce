import type { RequestContext } from '../../schema-kit/context.js';
import type { Stores } from '../../stores/open-stores.js';

export type Context = RequestContext<Stores>;
