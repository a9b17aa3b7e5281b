import type { Context, ContextManager } from '@opentelemetry/api';
import { globalApi } from '../globalApi.js';
import type { ContextAccess } from '../instrumentation/spanFactory.js';
import { LocalContexts } from './localContexts.js';

/**
 * The Contexts beside a tracer provider that is somebody else's: those of its context manager, whichever copy of
 * the API it was registered with. Where there is none, these keep the active Context by themselves.
 */
export class BesideContexts implements ContextAccess {
  readonly #own = new LocalContexts();

  active(): Context {
    return this.#manager.active();
  }

  with<Args extends unknown[], Result>(
    context: Context,
    fn: (...args: Args) => Result,
    thisArg?: unknown,
    ...args: Args
  ): Result {
    return this.#manager.with(context, fn as (...args: unknown[]) => Result, thisArg as undefined, ...args);
  }

  get #manager(): ContextManager {
    return globalApi().context ?? this.#own;
  }
}
