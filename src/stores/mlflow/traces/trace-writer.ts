import type { TraceWriter } from '../../trace-writer.js';
import { checkCreateTrace, checkFinishTrace, checkTraceTags } from './trace-rules.js';
import { coded } from '../write-failure.js';
import type { MlflowWriter } from '../writes.js';

/** The writer of traces of an MLflow-shaped database: checks what can be checked without the database, then sends the write. */
export function createMlflowTraceWriter(writer: MlflowWriter): TraceWriter {
  const write: MlflowWriter['write'] = (name, input) => coded(writer.write(name, input));
  return {
    async createTrace(input) {
      checkCreateTrace(input);
      return write('createTrace', input);
    },
    async finishTrace(input) {
      checkFinishTrace(input);
      await write('finishTrace', input);
    },
    recordTrace: async (input) => void (await write('recordTrace', input)),
    logSpans: async (input) => void (await write('logSpans', input)),
    async setTraceTags(input) {
      checkTraceTags(input.tags);
      await write('setTraceTags', input);
    },
    deleteTraceTag: async (input) => void (await write('deleteTraceTag', input)),
    deleteTraces: (input) => write('deleteTraces', input),
    linkTraces: async (input) => void (await write('linkTraces', input)),
  };
}
