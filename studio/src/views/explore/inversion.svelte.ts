import type { InversionLine, SentItems } from "../../../../src/studio/routes/explore.ts";
import { ask, StudioError } from "../../lib/api.ts";
import type { Items } from "../../lib/pictures.ts";

export type FoundCode = Extract<InversionLine, { kind: "found" }>;

function itemsOf({ shape: [count = 0, ...shape], pixels }: SentItems): Items {
  const data = Uint8Array.from(atob(pixels), (c) => c.charCodeAt(0));
  return { count, shape, data };
}

/** The search for the code of a picture, as it goes on. */
export class Search {
  running = $state(false);
  /** 0 to 1. */
  share = $state(0);
  loss = $state<number>();
  /** The nearest picture so far; at the end the picture itself, as networks see it, and the nearest. */
  seen = $state.raw<Items>();
  found = $state.raw<FoundCode>();
  error = $state.raw<Error>();
  private ended: AbortController | undefined;

  async start(path: string, picture: Blob): Promise<void> {
    this.cancel();
    const own = new AbortController();
    this.ended = own;
    this.running = true;
    this.share = 0;
    this.seen = undefined;
    this.found = undefined;
    this.error = undefined;
    try {
      const answer = await ask(path, { method: "POST", body: picture, signal: own.signal });
      for await (const line of lines(answer)) this.hear(JSON.parse(line) as InversionLine);
    } catch (error) {
      if (!own.signal.aborted)
        this.error = error instanceof Error ? error : new Error(String(error));
    } finally {
      if (this.ended === own) this.running = false;
    }
  }

  cancel(): void {
    this.ended?.abort();
    this.running = false;
  }

  private hear(line: InversionLine): void {
    if (line.kind === "fault") throw new StudioError(line);
    if (line.items) this.seen = itemsOf(line.items);
    if (line.loss !== undefined) this.loss = line.loss;
    if (line.kind === "found") {
      this.found = line;
      this.share = 1;
    } else this.share = line.share;
  }
}

/** The lines of an answer as they come. */
async function* lines(answer: Response): AsyncGenerator<string> {
  let rest = "";
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const whole = (rest + value).split("\n");
    rest = whole.pop()!;
    yield* whole;
  }
}
