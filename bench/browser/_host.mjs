import { answering } from "../peers/_answer.mjs";

/**
 * A page's end of the line protocol: `ask(line)` resolves to the answer, as the peers in Node print it.
 * What does not start says so in every answer.
 *
 * @param open starts the library on what the address asks for and returns {names, build} of
 *   `answering`, or {answer}
 */
export function host(open) {
  const query = new URLSearchParams(location.search);
  const asked = { backend: query.get("backend"), threads: Number(query.get("threads") ?? 1) };
  const started = open(asked).then(
    (library) => library.answer ?? answering(library),
    (error) => () => ({ cannot: String(error.message ?? error).split("\n")[0] }),
  );
  globalThis.ask = async (line) => (await started)(line);
}
