import { readHomeFile } from './home-file.js';
import { refusalOf, type FileRefusal } from './home-file-failure.js';
import { resolveHomePath } from './home-path.js';
import { maxPickleBytes, readPickle } from './pickle.js';
import { pickleJson } from './pickle-value.js';
import { plotArtifacts, type PlotArtifact } from './plot-artifacts.js';
import { decodeText, parseTolerantJson } from './tolerant-json.js';

/** What a file shows, or why it shows nothing; the other files of the home are not concerned. */
export type PlotFile =
  | { readonly artifacts: readonly PlotArtifact[]; readonly failure: null }
  | { readonly artifacts: readonly []; readonly failure: FileRefusal };

/**
 * Reads what DashAI stored to be shown: plots of an optimisation (`runs/slice_plot_6.pickle`), explanations and their plots,
 * results of explorers, reports. Whether a file is a pickle or JSON is seen by its first byte: DashAI's names do not tell.
 * Files of more than 1 MB belong into a thread.
 * @param stored path as a row has it; null, the empty text and what is not there answer null
 * @returns failure `NEEDS_PYTHON` for a pickle with objects in it (numpy, a model)
 */
export async function readPlots(home: string, stored: string | null): Promise<PlotFile | null> {
  const path = stored === null ? null : await resolveHomePath(home, stored);
  if (path === null) return null;
  try {
    const bytes = await readHomeFile(path, maxPickleBytes);
    return bytes === null ? null : { artifacts: plotArtifacts(readValue(bytes)), failure: null };
  } catch (error) {
    return { artifacts: [], failure: refusalOf(error) };
  }
}

/** Where a row of `explorer` has its result. */
export interface ExplorerPaths {
  readonly explorationPath: string | null;
  /** Null in rows from before 0.9.7, which have no such column. */
  readonly artifactsPath: string | null;
}

/**
 * Reads the result of an explorer: `<id>_artifacts.json` where there is one, which says what is a table; else the result itself.
 * @returns null when there is neither
 */
export async function readExplorerPlots(home: string, { explorationPath, artifactsPath }: ExplorerPaths): Promise<PlotFile | null> {
  const candidates = [artifactsPath, explorationPath === null ? null : artifactsBeside(explorationPath), explorationPath];
  for (const candidate of candidates) {
    const plots = await readPlots(home, candidate);
    if (plots !== null) return plots;
  }
  return null;
}

const artifactsBeside = (path: string): string => path.replace(/(?:\.\w+)?$/, '_artifacts.json');

/**
 * A file's value as JSON.
 * @throws HomeFileFailure
 */
function readValue(bytes: Uint8Array): unknown {
  const first = bytes.find((byte) => !blanks.has(byte));
  // None of these begins a pickle that has a value: `[` and `"` are no opcodes, and `{` is none either.
  return first !== undefined && jsonStarts.has(first) ? parseTolerantJson(decodeText(bytes)) : pickleJson(readPickle(bytes));
}

const blanks: ReadonlySet<number> = new Set([...' \t\r\n'].map((character) => character.charCodeAt(0)));
const jsonStarts: ReadonlySet<number> = new Set([...'{["'].map((character) => character.charCodeAt(0)));
