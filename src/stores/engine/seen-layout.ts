/** A newer MLflow may migrate a database under a running server; a server of databases does not tell when. */
const keptMs = 1_000;

/** What a database looks like, looked at again every second that somebody asks. */
export interface SeenLayout<Layout> {
  current(): Promise<Layout>;
  /** Looks again the next time. */
  forget(): void;
}

export function createSeenLayout<Layout>(look: () => Promise<Layout>): SeenLayout<Layout> {
  let seen: { readonly until: number; readonly layout: Promise<Layout> } | null = null;
  return {
    current() {
      if (seen && performance.now() < seen.until) return seen.layout;
      const layout = look();
      seen = { until: performance.now() + keptMs, layout };
      layout.catch(() => (seen = null));
      return layout;
    },
    forget() {
      seen = null;
    },
  };
}
