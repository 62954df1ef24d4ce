import type { Domain } from '../schema-kit/domain.js';
import type { Stores } from '../stores/open-stores.js';

/** Every domain, by name. Only the chosen ones are loaded: type-graphql keeps what it has seen for the whole process. */
const domains = {
  runs: async () => (await import('../domains/runs/index.js')).runsDomain,
  registry: async () => (await import('../domains/registry/index.js')).registryDomain,
  dashai: async () => (await import('../domains/dashai/index.js')).dashaiDomain,
  ops: async () => (await import('../domains/ops/index.js')).opsDomain,
} satisfies Record<string, () => Promise<Domain<Stores>>>;

export type DomainName = keyof typeof domains;
export const domainNames = Object.keys(domains) as DomainName[];

/** One after the other: type-graphql keeps fields in the order in which it sees them, and every server of one version has the same schema. */
export async function loadDomains(names: readonly DomainName[]): Promise<Domain<Stores>[]> {
  const loaded: Domain<Stores>[] = [];
  for (const name of names) loaded.push(await domains[name]());
  return loaded;
}
