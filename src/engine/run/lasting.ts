import type { DType, Shape } from "../ir/type.ts";
import type { Feeds, Provider, Session, SessionRequest, TypedArray, Value } from "./provider.ts";

/** A provider that can be opened anew: sessions and values of the host outlive its device. */
export interface LastingProvider extends Provider {
  /**
   * Lets go of the device and opens it again. Sessions are compiled again when they are next run;
   * what was in the device's memory is gone. Throws what opening throws.
   */
  reopen(): Promise<void>;
}

/** Opens a provider that can be opened again. */
export async function lasting(open: () => Promise<Provider>): Promise<LastingProvider> {
  let current = await open();
  const { id, runtime, target, loops } = current;
  const compiled = new Set<LastingSession>();
  const { value, nativeOf } = lastingValues(() => current);
  const close = async () => current.close?.();
  return {
    id,
    runtime,
    target,
    loops,
    value,
    close,
    async create(model: Uint8Array, request?: SessionRequest) {
      const forgotten = () => compiled.delete(session);
      const session = lastingSession(() => current.create(model, request), nativeOf, forgotten);
      await session.compiled();
      compiled.add(session);
      return session;
    },
    async reopen() {
      // The runtime keeps a lost device for as long as one session of it is left.
      for (const session of compiled) await session.forget();
      await close().catch(() => {});
      current = await open();
    },
  };
}

interface LastingSession extends Session {
  compiled(): Promise<Session>;
  /** Gives up what was compiled; a lost device may refuse to release it. */
  forget(): Promise<void>;
}

function lastingSession(
  compile: () => Promise<Session>,
  nativeOf: (value: Value) => Value,
  disposed: () => void,
): LastingSession {
  let session: Promise<Session> | undefined;
  const compiled = () => {
    session ??= compile();
    return session;
  };
  const forget = async () => {
    const before = await session?.catch(() => undefined);
    session = undefined;
    // An error here would hide the one that tells of the loss.
    await before?.dispose().catch(() => {});
  };
  return {
    compiled,
    async run(feeds: Feeds) {
      const natives = Object.entries(feeds).map(([name, value]) => [name, nativeOf(value)]);
      return (await compiled()).run(Object.fromEntries(natives));
    },
    forget,
    async dispose() {
      disposed();
      await forget();
    },
  };
}

/** Host memory, wrapped for the provider of the day. */
function lastingValues(current: () => Provider) {
  const natives = new WeakMap<Value, () => Value>();
  return {
    /** Results of a call are their provider's own. */
    nativeOf: (value: Value): Value => natives.get(value)?.() ?? value,
    value(dtype: DType, shape: Shape, held: TypedArray): Value {
      let [by, wrapped] = [current(), current().value(dtype, shape, held)];
      const value: Value = {
        dtype,
        shape,
        data: async () => held,
        dispose: () => wrapped.dispose(),
      };
      natives.set(value, () => {
        if (by !== current()) [by, wrapped] = [current(), current().value(dtype, shape, held)];
        return wrapped;
      });
      return value;
    },
  };
}
