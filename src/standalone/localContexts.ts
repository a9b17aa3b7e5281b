import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';

/** Keeps the active Context by itself, whether or not the API has a context manager. */
export class LocalContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? this.outside();
  }

  with<Args extends unknown[], Result>(
    context: Context,
    fn: (...args: Args) => Result,
    thisArg?: unknown,
    ...args: Args
  ): Result {
    return this.#storage.run(context, () => fn.apply(thisArg, args));
  }

  bind<Target>(context: Context, target: Target): Target {
    if (typeof target !== 'function') {
      return target;
    }
    const contexts = this;
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return contexts.with(context, () => target.apply(this, args));
    };
    return bound as Target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }

  /** What is active where nobody has set anything here. */
  protected outside(): Context {
    return ROOT_CONTEXT;
  }
}

/**
 * The Contexts of a private provider. What the application has set in the API's Context holds here too,
 * but for its spans: these belong to another provider.
 */
export class PrivateContexts extends LocalContexts {
  protected override outside(): Context {
    return trace.deleteSpan(context.active());
  }
}
