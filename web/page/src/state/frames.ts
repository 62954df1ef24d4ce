/** Draws what changed, at most once per frame of the screen. */
export interface Frames {
  /** Draws with the next frame; the same function is called once. */
  ask(draw: () => void): void;
  /** Takes a drawing back. */
  drop(draw: () => void): void;
}

/** Milliseconds of a frame that drawing may take; what is left over is drawn in the next one, in its turn. */
const budgetMs = 10;

/** One frame loop for everything on the page; it stands still while nothing changes and while the page is hidden. */
export function createFrames(): Frames {
  const waiting = new Set<() => void>();
  let isAsked = false;
  const next = () => {
    if (isAsked || waiting.size === 0) return;
    isAsked = true;
    requestAnimationFrame(run);
  };
  const run = () => {
    isAsked = false;
    const end = performance.now() + budgetMs;
    for (const draw of waiting) {
      waiting.delete(draw);
      draw();
      if (performance.now() > end) break;
    }
    next();
  };
  return {
    ask(draw) {
      waiting.add(draw);
      next();
    },
    drop: (draw) => void waiting.delete(draw),
  };
}
