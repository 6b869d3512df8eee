import type { About } from "../../../src/studio/routes/about.ts";
import { get } from "./api.ts";
import { Resource } from "./resource.svelte.ts";

/** What the server says of itself; loaded once. */
export const about = new Resource<About>();
void about.load((signal) => get<About>("about", signal));

/** Where commands keep runs without being told. */
const usual = "runs";

const out = (): string => about.value?.out ?? usual;

/** The folder of a run as a command takes it where the studio was started. */
export const runFolder = (name: string): string => `${out()}/${name}`;

/** The value of `--out` for commands that make a run; undefined where they need not be told. */
export const outFlag = (): string | undefined => (out() === usual ? undefined : out());
