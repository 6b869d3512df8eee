import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** Names under which a Chromium may be installed. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The command that starts one, or undefined where there is none. */
export function findChromium(): string | undefined {
  return names.find((name) => {
    try {
      execFileSync(name, ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--remote-debugging-pipe",
  "--window-size=1100,900",
];

/** WebGPU without a GPU, by SwiftShader. */
const webgpuFlags = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  // A page that lost a device may ask for another without its user's consent.
  "--disable-domain-blocking-for-3d-apis",
];

export interface PageOptions {
  /** Whether pages have WebGPU; false when absent. */
  readonly webgpu?: boolean;
}

/** A page in a browser of its own. */
export interface Page {
  /** Messages of level error and exceptions that nobody caught. */
  readonly errors: readonly string[];
  /** The value of an expression, awaited, as JSON has it. */
  evaluate<T>(expression: string): Promise<T>;
  send<T>(method: string, params?: object): Promise<T>;
  screenshot(): Promise<Buffer>;
  /** Ends the process that has the graphics device; the browser starts another. */
  crashGpu(): Promise<void>;
  /** Resident bytes of all processes of the browser; Linux only. */
  memory(): Promise<number>;
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly [key: string]: unknown };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Opens an address, which may be of a file, over the DevTools protocol through a pipe. */
export async function openPage(
  command: string,
  url: string,
  { webgpu = false }: PageOptions = {},
): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), "ganymede-chromium-"));
  const more = [...(webgpu ? webgpuFlags : ["--disable-gpu"]), `--user-data-dir=${profile}`];
  const browser = spawn(command, [...flags, ...more], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const errors: string[] = [];
  const call = talkTo(browser, (method, params) => {
    const text = JSON.stringify(params);
    if (method === "Runtime.exceptionThrown") errors.push(text);
    if (method === "Runtime.consoleAPICalled" && params?.type === "error") errors.push(text);
  });
  const { targetId } = await call<{ targetId: string }>("Target.createTarget", {
    url: "about:blank",
  });
  const attached = await call<{ sessionId: string }>("Target.attachToTarget", {
    targetId,
    flatten: true,
  });
  const send = <T>(method: string, params: object = {}) =>
    call<T>(method, params, attached.sessionId);
  await send("Runtime.enable");
  await send("Page.enable");
  await send("Page.navigate", { url });
  return {
    errors,
    send,
    async evaluate<T>(expression: string) {
      const options = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await send<{
        result: { value: T };
        exceptionDetails?: unknown;
      }>("Runtime.evaluate", options);
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
      return result.value;
    },
    async screenshot() {
      const { data } = await send<{ data: string }>("Page.captureScreenshot");
      return Buffer.from(data, "base64");
    },
    crashGpu: () => call("Browser.crashGpuProcess"),
    async memory() {
      const { processInfo } = await call<{ processInfo: { id: number }[] }>(
        "SystemInfo.getProcessInfo",
      );
      return processInfo.map(({ id }) => residentBytes(id)).reduce((a, b) => a + b);
    },
    async close() {
      const ended = new Promise((resolve) => browser.once("close", resolve));
      await call("Browser.close").catch(() => browser.kill());
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Shared pages count for each process; 0 for one that has ended. */
function residentBytes(id: number): number {
  try {
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)![1]);
  } catch {
    return 0;
  }
}

/** JSON messages that end with a zero byte, on the child's descriptors 3 and 4. */
function talkTo(
  browser: ChildProcess,
  onEvent: (method: string, params: Message["params"]) => void,
) {
  const [to, from] = [browser.stdio[3] as Writable, browser.stdio[4] as Readable];
  const waiting = new Map<number, (message: Message) => void>();
  browser.once("close", () => {
    for (const tell of waiting.values()) tell({ error: { message: "the browser has gone" } });
  });
  let [next, text] = [1, ""];
  from.setEncoding("utf8");
  from.on("data", (chunk: string) => {
    const messages = (text + chunk).split("\0");
    text = messages.pop()!;
    for (const message of messages.map((m) => JSON.parse(m) as Message)) {
      if (message.id !== undefined) waiting.get(message.id)?.(message);
      else onEvent(message.method!, message.params);
    }
  });
  return <T>(method: string, params: object = {}, sessionId?: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result as T);
      });
      to.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
}
