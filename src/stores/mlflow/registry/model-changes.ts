import type { ModelChange, ModelEventKind } from '../../model-feed.js';
import type { ModelMark, VersionMark } from './model-marks.sql.js';

/**
 * What happened to a model, told from how it was and how it is: what was created before what was changed, versions in the
 * order of their numbers, aliases last, for they point to versions.
 * @param was its mark as JSON; null: it was not there
 * @param is its mark as JSON; null: it is gone
 */
export function changesOf(model: string, was: string | null, is: string | null): ModelChange[] {
  if (was === is) return [];
  const change = (kind: ModelEventKind, version: number | null = null, alias: string | null = null): ModelChange => ({
    kind,
    model,
    version,
    alias,
  });
  if (is === null) return [change('DELETED')];
  const now = JSON.parse(is) as ModelMark;
  const before = was === null ? nothing : (JSON.parse(was) as ModelMark);
  const changes = [
    ...(was === null ? [change('CREATED')] : ownKinds(before, now).map((kind) => change(kind))),
    ...aliasesBeyond(before, now).map(([alias, version]) => change('ALIAS_DELETED', version, alias)),
    ...versionChanges(before, now).map(([kind, version]) => change(kind, version)),
    ...movedAliases(before, now).map(([alias, version]) => change('ALIAS_SET', version, alias)),
  ];
  // Only the time moved: somebody wrote what was there already.
  return changes.length > 0 ? changes : [change('UPDATED')];
}

const nothing: ModelMark = { columns: 0, tags: 0, updatedAt: 0, versions: [], aliases: [] };

function ownKinds(before: ModelMark, now: ModelMark): ModelEventKind[] {
  return [
    ...(before.columns !== now.columns ? (['UPDATED'] as const) : []),
    ...(before.tags !== now.tags ? (['TAGS_CHANGED'] as const) : []),
  ];
}

const aliasesBeyond = (before: ModelMark, now: ModelMark): ModelMark['aliases'] => {
  const kept = new Set(now.aliases.map(([alias]) => alias));
  return before.aliases.filter(([alias]) => !kept.has(alias));
};

const movedAliases = (before: ModelMark, now: ModelMark): ModelMark['aliases'] => {
  const pointed = new Map(before.aliases);
  return now.aliases.filter(([alias, version]) => pointed.get(alias) !== version);
};

function versionChanges(before: ModelMark, now: ModelMark): (readonly [ModelEventKind, number])[] {
  const olds = new Map(before.versions.map((mark) => [mark[0], mark]));
  const news = new Map(now.versions.map((mark) => [mark[0], mark]));
  const numbers = [...new Set([...olds.keys(), ...news.keys()])].sort((a, b) => a - b);
  return numbers.flatMap((number) => kindsOf(olds.get(number), news.get(number)).map((kind) => [kind, number] as const));
}

function kindsOf(old: VersionMark | undefined, now: VersionMark | undefined): ModelEventKind[] {
  if (!old) return ['VERSION_CREATED'];
  if (!now) return ['VERSION_DELETED'];
  const [, stageBefore, columnsBefore, tagsBefore, timeBefore] = old;
  const [, stage, columns, tags, time] = now;
  const kinds: ModelEventKind[] = [];
  if (stage !== stageBefore) kinds.push('STAGE_CHANGED');
  if (columns !== columnsBefore) kinds.push('VERSION_UPDATED');
  if (tags !== tagsBefore) kinds.push('TAGS_CHANGED');
  return kinds.length === 0 && time !== timeBefore ? ['VERSION_UPDATED'] : kinds;
}
