import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GanymedeError } from "../core/errors.ts";
import type { Provider } from "../engine/run/provider.ts";
import { type Judge, type JudgeManifest, startJudge } from "./judge.ts";

/** The record of the digit judge that comes with Ganymede; src/metrics and dist/metrics lie alike. */
export const digitJudgeFile = fileURLToPath(
  new URL("../../data/judges/digit-judge.json", import.meta.url),
);

/**
 * Opens a judge from its JSON record and the model beside it.
 *
 * @throws GanymedeError JUDGE_MISSING when a file cannot be read, JUDGE_FORMAT when the record is not
 *   one, JUDGE_HASH or SESSION
 */
export async function openJudge(provider: Provider, record = digitJudgeFile): Promise<Judge> {
  const manifest = parse(record, new TextDecoder().decode(read(record)));
  return startJudge(manifest, read(join(dirname(record), manifest.file)), provider);
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const got = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const fix = "restore data/judges from the repository, or run scripts/train-judge.ts";
    const fault = { where: path, expected: "a readable file of a judge", got, fix };
    throw new GanymedeError("JUDGE_MISSING", fault, { cause });
  }
}

function parse(where: string, text: string): JudgeManifest {
  const format = (got: string, cause?: unknown) =>
    new GanymedeError(
      "JUDGE_FORMAT",
      {
        where,
        expected: "a judge's record: file, sha256, input, outputs, classes",
        got,
        fix: "write it anew with scripts/train-judge.ts",
      },
      { cause },
    );
  let record: Partial<JudgeManifest>;
  try {
    record = JSON.parse(text) as Partial<JudgeManifest>;
  } catch (cause) {
    throw format(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const needed = ["id", "file", "sha256", "input", "outputs", "classes"] as const;
  const missing = needed.find((key) => record?.[key] === undefined);
  if (missing !== undefined) throw format(`one without ${missing}`);
  return record as JudgeManifest;
}
