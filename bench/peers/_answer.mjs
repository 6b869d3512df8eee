/**
 * What a peer answers to a request, in Node and in a browser's page alike: `dcgan32 5 batch=1 width=64`.
 * README.md describes it.
 *
 * @param names the steps there are
 * @param build makes what a request asks for, (name, {batch, width, make}) → {work, parameters}: `work`
 *   trains once and is over when its promise resolves to the loss, or with `make` uses the generator and
 *   resolves to one of its numbers
 */
export function answering({ names, build }) {
  const warm = new Map();
  return async (line) => {
    const request = parse(line);
    if (!request || !names.includes(request.name)) return { cannot: `unknown request: ${line}` };
    const { name, count, ...sizes } = request;
    try {
      const losses = [];
      const key = JSON.stringify([name, sizes]);
      if (!warm.has(key)) {
        warm.set(key, await build(name, sizes));
        losses.push((await timed(warm.get(key).work)).value);
      }
      const { work, parameters } = warm.get(key);
      const ms = [];
      for (let i = 0; i < count; i++) {
        const one = await timed(work);
        ms.push(one.ms);
        losses.push(one.value);
      }
      return { ms, losses, parameters };
    } catch (error) {
      return { cannot: String(error.message ?? error).split("\n")[0] };
    }
  };
}

function parse(line) {
  const [name, count, ...words] = line.trim().split(/\s+/);
  const sizes = Object.fromEntries(
    words.filter((word) => word.includes("=")).map((word) => word.split("=")),
  );
  const [batch, width, seed] = [sizes.batch, sizes.width, sizes.seed ?? 0].map(Number);
  if (![Number(count), batch, width, seed].every(Number.isInteger)) return undefined;
  return { name, count: Number(count), batch, width, seed, make: words.includes("make") };
}

/** A step that diverged is worth no comparison. */
async function timed(work) {
  const start = performance.now();
  const value = await work();
  const ms = performance.now() - start;
  if (!Number.isFinite(value)) throw new Error(`the loss is ${value}`);
  return { ms: Math.round(ms * 1000) / 1000, value };
}
