import { startStudio } from "../../studio/server.ts";
import type { Command } from "../command.ts";
import { wholeNumber } from "../flags.ts";

export const studio: Command = {
  about: "watch, steer, explore and understand runs in the browser",
  options: [
    ["--out <folder>", "where runs are kept (default: runs)"],
    ["--port <n>", "port of the page (default: 4242; 0 for any that is free)"],
    ["--host <address>", "listen on this address, not 127.0.0.1; see below"],
  ],
  examples: ["studio", "studio --out experiments --port 8080"],
  more:
    "Only this machine can open the page, and only with the token of the printed address. --host " +
    "opens it to others: whoever has the address, with its token, may start, read and delete runs, " +
    "over a connection that is not encrypted.",
  async run({ options, terminal }) {
    const port = wholeNumber("--port", options.port, 0);
    const server = await startStudio({
      ...(typeof options.out === "string" && { out: options.out }),
      ...(typeof options.host === "string" && { host: options.host }),
      ...(port !== undefined && { port }),
    });
    if (options.host)
      terminal.err("note: others can reach this address; it is their key to your runs");
    terminal.out(`studio: ${server.url}`);
    terminal.err("Ctrl-C ends it; trainings then save a checkpoint");
    await new Promise<void>((resolve) => {
      const release = terminal.onInterrupt(() => {
        release();
        resolve();
      });
    });
    await server.close();
    return 0;
  },
};
