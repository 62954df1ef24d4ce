import { refuse } from '../../../core/errors.js';
import { isGiven } from '../../conditions.js';
import type { CreateModel, CreateVersion, TransitionStage } from '../../registry-writer.js';
import { checkIdempotencyKey, checkKeyValues, checkOptionalText, checkText, limits } from '../rules.js';

/** MLflow's limits of registry texts at the revision our database has, in characters. */
export const registryLimits = {
  name: 256,
  description: 5_000,
  alias: 255,
  sourceUri: 500,
  runLink: 500,
  runId: 32,
} as const;

/** A name for a model to be. Models that have another one (MLflow 2 allowed slashes) can still be changed. */
export function checkModelName(name: string, field: string): void {
  if (name.trim() === '') throw refuse('INVALID', 'The name is blank.', [field]);
  checkText(name, registryLimits.name, [field], 'The name');
  if (/[/:]/.test(name))
    throw refuse('INVALID', 'The name of a model cannot hold "/" or ":", which part the URIs of its versions.', [field]);
  // MLflow takes names for paths and wants none that means another place.
  if (name === '.' || name.startsWith('..'))
    throw refuse('INVALID', 'The name of a model cannot be "." or begin with "..", which would be a path.', [field]);
}

export function checkCreateModel({ name, description, tags, idempotencyKey }: CreateModel): void {
  checkIdempotencyKey(idempotencyKey);
  checkModelName(name, 'name');
  checkDescription(description);
  checkKeyValues(tags, limits.tag, 'tags', 'tag');
}

export function checkDescription(description: string | null | undefined): void {
  if (isGiven(description)) checkOptionalText(description, registryLimits.description, ['description'], 'The description');
}

export function checkCreateVersion(input: CreateVersion): void {
  const { sourceUri, runId, runLink, user, storageLocation } = input;
  checkIdempotencyKey(input.idempotencyKey);
  checkText(sourceUri, registryLimits.sourceUri, ['sourceUri'], 'The source URI');
  if (isGiven(storageLocation)) checkOptionalText(storageLocation, registryLimits.sourceUri, ['sourceUri'], 'The storage location');
  if (isGiven(runId)) checkOptionalText(runId, registryLimits.runId, ['run'], 'The id of the run');
  if (isGiven(runLink)) checkOptionalText(runLink, registryLimits.runLink, ['runLink'], 'The link to the run');
  if (isGiven(user)) checkOptionalText(user, limits.user, ['user'], 'The user');
  checkDescription(input.description);
  checkKeyValues(input.tags, limits.tag, 'tags', 'tag');
}

export function checkTransition({ stage, archiveExisting }: TransitionStage): void {
  if (archiveExisting && stage !== 'STAGING' && stage !== 'PRODUCTION')
    throw refuse('INVALID', 'Existing versions are archived only on the way to STAGING or PRODUCTION.', ['archiveExistingVersions']);
}

/** What may be the name of an alias. */
export function checkAlias(alias: string): void {
  checkText(alias, registryLimits.alias, ['alias'], 'The alias');
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias)) throw refuse('INVALID', 'An alias is made of letters, digits, underscores and dashes.', ['alias']);
}

/** As `checkAlias`, for one to be set: some names mean something already. */
export function checkNewAlias(alias: string): void {
  checkAlias(alias);
  if (alias.toLowerCase() === 'latest')
    throw refuse('INVALID', '"latest" always means the highest version; choose another alias.', ['alias']);
  if (/^v\d+$/i.test(alias)) throw refuse('INVALID', `"${alias}" would look like a version number; choose another alias.`, ['alias']);
}
