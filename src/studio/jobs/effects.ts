import { rangeOf } from "../../app/stocks.ts";
import { unitEffects } from "../../app/unit-ranking.ts";
import type { Job } from "../job.ts";
import { shelfOf } from "../layer-shelf.ts";
import { type AskedDrawn, requireLabel, requireWanted } from "../looking.ts";

/** How much changes when a unit is off. */
export interface Effects {
  /** Of each unit. */
  readonly effects: readonly number[];
  /** `pixels`: a share of the range from black to white; `score`: what the discriminator says. */
  readonly of: "pixels" | "score";
}

export const effects: Job<AskedDrawn, Effects> = async (asked, bench) => {
  const run = await bench.open(asked.path, asked.checkpoint);
  const shelf = await shelfOf(bench, run);
  const open = await shelf.layer(asked.layer);
  const label = requireLabel(run, asked.label);
  const { layer, seed } = asked;
  return shelf.result(`effects ${layer} ${seed} ${label}`, async () => {
    const found: number[] = [];
    const [black, white] = rangeOf(run.field);
    const scale = open.layer.net === "generator" ? white - black : 1;
    for await (const { effect } of unitEffects(open, { seed, label })) {
      requireWanted(bench);
      found.push(effect / scale);
      bench.tell(found.length / open.layer.units);
    }
    return { effects: found, of: open.layer.net === "generator" ? "pixels" : "score" };
  });
};
