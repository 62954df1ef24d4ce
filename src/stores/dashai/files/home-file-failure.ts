/**
 * Why a file of a home gives no answer.
 * `TOO_LARGE`: beyond a limit of ours. `DAMAGED`: cut off, or not what its place says. `NEEDS_PYTHON`: objects only DashAI can load.
 * `UNSUPPORTED`: well-formed, but in a form that is not read here. `UNREADABLE`: the system does not let us read it.
 */
export type HomeFileFailureCode = 'TOO_LARGE' | 'DAMAGED' | 'NEEDS_PYTHON' | 'UNSUPPORTED' | 'UNREADABLE';

/** A failure as a value that can be handed to another thread. */
export interface FileRefusal {
  readonly code: HomeFileFailureCode;
  /** What is wrong with the file; names no path and shows nothing of its content. */
  readonly message: string;
}

/** One file of a DashAI home cannot be read; everything else of the home still can. */
export class HomeFileFailure extends Error implements FileRefusal {
  override readonly name = 'HomeFileFailure';
  constructor(
    readonly code: HomeFileFailureCode,
    message: string,
  ) {
    super(message);
  }
}

/** A failure of one file as a value; other errors are thrown on. */
export function refusalOf(error: unknown): FileRefusal {
  if (error instanceof HomeFileFailure) return { code: error.code, message: error.message };
  throw error;
}
