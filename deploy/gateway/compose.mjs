import { renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { composeServices } from '@theguild/federation-composition';
import { Kind, parse, visit } from 'graphql';

const usage = 'usage: node compose.mjs <name>=<url> [<name>=<url> …] [--out supergraph.graphql]';

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string', default: 'supergraph.graphql' } },
  });
  if (positionals.length === 0) throw new Error(usage);

  const services = await Promise.all(positionals.map(toService));
  const { errors, supergraphSdl } = composeServices(services);
  if (errors) throw new Error(errors.map((error) => error.message.replaceAll('\n', ' ')).join('\n'));

  // Renamed into place: a gateway that starts meanwhile reads the old file or the new one, never half of it.
  writeFileSync(`${values.out}.tmp`, supergraphSdl);
  renameSync(`${values.out}.tmp`, values.out);
  console.log(`${values.out}: ${services.map((service) => service.name).join(', ')}`);
}

async function toService(argument) {
  const [, name, url] = /^(\w+)=(https?:\/\/.+)$/.exec(argument) ?? [];
  if (!url) throw new Error(`${argument}: expected <name>=<url>, for example runs=http://127.0.0.1:4001/graphql\n${usage}`);
  try {
    return { name, url, typeDefs: withoutFederationDefinitions(parse(await fetchSdl(url))) };
  } catch (error) {
    // fetch says only "fetch failed"; the reason is its cause.
    throw new Error(`${name} (${url}): ${error.cause?.message || error.cause?.code || error.message}`);
  }
}

async function fetchSdl(url) {
  const { AUTHORIZATION } = process.env;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(AUTHORIZATION && { authorization: AUTHORIZATION }) },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.json().catch(() => undefined);
  const sdl = answer?.data?._service?.sdl;
  if (!sdl) throw new Error(answer?.errors?.[0]?.message ?? `HTTP ${response.status} without _service.sdl`);
  return sdl;
}

/**
 * A schema built from SDL prints the definitions of the federation directives too. Composition knows them;
 * left in, their scalar FieldSet becomes a type of the public schema.
 */
function withoutFederationDefinitions(document) {
  const known = new Set(['@link', 'FieldSet', ...federationImports(document)]);
  const dropKnown = (name) => (known.has(name) || /^@?(federation|link)__/.test(name) ? null : undefined);
  return visit(document, {
    DirectiveDefinition: (node) => dropKnown(`@${node.name.value}`),
    ScalarTypeDefinition: (node) => dropKnown(node.name.value),
  });
}

/** The names in `@link(url: "https://specs.apollo.dev/federation/…", import: ["@key", { name: "@tag", as: "@label" }])`. */
function federationImports({ definitions }) {
  const schemaNodes = definitions.filter(({ kind }) => kind === Kind.SCHEMA_DEFINITION || kind === Kind.SCHEMA_EXTENSION);
  const links = schemaNodes.flatMap((node) => node.directives).filter((directive) => directive.name.value === 'link');
  return links.flatMap(({ arguments: args }) => {
    const argument = (name) => args.find((candidate) => candidate.name.value === name)?.value;
    if (!argument('url')?.value?.includes('/federation/')) return [];
    return (argument('import')?.values ?? []).map((item) =>
      item.kind === Kind.OBJECT ? (item.fields.find((field) => field.name.value === 'as') ?? item.fields[0]).value.value : item.value,
    );
  });
}
