// A vitest reporter: repeats at the very end what did not run, and why. A suite that needs something this machine
// does not have writes `skipped: <reason>` to standard output.

export default class SkippedReporter {
  #reasons = new Set();
  #files = new Map();

  onInit() {
    // After the summary and the coverage, where it is seen.
    process.once('exit', () => this.#print());
  }

  onUserConsoleLog({ content }) {
    for (const line of content.split('\n')) {
      if (line.startsWith('skipped: ')) this.#reasons.add(line.slice('skipped: '.length));
    }
  }

  onTestCaseResult(test) {
    const { moduleId, relativeModuleId = moduleId } = test.module;
    if (test.result().state === 'skipped') this.#files.set(relativeModuleId, (this.#files.get(relativeModuleId) ?? 0) + 1);
  }

  #print() {
    if (this.#reasons.size === 0 && this.#files.size === 0) return;
    const tests = [...this.#files].map(([file, count]) => `  ${file}: ${count} ${count === 1 ? 'test' : 'tests'}\n`);
    const reasons = [...this.#reasons].map((reason) => `  ${reason}\n`);
    process.stdout.write(['\nSkipped:\n', ...reasons, ...tests].join(''));
  }
}
