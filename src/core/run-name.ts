import { randomInt } from 'node:crypto';

const adjectives =
  'amber brave calm clever crisp daring eager early fair fluent gentle golden grand honest keen kind lively lucid mellow merry noble patient quick quiet rapid shy silver steady sunny swift tidy upbeat vivid warm wise witty'.split(
    ' ',
  );
const animals =
  'ant badger bear bee carp crane crow deer dove duck eagle elk falcon finch fox frog gull hare heron horse jay koala lark lynx mole moose newt otter owl panda perch quail raven robin seal shrew snail stork swan toad trout vole whale wolf wren yak'.split(
    ' ',
  );

/** A name for a run that was given none, in MLflow's manner: `keen-otter-417`. */
export const randomRunName = (): string => `${pick(adjectives)}-${pick(animals)}-${randomInt(1000)}`;

const pick = (words: readonly string[]): string => words[randomInt(words.length)]!;
