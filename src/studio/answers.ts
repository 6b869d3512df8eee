import type { Context } from "hono";
import type { ZodType } from "zod";
import { toFault } from "../app/faults.ts";
import { GanymedeError } from "../core/errors.ts";

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 503;

const statuses: Readonly<Record<string, Status>> = {
  INTERNAL: 500,
  NO_RUN: 404,
  NO_CHECKPOINT: 404,
  NO_SUCH: 404,
  RUN_BUSY: 409,
  RUN_EXISTS: 409,
  TRAINING_BUSY: 409,
  NO_TRAINING: 409,
  STUDIO_ORIGIN: 403,
  STUDIO_TOKEN: 401,
  STUDIO_BUSY: 503,
  TOO_LARGE: 413,
};

/** An error as the page gets it: `{code, fault}`, with the status that fits; 400 for most. */
export function refuse(context: Context, error: unknown): Response {
  const record = toFault(error);
  return context.json(record, statuses[record.code] ?? 400);
}

/** The body of a request as `shape` has it. Throws `STUDIO_REQUEST`, which names the first fault. */
export async function bodyOf<T>(context: Context, shape: ZodType<T>): Promise<T> {
  const text = await context.req.text();
  return checked(shape, text === "" ? {} : parsed(text));
}

/** The query of a request as `shape` has it: values are texts, so use `z.coerce`. */
export const queryOf = <T>(context: Context, shape: ZodType<T>): T =>
  checked(shape, context.req.query());

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GanymedeError("STUDIO_REQUEST", {
      where: "request",
      expected: "a body of JSON",
      got: text.slice(0, 40),
      fix: "send JSON",
    });
  }
}

function checked<T>(shape: ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new GanymedeError("STUDIO_REQUEST", {
    where: path.length > 0 ? path.join(".") : "request",
    expected: message,
    got: JSON.stringify(value)?.slice(0, 80) ?? "nothing",
    fix: "correct the request",
  });
}
