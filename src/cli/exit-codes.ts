/** What the process tells whoever called it. */
export const exitCodes = {
  ok: 0,
  /** Something went wrong that the command line did not cause: data, disk, numbers. */
  failure: 1,
  /** What was asked for cannot be: an unknown name, a wrong value, a missing argument. */
  usage: 2,
  /** Ctrl-C or a signal ended the work early; what was done is saved. */
  interrupted: 130,
} as const;

const aboutUsage =
  /^(UNKNOWN_\w+|OPTION|USAGE|UNEXPECTED_ARGUMENT|REFERENCE|EXPRESSION|CONFIG_\w+)$/;

/** The exit code for a coded error. */
export const exitCodeOf = (code: string): number =>
  aboutUsage.test(code) ? exitCodes.usage : exitCodes.failure;
