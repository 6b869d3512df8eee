import type { Opening } from "../data/source.ts";
import type { Terminal } from "./terminal.ts";
import { grouped } from "./text.ts";

/** Milliseconds between two states of the line. */
const pause = 100;

/** Shows on the terminal what opening data is doing, and what it has to say. */
export function openingOn(terminal: Terminal): Opening {
  let shown = 0;
  return {
    onProgress(what, done, total) {
      const now = performance.now();
      if (!terminal.isLive || (now - shown < pause && done !== total)) return;
      shown = now;
      terminal.live(
        `${what}: ${grouped(done)}${total === undefined ? "" : ` of ${grouped(total)}`}`,
      );
    },
    onWarning: (text) => terminal.err(`note: ${text}`),
  };
}
