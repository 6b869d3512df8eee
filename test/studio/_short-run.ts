import { resolveConfig } from "../../src/app/config.ts";
import { startTraining } from "../../src/app/train.ts";

/** With the usual half-life the average would still be where it began. */
const small = { batch: 8, latent: 16, width: 4, shared: 8, discriminatorMoves: 1 };

/** A conditional run of 16-pixel digits, really trained but hardly. */
export async function trainShort(runPath: string, steps = 30): Promise<void> {
  const { config } = await resolveConfig({
    system: "acgan",
    options: { ...small, averageHalfLife: 20 },
    data: "mnist",
    dataOptions: { side: 16 },
    steps,
    threads: 1,
  });
  await startTraining({ config, runPath, resume: false }).done;
}
